import { expect, it } from 'vitest';
import type { Job } from '../../../shared/job.js';
import { whats } from '../../../test/support/forged-results.js';
import { resultFiles, resultJob } from '../../../test/support/result-files.js';
import { ONE, fractionOf, toDouble, unitsOf } from '../arithmetic/fixed-point.js';
import { pairBound, pairProves } from './pair.js';
import { fixedRejects } from './single.js';
import { classLimits, deltaOfNull, GRID } from './tables.js';

const FIXED = { bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20 }, runnerUp: true } as const;

it('the bounds of a pair are found below the last digit that is printed', () => {
  const pair = pairBound(resultJob(FIXED), 0.001);
  const standing = { look: 1, n: 1_000_000, failures: 0, rival: 0 };
  // 1 − 0.0005^(1/1,000,000), mpmath, printed up.
  const found = pair.proved(standing, { deltaUpper: '0.000007600874', pUpper: '0.000007600874' })!;
  expect(toDouble(found.ofClass)).toBeCloseTo(7.600873571927e-6, 14);
  expect(found.rival).toBe(found.ofClass);
  expect(pair.proved(standing, { deltaUpper: '0.000007600873', pUpper: '0.000007600874' })).toBeNull();
});

it('a pair proves half of both radii, and no more', () => {
  // Φ(−1) and Φ(−2), mpmath.
  const pair = { ofClass: unitsOf(0.158655253931457), rival: unitsOf(0.0227501319481792) };
  expect(pairProves(pair, 0n, fractionOf('1.499999999')!)).toBe(true);
  expect(pairProves(pair, 0n, fractionOf('1.500000001')!)).toBe(false);
  expect(pairProves({ ofClass: ONE, rival: pair.rival }, 0n, fractionOf('0')!)).toBe(false);
});

it('nothing is rejected at 0, and all but failures at 1', () => {
  const rejects = fixedRejects(unitsOf(0.001));
  const standing = { look: 0, n: 10, failures: 9, rival: 0 };
  expect(rejects(standing, 0n)).toBe(false);
  expect(rejects(standing, ONE)).toBe(true);
  expect(rejects({ ...standing, failures: 10 }, ONE)).toBe(false);
});

it('the grid of uniform noise ends before its scale', () => {
  expect(deltaOfNull('uniform', GRID - 1)).not.toBeNull();
  expect(deltaOfNull('uniform', GRID)).toBeNull();
});

it('the same table is made once', () => {
  const job = resultJob({ maxSamples: 128 });
  expect(classLimits(job, 0.001, 1)).toBe(classLimits(job, 0.001, 1));
});

it('where a gain is its price, either decision of the rule is one', () => {
  const { claim, draw } = resultJob({ images: 1 });
  const { matchedGain, ...even } = claim;
  expect(matchedGain).toBe(0.02);
  const limits = classLimits({ protocol: 1, claim: even, draw }, 0.001, 1);
  // Steps of 0.002 by 64 more samples, of votes that all agree.
  const minGain = (2 * (limits.certified(1, 0)! - limits.certified(0, 0)!)) / 64;
  const job: Job = { protocol: 1, claim: { ...even, stop: { kind: 'gain', minGain } }, draw };
  expect(whats(resultFiles(job, () => 0))).toEqual([]);
});
