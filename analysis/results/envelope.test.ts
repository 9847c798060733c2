import { describe, expect, it } from 'vitest';

import { ABSTAINED, makeResult, makeSet } from '../../test/support/result-sets.js';
import { envelopeOf } from './envelope.js';
import type { ResultSet } from './result-set.js';

const withNoise = (
  set: ResultSet,
  scale: number,
  draw: Partial<ResultSet['job']['draw']> = {},
): ResultSet => {
  const noise = { ...set.job.draw.noise, scale };
  return { ...set, job: { ...set.job, draw: { ...set.job.draw, noise, ...draw } } };
};
const of = (radii: readonly (number | null)[]) =>
  makeSet(radii.map((radius, at) => makeResult(at, radius === null ? ABSTAINED : { radius })));

/** The narrow noise certifies more images, and the wide one larger radii. */
const NARROW = withNoise(of([0.1, 0.2, 0.2, 0.3]), 0.25);
const WIDE = withNoise(of([null, null, 0.2, 0.9]), 1, { modelDigest: '1'.repeat(64), seed: '9' });

describe('the envelope over σ', () => {
  it('is at each radius the largest number of images', () => {
    expect(envelopeOf([NARROW, WIDE])).toEqual([
      { radius: 0, count: 4 },
      { radius: 0.1, count: 4 },
      { radius: 0.2, count: 3 },
      { radius: 0.3, count: 1 },
      { radius: 0.9, count: 1 },
    ]);
  });

  it.each<[string, ResultSet[]]>([
    ['of one job', [NARROW]],
    ['of equal σ', [NARROW, withNoise(WIDE, 0.25)]],
    ['of other images', [NARROW, withNoise(WIDE, 1, { dataDigest: '1'.repeat(64) })]],
    [
      'of another normalisation',
      [NARROW, withNoise(WIDE, 1, { normalisation: { inputScale: 255, mean: [0], std: [1] } })],
    ],
    [
      'of another kind of noise',
      [NARROW, withNoise(WIDE, 1, { noise: { ...WIDE.job.draw.noise, kind: 'laplace' } })],
    ],
    [
      'of another claim',
      [NARROW, { ...WIDE, job: { ...WIDE.job, claim: { ...WIDE.job.claim, alpha: 0.01 } } }],
    ],
    ['of a job that goes on', [NARROW, { ...WIDE, results: WIDE.results.slice(1) }]],
    [
      'of labels that one has not',
      [NARROW, { ...WIDE, results: WIDE.results.map((one) => ({ ...one, label: null, correct: null })) }],
    ],
  ])('is none %s', (_name, sets) => {
    expect(envelopeOf(sets)).toBeNull();
  });

  it.each([
    { stop: { kind: 'target', radii: ['0.1'] }, bound: 'anytime' } as const,
    { stop: { kind: 'predict' }, bound: 'anytime' } as const,
  ])('is none with the rule $stop.kind, which has no curve', (job) => {
    const set = makeSet([makeResult(0)], { job });
    expect(envelopeOf([withNoise(set, 0.25), withNoise(set, 1)])).toBeNull();
  });
});
