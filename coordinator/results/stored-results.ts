import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { SmoothcertError } from '../../shared/errors.js';
import type { CertificateRow } from '../../api/job-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { JobEnding } from '../../shared/ports/job-store.js';
import type { JobFold } from '../core/job-fold.js';
import { jsonLines, tsvLines } from './result-lines.js';
import { resultRowOf, type ResultRow } from './result-rows.js';
import { areNamed, tsvLine } from './tsv-lines.js';
import { NO_ROW_NAMES, type ImageFacts } from './row-names.js';
import { decisionViewOf } from './decision-view-of.js';

type Results = NonNullable<JobEnding['results']>;

type Use = (digest: string) => Promise<void>;

const PIECE_CHARACTERS = 2 ** 16;
const NEWLINE = 0x0a;

/**
 * Stores results.jsonl and results.tsv of the images decided so far: the bytes that `certify` writes. Null if there are none.
 * `use` is called with each digest, and waited for, before the store is asked whether it has it.
 */
export async function storeResults(
  artifacts: ArtifactStore,
  fold: JobFold,
  { labelOf, names }: ImageFacts,
  use: Use = () => Promise.resolve(),
): Promise<Results | null> {
  if (fold.decidedImages === 0) return null;
  return {
    jsonl: await store(artifacts, () => jsonLines(fold, labelOf, names), use),
    tsv: await store(artifacts, () => tsvLines(fold, labelOf, names), use),
  };
}

/**
 * Stores a text, which is made twice: its digest must be known before the first byte is sent, and it may be larger than memory. If the
 * store has the digest already, its bytes are read, and replaced if they were changed.
 */
async function store(artifacts: ArtifactStore, lines: () => Iterable<string>, use: Use): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces(lines())) {
    hash.update(piece);
    bytes += piece.length;
  }
  const digest = hash.digest('hex');
  await use(digest);
  const found = (await artifacts.use(digest)) ? await artifacts.find(digest) : null;
  // One that cannot be read is replaced, too, if that is possible; if not, `put` says why.
  if (found === null || !(await isWhole(artifacts, digest).catch(() => false))) {
    if (found !== null) await artifacts.remove(digest);
    await artifacts.put({ digest, kind: 'file', bytes }, 0, pieces(lines()));
  }
  return digest;
}

/** Yields the bytes in pieces. The event loop gets a turn between two of them, because lines of many images take seconds to make. */
async function* pieces(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  let gathered: string[] = [];
  let characters = 0;
  for (const line of lines) {
    if (characters >= PIECE_CHARACTERS) {
      yield Buffer.from(gathered.join(''));
      gathered = [];
      characters = 0;
      await setImmediate();
    }
    gathered.push(line);
    characters += line.length;
  }
  yield Buffer.from(gathered.join(''));
}

/** Returns the row of an image that is decided; null for one that is not. */
export function rowOf(
  fold: JobFold,
  image: number,
  label: number | null,
  names = NO_ROW_NAMES,
): CertificateRow | null {
  const result = resultRowOf(fold, image, label, names);
  if (result === null) return null;
  return row(
    result,
    JSON.stringify(result),
    tsvLine(result, fold.images.get(image)!.micros, areNamed(names)),
  );
}

/**
 * Yields the rows that were stored, from an image on. Memory does not grow with them. Both files are read twice: the first time to compare
 * them with their digests before any row is given, because a row cannot be taken back; the second time for the rows. A change between the
 * two is found at the end. @throws SmoothcertError ARTIFACT_MISSING, DATA_DIGEST_MISMATCH
 */
export async function* storedRows(
  artifacts: ArtifactStore,
  { jsonl, tsv }: Results,
  fromImage: number,
): AsyncGenerator<CertificateRow> {
  for (const digest of [jsonl, tsv]) if (!(await isWhole(artifacts, digest))) throw changed(digest);
  const tsvRows = linesOf(artifacts, tsv);
  try {
    await tsvRows.next();
    for await (const json of linesOf(artifacts, jsonl)) {
      const tsvRow = await tsvRows.next();
      const result = JSON.parse(json) as ResultRow;
      if (result.image >= fromImage) yield row(result, json, tsvRow.value as string);
    }
    await tsvRows.next();
  } finally {
    await tsvRows.return(undefined);
  }
}

function row(result: ResultRow, json: string, tsv: string): CertificateRow {
  const { label, correct, samples } = result;
  return { ...decisionViewOf(result), label, correct, samples, json, tsv };
}

/** Returns true if a stored artifact still has its digest. @throws SmoothcertError ARTIFACT_MISSING */
async function isWhole(artifacts: ArtifactStore, digest: string): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const piece of bytesOf(artifacts, digest)) hash.update(piece);
  return hash.digest('hex') === digest;
}

async function* bytesOf(artifacts: ArtifactStore, digest: string): AsyncGenerator<Uint8Array> {
  const bytes = (await artifacts.find(digest))?.bytes ?? 0;
  yield* artifacts.read(digest, 0, bytes);
}

function changed(digest: string): SmoothcertError {
  return new SmoothcertError(
    'DATA_DIGEST_MISMATCH',
    `The results ${digest} were changed in the store of the coordinator: they do not have their digest any more.`,
    'Create the same job again, under another request id and with the same seed: its end stores the same results anew.',
  );
}

/** Yields the lines of an artifact, without their ends. @throws SmoothcertError ARTIFACT_MISSING; at its end DATA_DIGEST_MISMATCH */
async function* linesOf(artifacts: ArtifactStore, digest: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  const hash = createHash('sha256');
  for await (const piece of bytesOf(artifacts, digest)) {
    hash.update(piece);
    let at = 0;
    const whole = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    for (let end = whole.indexOf(NEWLINE); end >= 0; end = whole.indexOf(NEWLINE, at)) {
      yield whole.toString('utf8', at, end);
      at = end + 1;
    }
    rest = whole.subarray(at);
  }
  if (hash.digest('hex') !== digest) throw changed(digest);
}
