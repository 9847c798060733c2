import { expect, it } from 'vitest';
import { FIXED, allShards, counted, makeJob, makeRecord } from '../../test/support/jobs.js';
import { JobFold } from '../core/job-fold.js';
import { OutlookMeter } from './outlook-meter.js';

const JOB = makeJob({ ...FIXED, images: 10 });
const draw = (fold: JobFold, images: readonly number[]) => {
  const shards = allShards(fold).filter(({ image }) => images.includes(image));
  fold.apply(makeRecord(JOB, { counted: shards.map((shard) => counted(() => 3, shard)) }));
};

it('has the time that is left of what is forecast and the rate', () => {
  const clock = { now: 1_000 };
  const fold = new JobFold(JOB);
  draw(fold, [0]);
  const meter = new OutlookMeter(fold, () => clock.now);
  const all = { low: 1_200, expected: 1_200, high: 1_200 };
  expect(meter.outlook()).toEqual({ samples: all, samplesPerSecond: null, secondsLeft: null });
  clock.now = 3_000;
  draw(fold, [1, 2]);
  meter.folded();
  // 240 samples in two seconds; 840 are left. A rate of two seconds may be 0.15 + 5/2 times higher or lower.
  const { secondsLeft, ...rest } = meter.outlook();
  expect(rest).toEqual({ samples: all, samplesPerSecond: 120 });
  expect(secondsLeft!.expected).toBe(7);
  expect(secondsLeft!.low).toBeCloseTo(7 / 3.65, 10);
  expect(secondsLeft!.high).toBeCloseTo(7 * 3.65, 10);
  clock.now = 40_000;
  expect(meter.outlook()).toEqual({ samples: all, samplesPerSecond: 0, secondsLeft: null });
});

it('forecasts no more than once a second, and never less than is drawn', () => {
  const clock = { now: 0 };
  const job = makeJob({ images: 2, looks: [64, 512] });
  const fold = new JobFold(job);
  const meter = new OutlookMeter(fold, () => clock.now);
  const before = meter.outlook().samples;
  const shards = allShards(fold);
  fold.apply(makeRecord(job, { counted: shards.map((shard) => counted((_, sample) => sample % 2, shard)) }));
  clock.now = 999;
  expect(meter.outlook().samples.high).toBe(Math.max(before.high, fold.tally.samples));
  expect(meter.outlook().samples.low).toBeGreaterThanOrEqual(fold.tally.samples);
  clock.now = 1_000;
  const { samples } = fold.tally;
  expect(meter.outlook().samples).toEqual({ low: samples, expected: samples, high: samples });
});
