import { expect, it } from 'vitest';

import { NOISE_KINDS } from '../../shared/job.js';
import { jobOf } from './job-of.js';

const ZEROS = '0'.repeat(64);
const SPEC = {
  noise: 'gaussian',
  sigma: 0.25,
  seed: '1',
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  device: 'cpu',
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
  maxSamples: 128,
} as const;
const PREPARED = {
  modelDigest: ZEROS,
  layout: 'flat',
  output: 'scores',
  classes: 10,
  batch: 32,
  numericClass: 'test',
  steady: true,
  fingerprint: ZEROS,
  batchNote: null,
  batchMs: 1,
  generator: { name: 'test', version: 3 },
} as const;

it.each(NOISE_KINDS)('a job has %s noise by its kind and the scale of its law', (kind) => {
  const scale = { gaussian: 0.25, laplace: 0.25 / Math.SQRT2, uniform: 0.25 * Math.sqrt(3) }[kind];
  const images = { start: 0, stop: 3, step: 1 };
  const { noise } = jobOf({ ...SPEC, noise: kind }, ZEROS, images, PREPARED).draw;
  expect(noise).toMatchObject({ kind, generator: 'test', version: 3 });
  expect(noise.scale).toBeCloseTo(scale, 15);
});
