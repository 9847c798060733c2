import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUDGET,
  FIXED,
  TARGET,
  TWO_STAGE,
  allShards,
  counted,
  makeJob,
  makeRecord,
  voterOf,
  type JobOptions,
} from '../../test/support/jobs.js';
import { foldOfVotes } from '../../test/support/folds.js';
import { JobFold } from './job-fold.js';
import { SampleForecast } from './outlook.js';

const PREDICT = { bound: 'anytime', stop: { kind: 'predict' }, looks: [64, 96, 256, 512] } as const;
const RULES: readonly [string, Partial<JobOptions>][] = [
  ['gain', {}],
  ['target', TARGET],
  ['two-stage', TWO_STAGE],
  ['fixed', FIXED],
  ['budget', BUDGET],
  ['predict', PREDICT],
];
const forecastOf = (fold: JobFold) => new SampleForecast(fold).samples();
const alike = (samples: number) => ({ low: samples, expected: samples, high: samples });

/** Draws a job as its plan would, lowest look first, and calls `look` after each look of all images. Returns its fold at the end. */
function drawn(
  options: Partial<JobOptions>,
  p: (image: number) => number,
  look: (fold: JobFold) => void,
): JobFold {
  const job = makeJob(options);
  const fold = new JobFold(job);
  const voter = voterOf(11, p);
  for (let before = -1; fold.tally.samples > before && !fold.isDone();) {
    before = fold.tally.samples;
    for (let segment = 0; segment < fold.grid.segments.length; segment++) {
      const due = allShards(fold).filter((shard) => {
        const { due } = fold.images.get(shard.image)!;
        return fold.grid.locate(shard)!.segment === segment && segment <= due && fold.wants(shard);
      });
      if (due.length === 0) continue;
      fold.apply(makeRecord(job, { counted: due.map((shard) => counted(voter, shard)) }));
      look(fold);
    }
  }
  return fold;
}

describe.each(RULES)('the forecast of the samples of %s', (_, options) => {
  it('is what was drawn, at the end', () => {
    const fold = drawn(
      { ...options, images: 6 },
      (image) => 1 - image / 12,
      () => undefined,
    );
    expect(fold.isDone()).toBe(true);
    expect(forecastOf(fold)).toEqual(alike(fold.tally.samples));
  });

  it('lies between what is drawn and all that can be, and is the same for the same votes', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, fc.nat(1_000), (p, seed) => {
        const job = makeJob({ ...options, images: 4 });
        const fold = foldOfVotes(
          job,
          voterOf(seed, () => p),
          ({ begin, image }) => image < 3 && begin < 70,
        );
        const { low, expected, high } = forecastOf(fold);
        const most = 4 * job.claim.looks.at(-1)!;
        const ascending = [fold.tally.samples, low, expected, high, most];
        expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
        expect(forecastOf(fold)).toEqual({ low, expected, high });
      }),
      { numRuns: 30 },
    );
  });
});

describe('the forecast', () => {
  const LOOKS = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
  /** A third of the images is clear, the others are spread over all shares. */
  const shares = (image: number) => (image % 3 === 0 ? 1 : 0.5 + ((image * 37) % 100) / 200);

  it('holds what is drawn in the end, at each look of all images, and comes nearer to it', () => {
    const said: { drawn: number; low: number; expected: number; high: number }[] = [];
    const end = drawn(
      { images: 90, bound: 'spending', looks: LOOKS, claim: { matchedGain: 0.02 } },
      shares,
      (fold) => said.push({ drawn: fold.tally.samples, ...forecastOf(fold) }),
    ).tally.samples;
    const early = said.filter((one) => one.drawn < 0.9 * end);
    expect(early.length).toBeGreaterThan(3);
    for (const { low, expected, high } of early) {
      expect(low).toBeLessThanOrEqual(end);
      expect(high).toBeGreaterThanOrEqual(end);
      expect(Math.abs(expected / end - 1)).toBeLessThan(0.25);
    }
    const last = said.filter((one) => one.drawn < end).at(-1)!;
    expect(Math.abs(last.expected / end - 1)).toBeLessThan(0.03);
  });

  it('of two stages is certain once every pilot is there', () => {
    let after: ReturnType<typeof forecastOf> | null = null;
    const end = drawn(
      { ...TWO_STAGE, images: 8 },
      (image) => 1 - image / 20,
      (fold) => (after ??= forecastOf(fold)),
    );
    expect(after).toEqual(alike(end.tally.samples));
  });

  it('of fixed and of budget is certain from the beginning', () => {
    expect(forecastOf(new JobFold(makeJob({ ...FIXED, images: 5 })))).toEqual(alike(600));
    expect(forecastOf(new JobFold(makeJob({ ...BUDGET, images: 5 })))).toEqual(alike(1700));
    // No image can be drawn further than its last look.
    const rich = makeJob({ ...BUDGET, images: 2, stop: { kind: 'budget', totalSamples: 1e6 } });
    expect(forecastOf(new JobFold(rich))).toEqual(alike(2048));
  });

  it('of a job that is cancelled is what was drawn', () => {
    const job = makeJob({ images: 3 });
    const fold = foldOfVotes(
      job,
      () => 3,
      ({ image, begin }) => image === 0 && begin === 0,
    );
    fold.apply(makeRecord(job, { cancelled: true }));
    expect(forecastOf(fold)).toEqual(alike(fold.tally.samples));
  });

  it('takes images that have failed for what they drew', () => {
    const job = makeJob({ images: 2, looks: [64, 512] });
    const failed = { image: 1, code: 'CHILD_DIED', detail: 'It died.' } as const;
    const fold = foldOfVotes(
      job,
      () => 3,
      ({ begin, image }) => begin < 64 && image === 0,
    );
    const before = forecastOf(fold);
    fold.apply(makeRecord(job, { failedImages: [failed] }));
    expect(fold.images.get(1)!.ending).toMatchObject({ outcome: 'failed' });
    expect(forecastOf(fold).expected).toBeLessThan(before.expected);
  });
});
