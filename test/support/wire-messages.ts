import fc from 'fast-check';
import { expect } from 'vitest';
import { ERROR_CATALOGUE, SmoothcertError, type ErrorCode } from '../../shared/errors.js';
import {
  BOUND_NAMES,
  DEVICES,
  LAYOUTS,
  NOISE_KINDS,
  type DrawSpec,
  type Job,
  type Lattice,
  type NoiseSpec,
  type StoppingRule,
} from '../../shared/job.js';
import type { JobNames } from '../../shared/job-names.js';
import type { JobSpec } from '../../shared/job-spec.js';
import type { JobEnding, Refusal } from '../../shared/ports/job-store.js';
import type { Prepared } from '../../shared/preparation.js';
import type { Progress } from '../../shared/job-progress.js';

/** The values that messages are made of: anything that may be in them. */
export const uint32 = fc.nat(0xffff_ffff);
export const whole = fc.maxSafeNat();
export const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
export const digest = bytesOf(32).map((bytes) => Buffer.from(bytes).toString('hex'));
export const text = fc.string({ unit: 'grapheme', maxLength: 40 });
export const someText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
export const jobId = fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/);
export const taskName = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}(\.[A-Za-z0-9_-]{1,20}){0,3}$/);
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const upTo = (max: number, min = Number.MIN_VALUE) => fc.double({ min, max, noNaN: true });
const shift = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((x) => x + 0);
const seed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const device = fc.constantFrom(...DEVICES);
const layout = fc.constantFrom(...LAYOUTS);
const bound = fc.constantFrom(...BOUND_NAMES);
const minGain = fc.double({ min: 0, max: 1e300, noNaN: true }).map((x) => x + 0);
const radius = fc.stringMatching(/^[0-9]{1,6}(\.[0-9]{1,6})?$/);

