// Votes without a model: every sample of an image votes for its class with a probability that is known, else for the other class.
// The same shard has the same votes whoever draws it, as with a model.
import { jobOf } from '../dist/coordinator/core/job-of.js';
import { DEFAULT_BOUNDS, SPEC_DEFAULTS } from '../dist/shared/job-spec.js';

export const NUMERIC_CLASS = 'cpu/simulated/known-p';

/** The preparation of a model that nobody ever runs. */
export const PREPARED = {
  layout: 'nchw',
  output: 'scores',
  classes: 10,
  batch: 64,
  batchNote: null,
  numericClass: NUMERIC_CLASS,
  fingerprint: 'ab'.repeat(32),
  steady: true,
  batchMs: 1,
  roundingNote: null,
  generator: { name: 'philox4x32-10/lattice', version: 1 },
  lattice: { step: '1/255', ratio: '63.75', largest: 588, dimension: 3072 },
};

/** The claim of `certify` without flags. */
export const CLAIM = {
  noise: 'gaussian',
  sigma: 0.25,
  seed: '1',
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  device: 'cpu',
  alpha: SPEC_DEFAULTS.alpha,
  maxSamples: SPEC_DEFAULTS.maxSamples,
  bound: DEFAULT_BOUNDS.gain,
  stop: { kind: 'gain', minGain: SPEC_DEFAULTS.minGain },
};

/** A job of so many images, without artifacts. */
export const simulatedJob = (images) =>
  jobOf(
    CLAIM,
    'cd'.repeat(32),
    { start: 0, stop: images, step: 1 },
    { ...PREPARED, modelDigest: 'ef'.repeat(32) },
  );

/** Uniform numbers of 32 bits (xorshift), the same for the same seed. */
function generator(seed) {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e37_79b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Of half of the images above 0.94, of one in ten below 0.63. */
export const probabilityOf = (image) => 1 - 0.5 * (generator(image + 1)() / 2 ** 32) ** 3;

export function countsOf({ image, begin, end }) {
  const below = probabilityOf(image) * 2 ** 32;
  const next = generator((image + 1) * 7_919 + begin);
  let votes = 0;
  for (let sample = begin; sample < end; sample++) if (next() < below) votes += 1;
  const all = [votes, end - begin - votes].map((count, k) => [(image + k) % PREPARED.classes, count]);
  const some = all.filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  return { classes: some.map(([name]) => name), votes: some.map(([, count]) => count), invalid: 0 };
}

/** The record that answers a task. @param counted those of its shards that are drawn @param micros of one sample */
export function recordOf(jobDigest, task, counted, micros) {
  return {
    jobDigest,
    fingerprint: PREPARED.fingerprint,
    task: task.name,
    counted: counted.map((shard) => ({
      shard,
      counts: countsOf(shard),
      micros: micros * (shard.end - shard.begin),
    })),
    dropped: task.shards.filter((shard) => !counted.includes(shard)),
    failed: [],
    returned: [],
    failedImages: [],
    cancelled: false,
  };
}
