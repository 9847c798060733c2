import type { Job } from '../../shared/job.js';
import { looksFor } from '../../statistics/schedule.js';
import type { Shard } from '../../shared/shards.js';
import { resultRowOf } from '../../coordinator/results/result-rows.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { FIXED, allShards, counted, draw, hash, makeJob, makeRecord, voterOf } from '../support/jobs.js';
import type { Voter } from '../support/jobs.js';

/** A job, the votes that its model gives, and what must come out: found by folding all shards in order. */
export interface SimulatedJob {
  readonly name: string;
  readonly job: Job;
  readonly voter: Voter;
  /** Lines of results.jsonl without any fault, by image. */
  readonly rows: ReadonlyMap<number, string>;
  /** Counts of the samples [0, n) of an image, taken from the votes themselves. */
  readonly truth: (image: number, n: number) => string;
}

/** The image's line of results.jsonl; 'null' if it is not decided. */
export const rowOf = (fold: JobFold, image: number): string =>
  JSON.stringify(resultRowOf(fold, image, image % 10));

export const nameOf = ({ image, begin }: Shard): string => `${image}:${begin}`;

const SHARES = [1, 0.97, 0.55, 0.9, 0.2, 0.999];

/** Of image 1 too many votes are invalid at some look, of image 3 a few. */
const withInvalid =
  (voter: Voter): Voter =>
  (image, sample) => {
    const bits = hash(99, image, sample) % 1000;
    return (image === 1 && bits < 30) || (image === 3 && bits < 4) ? -1 : voter(image, sample);
  };

/** Makes a simulated job: folds all shards in order, without any fault. */
export function simulated(name: string, job: Job, voter: Voter): SimulatedJob {
  const fold = new JobFold(job);
  for (const shard of allShards(fold)) fold.apply(makeRecord(job, { counted: [counted(voter, shard)] }));
  const known = new Map<string, string>();
  const truth = (image: number, n: number) => {
    const key = `${image}:${n}`;
    const counts = known.get(key) ?? JSON.stringify(draw(voter, { image, begin: 0, end: n }));
    known.set(key, counts);
    return counts;
  };
  return {
    name,
    job,
    voter,
    rows: new Map([...fold.images.keys()].map((image) => [image, rowOf(fold, image)])),
    truth,
  };
}

export const VOTER = voterOf(11, (image) => SHARES[image % SHARES.length]!);
const eager = { kind: 'gain', minGain: 0.02 } as const;

const target = { kind: 'target', radii: ['0.25', '0.5'] } as const;
const shared = { kind: 'budget', totalSamples: 1800 } as const;
const predict = { kind: 'predict' } as const;
const twoStage = { kind: 'two-stage', minGain: 2 } as const;

/** Every bound and every stopping rule, one shard a segment and many, one image and several. */
export const JOBS: readonly SimulatedJob[] = [
  simulated('anytime', makeJob({ images: 5, looks: [64, 96, 256, 512] }), VOTER),
  simulated('anytime, long', makeJob({ images: 2, looks: [64, 128, 512, 1536] }), VOTER),
  simulated(
    'anytime, eager',
    makeJob({ images: 6, looks: [64, 160, 320], stop: { ...eager, minGain: 3 } }),
    VOTER,
  ),
  simulated('spending', makeJob({ images: 4, looks: [64, 128, 320], bound: 'spending' }), VOTER),
  simulated('target', makeJob({ images: 3, looks: looksFor(target, 'anytime', 352), stop: target }), VOTER),
  simulated(
    'two-stage',
    makeJob({
      images: 5,
      looks: looksFor(twoStage, 'clopper-pearson', 400),
      stop: twoStage,
      bound: 'clopper-pearson',
    }),
    VOTER,
  ),
  simulated(
    'predict',
    makeJob({ images: 5, looks: looksFor(predict, 'anytime', 300), stop: predict }),
    withInvalid(VOTER),
  ),
  simulated(
    'predict with two-sided',
    makeJob({ images: 4, looks: [200], stop: predict, bound: 'two-sided' }),
    VOTER,
  ),
  simulated('fixed, short', makeJob({ ...FIXED, images: 6 }), VOTER),
  simulated(
    'fixed',
    makeJob({ ...FIXED, looks: [100, 900], stop: { kind: 'fixed', selection: 100 }, images: 3 }),
    VOTER,
  ),
  simulated('budget', makeJob({ images: 5, looks: [64, 96, 256, 800], stop: shared }), VOTER),
  simulated(
    'budget, spending',
    makeJob({
      images: 20,
      looks: [64, 128, 256],
      bound: 'spending',
      stop: { ...shared, totalSamples: 2500 },
    }),
    VOTER,
  ),
  simulated(
    'budget, invalid votes',
    makeJob({ images: 6, looks: [64, 96, 256], stop: { ...shared, totalSamples: 1000 } }),
    withInvalid(VOTER),
  ),
  simulated('invalid votes', makeJob({ images: 4, looks: [64, 200, 456] }), withInvalid(VOTER)),
  simulated('any device', makeJob({ images: 4, looks: [64, 200, 456], draw: { numeric: 'any' } }), VOTER),
  simulated(
    'one image',
    makeJob({ images: 1, looks: [32, 64, 128, 256, 512, 1024] }),
    voterOf(3, () => 0.995),
  ),
];
