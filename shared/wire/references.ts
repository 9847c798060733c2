import { MAX_WEIGHT_FILES, MAX_WEIGHT_PATH } from '../job-limits.js';
import type { DataReference, ModelReference, WeightFile } from '../job-spec.js';
import type { Check } from './check.js';
import type { smoothcert } from './generated.js';

type Wire<T> = T | null | undefined;

export function modelToWire({
  digest,
  fileDigest,
  weights,
  uri,
}: ModelReference): smoothcert.v1.Model.$Properties {
  return {
    digest,
    fileDigest: weights.length === 0 ? '' : fileDigest,
    weights: weights.map((file) => ({ ...file })),
    uri: uri ?? '',
  };
}

export function modelOfWire(
  check: Check,
  field: string,
  wire: Wire<smoothcert.v1.Model.$Properties>,
): ModelReference {
  const digest = check.digest(`${field}.digest`, wire?.digest ?? '');
  const files = check.list(`${field}.weights`, wire?.weights, { most: MAX_WEIGHT_FILES });
  const weights = files.map((file, i) => weightFileOf(check, `${field}.weights[${i}]`, file));
  if (new Set(weights.map(({ path }) => path)).size < weights.length)
    check.note(`${field}.weights`, 'names a file twice');
  const fileDigest =
    weights.length === 0
      ? fileDigestAlone(check, `${field}.file_digest`, wire?.fileDigest ?? '', digest)
      : check.digest(`${field}.file_digest`, wire?.fileDigest ?? '');
  return { digest, fileDigest, weights, uri: uriOf(check, `${field}.uri`, wire?.uri) };
}

export function dataToWire({ digest, uri }: DataReference): smoothcert.v1.DataSet.$Properties {
  return { digest, uri: uri ?? '' };
}

export function dataOfWire(
  check: Check,
  field: string,
  wire: Wire<smoothcert.v1.DataSet.$Properties>,
): DataReference {
  return {
    digest: check.digest(`${field}.digest`, wire?.digest ?? ''),
    uri: uriOf(check, `${field}.uri`, wire?.uri),
  };
}

/** Returns the file digest of a model without weight files, which is the model's own; another one is a fault. */
function fileDigestAlone(check: Check, field: string, fileDigest: string, digest: string): string {
  if (fileDigest !== '' && fileDigest !== digest)
    check.note(field, 'is another digest than that of the model, which has no weight files');
  return digest;
}

/** Checks that a path stays below the model's own folder on every system: no other file is ever opened. */
function weightFileOf(check: Check, field: string, wire: smoothcert.v1.WeightFile.$Properties): WeightFile {
  const path = check.text(`${field}.path`, wire.path ?? '', { most: MAX_WEIGHT_PATH });
  const plain =
    !/[\\\0]|^[a-z]:/i.test(path) && path.split('/').every((part) => part !== '' && part !== '..');
  if (!plain) check.note(`${field}.path`, "is not a path below the model's own folder");
  return { path, digest: check.digest(`${field}.digest`, wire.digest ?? '') };
}

function uriOf(check: Check, field: string, uri: Wire<string>): string | null {
  return check.text(field, uri ?? '') || null;
}
