import { describe, expect, it } from 'vitest';
import { FIXED, makeJob, voterOf } from '../../test/support/jobs.js';
import { foldOfVotes } from '../../test/support/folds.js';
import { totalOf } from '../../shared/counts.js';
import { LEVELS } from './failure-levels.js';
import { JobFold } from './job-fold.js';
import { StoppingTable } from './stopping-table.js';

const LOOKS = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const JOB = makeJob({ images: 40, bound: 'spending', looks: LOOKS, claim: { matchedGain: 0.02 } });

describe('where a rule stops an image of a level', () => {
  it.each([0, 12, 25, 31])('%d is about where drawn images of its rate stop', (level) => {
    const table = new StoppingTable(new JobFold(JOB).decision);
    const rate = LEVELS[level]!;
    const fold = foldOfVotes(
      JOB,
      voterOf(5, () => 1 - rate),
    );
    const stops = [...fold.images.values()].map(({ prefixes }) => totalOf(prefixes.at(-1)!));
    const mean = stops.reduce((a, b) => a + b, 0) / stops.length;
    const { mean: expected, square } = table.stop(level, 0);
    const deviation = Math.sqrt(square - expected ** 2) + Math.sqrt(mean);
    // Of eight imagined images, and forty that were drawn.
    expect(Math.abs(expected - mean)).toBeLessThanOrEqual(
      3 * deviation * Math.sqrt(1 / 8 + 1 / 40) + 0.1 * mean,
    );
  });

  it('is no earlier than the look that it takes next, and at that look if all have stopped before', () => {
    const table = new StoppingTable(new JobFold(JOB).decision);
    for (let level = 0; level < LEVELS.length; level += 7) {
      LOOKS.forEach((n, look) => {
        const { mean, square } = table.stop(level, look);
        expect(mean).toBeGreaterThanOrEqual(n);
        expect(square).toBeGreaterThanOrEqual(mean ** 2 * (1 - 1e-12));
      });
    }
    expect(table.stop(LEVELS.length - 1, 8)).toEqual({ mean: 16384, square: 16384 ** 2 });
  });

  it('is the last look of a rule that has one', () => {
    const table = new StoppingTable(new JobFold(makeJob(FIXED)).decision);
    expect(table.stop(10, 0)).toEqual({ mean: 120, square: 14_400 });
  });
});
