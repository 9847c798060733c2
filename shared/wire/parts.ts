import { isErrorCode } from '../errors.js';
import type { Refusal } from '../ports/job-store.js';
import type { Prepared } from '../preparation.js';
import type { Progress } from '../job-progress.js';
import { UINT32_MAX, type Check } from './check.js';
import { LAYOUT_NUMBERS } from './enums.js';
import type { smoothcert } from './generated.js';
import { checkLattice } from './noise-json.js';
import { sentence } from './codec.js';

type Wire<T> = T | null | undefined;

/** Images that a model is probed with, at most. */
const MOST_PROBE_IMAGES = 1024;

export function refusalToWire(refusal: Refusal): smoothcert.v1.Refusal.$Properties {
  const { worker, code, message, remedy } = refusal;
  return { worker: sentence(worker), code, message: sentence(message), remedy: sentence(remedy) };
}

/** A code that this version does not know is INTERNAL: the sentences beside it still say what happened. */
export function refusalOfWire(
  check: Check,
  field: string,
  wire: Wire<smoothcert.v1.Refusal.$Properties>,
): Refusal {
  const code = check.text(`${field}.code`, wire?.code ?? '');
  return {
    worker: check.text(`${field}.worker`, wire?.worker ?? ''),
    code: isErrorCode(code) ? code : 'INTERNAL',
    message: check.text(`${field}.message`, wire?.message ?? ''),
    remedy: check.text(`${field}.remedy`, wire?.remedy ?? ''),
  };
}

export function progressToWire(progress: Progress): smoothcert.v1.Progress.$Properties {
  return { ...progress };
}

export function progressOfWire(
  check: Check,
  field: string,
  wire: Wire<smoothcert.v1.Progress.$Properties>,
): Progress {
  const counter = (name: string, value: Wire<number>) =>
    check.whole(`${field}.${name}`, value ?? 0, { least: 0 });
  return {
    images: counter('images', wire?.images),
    certified: counter('certified', wire?.certified),
    abstained: counter('abstained', wire?.abstained),
    failed: counter('failed', wire?.failed),
    approximate: counter('approximate', wire?.approximate),
    predicted: counter('predicted', wire?.predicted),
    samples: counter('samples', wire?.samples),
    shardsCounted: counter('shards_counted', wire?.shardsCounted),
    shardsDuplicate: counter('shards_duplicate', wire?.shardsDuplicate),
    shardsDivergent: counter('shards_divergent', wire?.shardsDivergent),
    shardsLate: counter('shards_late', wire?.shardsLate),
    shardsRejected: counter('shards_rejected', wire?.shardsRejected),
    shardsFailed: counter('shards_failed', wire?.shardsFailed),
    micros: counter('micros', wire?.micros),
    sequence: counter('sequence', wire?.sequence),
  };
}

export function preparedToWire(prepared: Prepared): smoothcert.v1.Preparation.$Properties {
  const { modelDigest, layout, output, classes, batch, batchNote, numericClass, steady, batchMs } = prepared;
  return {
    modelDigest,
    layout: LAYOUT_NUMBERS[layout],
    output,
    classes,
    batch,
    numericClass,
    steady,
    batchMs,
    batchNote: sentence(batchNote ?? ''),
    roundingNote: sentence(prepared.roundingNote ?? ''),
    fingerprint: Buffer.from(prepared.fingerprint, 'hex'),
    generator: prepared.generator.name,
    generatorVersion: prepared.generator.version,
    lattice: prepared.lattice ?? null,
  };
}

export function preparedOfWire(
  check: Check,
  field: string,
  wire: smoothcert.v1.Preparation.$Properties,
): Prepared {
  const at = (name: string) => `${field}.${name}`;
  const positive = { least: 1, most: UINT32_MAX };
  const prepared: Prepared = {
    modelDigest: check.digest(at('model_digest'), wire.modelDigest ?? ''),
    layout: check.named(at('layout'), wire.layout ?? 0, LAYOUT_NUMBERS),
    output: check.text(at('output'), wire.output ?? '', { least: 1 }),
    classes: check.whole(at('classes'), wire.classes ?? 0, positive),
    batch: check.whole(at('batch'), wire.batch ?? 0, positive),
    batchNote: check.text(at('batch_note'), wire.batchNote ?? '') || null,
    roundingNote: check.text(at('rounding_note'), wire.roundingNote ?? '') || null,
    numericClass: check.text(at('numeric_class'), wire.numericClass ?? '', { least: 1 }),
    fingerprint: check.hash(at('fingerprint'), wire.fingerprint),
    steady: wire.steady ?? false,
    batchMs: check.number(at('batch_ms'), wire.batchMs ?? 0, { least: 0 }),
    generator: {
      name: check.text(at('generator'), wire.generator ?? '', { least: 1 }),
      version: check.whole(at('generator_version'), wire.generatorVersion ?? 0, {
        least: 0,
        most: UINT32_MAX,
      }),
    },
  };
  if (!wire.lattice) return prepared;
  const { step = '', ratio = '', largest = 0, dimension = 0 } = wire.lattice;
  return { ...prepared, lattice: checkLattice(check, at('lattice'), { step, ratio, largest, dimension }) };
}

/** Checks the images that a model is to be probed with. @param limit one more than the largest index that an image may have */
export function checkProbeImages(
  check: Check,
  wire: Wire<readonly number[]>,
  limit: number = UINT32_MAX,
): readonly number[] {
  const images = check.list('probe_images', wire, { least: 1, most: MOST_PROBE_IMAGES });
  return images.map((image, i) => check.whole(`probe_images[${i}]`, image, { least: 0, most: limit - 1 }));
}
