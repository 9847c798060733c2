import { expect, it } from 'vitest';

import { NOISE_KINDS } from '../../shared/job.js';
import type { Prepared } from '../../shared/preparation.js';
import { fraction } from '../../shared/dataset/fraction.js';
import { latticeOf } from '../../statistics/noises/lattice.js';
import { scaleOf } from '../../statistics/noises/scale.js';
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
  runnerUp: false,
  simultaneous: false,
} as const;
const OLDER: Prepared = {
  modelDigest: ZEROS,
  layout: 'flat',
  output: 'scores',
  classes: 10,
  batch: 32,
  numericClass: 'test',
  steady: true,
  fingerprint: ZEROS,
  batchNote: null,
  roundingNote: null,
  batchMs: 1,
  generator: { name: 'test', version: 3 },
};
const IMAGES = { start: 0, stop: 3, step: 1 };

it.each(NOISE_KINDS)('a job has %s noise by its kind and the scale of its law', (kind) => {
  const scale = { gaussian: 0.25, laplace: 0.25 / Math.SQRT2, uniform: 0.25 * Math.sqrt(3) }[kind];
  const { lattice } = latticeOf(fraction(1, 255), kind, scaleOf(kind, 0.25), 4);
  const { noise } = jobOf({ ...SPEC, noise: kind }, ZEROS, IMAGES, { ...OLDER, lattice }).draw;
  expect(noise).toMatchObject({ kind, generator: 'test', version: 3, lattice });
  expect(noise.scale).toBeCloseTo(scale, 15);
});

it('no job is made of what a worker found that draws noise on no lattice, or on that of another noise', () => {
  const other = { ...OLDER, lattice: latticeOf(fraction(1, 255), 'gaussian', 0.5, 4).lattice };
  expect(() => jobOf(SPEC, ZEROS, IMAGES, other)).toThrow(
    expect.objectContaining({ code: 'PROTOCOL_MISMATCH' }),
  );
  expect(() => jobOf(SPEC, ZEROS, IMAGES, OLDER)).toThrow(
    expect.objectContaining({
      code: 'PROTOCOL_MISMATCH',
      message:
        'No more samples can be drawn for this job: its noise is that of test, version 3, which this version does not draw on these data.',
    }),
  );
});