const stop: fc.Arbitrary<StoppingRule> = fc.oneof(
  fc.record({ kind: fc.constant('gain' as const), minGain }),
  fc.record({
    kind: fc.constant('target' as const),
    radii: fc.array(radius, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('two-stage' as const), minGain }),
  fc.record(
    {
      kind: fc.constant('fixed' as const),
      selection: fc.integer({ min: 1, max: 1e9 }),
      keepCounts: fc.constant(true as const),
    },
    { requiredKeys: ['kind', 'selection'] },
  ),
  fc.record({ kind: fc.constant('budget' as const), totalSamples: fc.integer({ min: 1, max: 1e15 }) }),
  fc.record({ kind: fc.constant('predict' as const) }),
);

const images = fc
  .tuple(fc.nat(0xffff_fffe), fc.integer({ min: 1, max: 0xffff_ffff }), fc.nat(0xffff_ffff))
  .map(([start, step, more]) => ({ start, step, stop: Math.min(start + 1 + more, 0xffff_ffff) }));

const normalisation = fc.record({
  inputScale: upTo(1e9),
  mean: fc.array(shift, { minLength: 1, maxLength: 4 }),
  std: fc.array(upTo(1e9), { minLength: 1, maxLength: 4 }),
});

export const model: fc.Arbitrary<JobSpec['model']> = fc
  .record({
    digest,
    fileDigest: digest,
    weights: fc.uniqueArray(
      fc.record({ path: fc.stringMatching(/^[a-z]{2,8}(\/[a-z]{1,8}){0,2}$/), digest }),
      {
        maxLength: 3,
        selector: ({ path }) => path,
      },
    ),
    uri: orNull(fc.webUrl()),
  })
  .map((one) => (one.weights.length === 0 ? { ...one, fileDigest: one.digest } : one));

const names: fc.Arbitrary<JobNames> = fc.record({
  job: orNull(someText),
  model: orNull(someText),
  data: orNull(someText),
  images: orNull(digest),
});

const specParts = <S extends string | null>(seeds: fc.Arbitrary<S>) =>
  fc.record({
    model,
    data: fc.record({ digest, uri: orNull(fc.webUrl()) }),
    images: orNull(images),
    noise: fc.constantFrom(...NOISE_KINDS),
    sigma: upTo(1e6),
    seed: seeds,
    normalisation,
    layout: fc.oneof(layout, fc.constant('auto' as const)),
    output: orNull(someText),
    batch: orNull(fc.integer({ min: 1, max: 4096 })),
    device,
    alpha: upTo(1),
    bound,
    stop,
    maxSamples: fc.integer({ min: 1, max: 1e9 }),
    runnerUp: fc.boolean(),
    simultaneous: fc.boolean(),
  });
const specWith = <S extends string | null>(seeds: fc.Arbitrary<S>) =>
  fc
    .tuple(specParts(seeds), orNull(names))
    .map(([parts, known]) => (known === null ? parts : { ...parts, names: known }));
export const spec: fc.Arbitrary<JobSpec> = specWith(orNull(seed));
export const seededSpec: fc.Arbitrary<JobSpec & { readonly seed: string }> = specWith(seed);

const looks = fc
  .uniqueArray(fc.integer({ min: 1, max: 2e9 }), { minLength: 1, maxLength: 8 })
  .map((unsorted) => unsorted.sort((a, b) => a - b));

const noiseLaw = fc.record({
  kind: fc.constantFrom(...NOISE_KINDS),
  scale: upTo(1e6),
  generator: someText,
  version: uint32,
});
const lattice: fc.Arbitrary<Lattice> = fc.record({
  step: fc.constantFrom('1', '2', '1/255', '1/510', '3/4080000001'),
  ratio: fc.constantFrom('63.75', '32', '16383.000001'),
  largest: fc.integer({ min: 1, max: 0x7fff_ffff }),
  dimension: fc.integer({ min: 1, max: 0xffff_ffff }),
});
const noise: fc.Arbitrary<NoiseSpec> = fc
  .tuple(noiseLaw, fc.option(lattice, { nil: null }))
  .map(([law, points]) => (points === null ? law : { ...law, lattice: points }));

export const draw: fc.Arbitrary<DrawSpec> = fc.record({
  modelDigest: digest,
  dataDigest: digest,
  noise,
  seed,
  normalisation,
  layout,
  output: someText,
  classes: fc.integer({ min: 1, max: 0xffff_ffff }),
  batch: fc.integer({ min: 1, max: 0xffff_ffff }),
  numericClass: someText,
  numeric: fc.constantFrom('same' as const, 'any' as const),
  segments: looks,
});

export const job: fc.Arbitrary<Job> = fc.record({
  protocol: fc.constant(1 as const),
  draw,
  claim: fc.record(
    {
      alpha: upTo(1),
      bound,
      stop,
      looks,
      images,
      matchedGain: minGain,
      runnerUp: fc.constant(true as const),
      simultaneous: fc.constant(true as const),
    },
    { requiredKeys: ['alpha', 'bound', 'stop', 'looks', 'images'] },
  ),
});

export const refusal: fc.Arbitrary<Refusal> = fc.record({
  worker: text,
  code: fc.constantFrom(...(Object.keys(ERROR_CATALOGUE) as ErrorCode[])),
  message: text,
  remedy: text,
});

export const progress: fc.Arbitrary<Progress> = fc.record({
  images: uint32,
  certified: uint32,
  abstained: uint32,
  failed: uint32,
  approximate: uint32,
  predicted: uint32,
  samples: whole,
  shardsCounted: whole,
  shardsDuplicate: whole,
  shardsDivergent: whole,
  shardsLate: whole,
  shardsRejected: whole,
  shardsFailed: whole,
  micros: whole,
  sequence: whole,
});

const found: fc.Arbitrary<Prepared> = fc.record({
  modelDigest: digest,
  layout,
  output: someText,
  numericClass: someText,
  fingerprint: digest,
  classes: fc.integer({ min: 1, max: 0xffff_ffff }),
  batch: fc.integer({ min: 1, max: 0xffff_ffff }),
  batchNote: orNull(someText),
  roundingNote: orNull(someText),
  steady: fc.boolean(),
  batchMs: fc.double({ min: 0, max: 1e12, noNaN: true }).map((x) => x + 0),
  generator: fc.record({ name: someText, version: uint32 }),
});
export const prepared: fc.Arbitrary<Prepared> = fc
  .tuple(found, fc.option(lattice, { nil: null }))
  .map(([facts, points]) => (points === null ? facts : { ...facts, lattice: points }));

export const ending: fc.Arbitrary<JobEnding> = fc.record({
  state: fc.constantFrom(
    ...([
      'succeeded',
      'partially-succeeded',
      'failed',
      'cancelled',
    ] as const satisfies readonly JobEnding['state'][]),
  ),
  endMs: whole,
  error: orNull(refusal),
  progress,
  results: orNull(fc.record({ jsonl: digest, tsv: digest })),
});

/** Anything that may come in place of bytes that `encode` made: cut, changed, doubled, or noise. */
export function damaged(bytes: Uint8Array, cut: number, at: number, flip: number): Uint8Array[] {
  const changed = Uint8Array.from(bytes);
  if (changed.length > 0) changed[at % changed.length]! ^= flip;
  return [
    bytes.subarray(0, cut % (bytes.length + 1)),
    changed,
    Buffer.concat([bytes, changed]),
    Buffer.concat([bytes, bytes.subarray(0, cut % (bytes.length + 1))]),
  ];
}

/** Whatever is thrown by `read` is an error of the catalogue with one of these codes. */
export function throwsOnly<T>(codes: readonly ErrorCode[], read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(SmoothcertError);
    expect(codes).toContain((error as SmoothcertError).code);
    return null;
  }
}
