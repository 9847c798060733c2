import { describe, expect, it } from 'vitest';
import { makeJob } from '../../test/support/jobs.js';
import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { upperTailQuantile } from '../../statistics/normal.js';
import { fixedInstead } from './fixed-instead.js';

const JOB = makeJob({ images: 2 });
const { scale } = JOB.draw.noise;

/** σ times the mean of the radii over the binomial law of the failures, term by term. */
function expectedRadius(n: number, delta: number): number {
  let mass = (1 - delta) ** n;
  let mean = 0;
  for (let failures = 0; failures < n / 2; failures++) {
    const bound = clopperPearsonDelta(failures, n, 0.001);
    if (bound < 0.5) mean += mass * upperTailQuantile(bound);
    mass *= ((n - failures) * delta) / ((failures + 1) * (1 - delta));
  }
  return scale * mean;
}

describe('a fixed number of samples instead', () => {
  it('is told where it would have given 99 % of the mean radius for the same samples', () => {
    const voted = [
      { failures: 10, n: 500 },
      { failures: 40, n: 500 },
    ];
    const mean = (expectedRadius(400, 0.02) + expectedRadius(400, 0.08)) / 2;
    const found = fixedInstead(JOB, voted, 0, mean - 0.001)!;
    expect(found.maxSamples).toBe(400);
    expect(found.meanRadius).toBeCloseTo(mean, 4);
    expect(fixedInstead(JOB, voted, 0, mean / 0.991)).not.toBeNull();
    expect(fixedInstead(JOB, voted, 0, mean / 0.989)).toBeNull();
  });

  it('counts images that failed as images without a radius, and not their samples', () => {
    const voted = [{ failures: 10, n: 500 }];
    const found = fixedInstead(JOB, voted, 1, 0)!;
    expect(found).toMatchObject({ maxSamples: 400 });
    expect(found.meanRadius).toBeCloseTo(expectedRadius(400, 0.02) / 2, 4);
  });

  it('is none where no more were drawn than choose a class', () => {
    expect(fixedInstead(JOB, [{ failures: 0, n: 100 }], 0, 0)).toBeNull();
    expect(fixedInstead(JOB, [{ failures: 0, n: 200 }], 0, 0)).not.toBeNull();
  });
});
