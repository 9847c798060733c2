import type { Counts } from '../../shared/counts.js';
import { jobDigest, type Claim, type DrawSpec, type Job } from '../../shared/job.js';
import type { Shard } from '../../shared/shards.js';
import { stageLengths } from '../../statistics/two-stage.js';
import type { CountedShard, LedgerRecord } from '../../shared/wire/record.js';
import { certificateOf, type Certificate } from '../../coordinator/results/certificates.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';

const ZEROS = '0'.repeat(64);
export const FINGERPRINT = 'aa'.repeat(32);
export const OTHER_FINGERPRINT = 'bb'.repeat(32);

export interface JobOptions {
  readonly images: number;
  readonly looks: readonly number[];
  readonly stop: Claim['stop'];
  readonly bound: Claim['bound'];
  readonly alpha: number;
  readonly draw: Partial<DrawSpec>;
  /** Fields of the claim that few jobs have. */
  readonly claim: Partial<Claim>;
}

/** A small job, as `certify` would make it; by default it is never in a hurry to stop. */
export function makeJob(options: Partial<JobOptions> = {}): Job {
  const { images = 3, alpha = 0.001, bound = 'anytime', stop = { kind: 'gain', minGain: 0.02 } } = options;
  const looks = options.looks ?? [64, 96, 256, 512];
  const noise = { kind: 'gaussian', scale: 0.5, generator: 'test', version: 1 } as const;
  return {
    protocol: 1,
    draw: {
      modelDigest: ZEROS,
      dataDigest: ZEROS,
      noise,
      seed: '1',
      normalisation: { inputScale: 1, mean: [0], std: [1] },
      layout: 'flat',
      output: 'scores',
      classes: 10,
      batch: 32,
      numericClass: 'test',
      numeric: 'same',
      segments: looks,
      ...options.draw,
    },
    claim: { alpha, bound, stop, looks, images: { start: 0, stop: images, step: 1 }, ...options.claim },
  };
}

export const FIXED = {
  looks: [20, 120],
  bound: 'clopper-pearson',
  stop: { kind: 'fixed', selection: 20 },
} as const satisfies Partial<JobOptions>;

/** A second stage of 16 to 1,936 samples. */
export const TWO_STAGE = {
  bound: 'clopper-pearson',
  stop: { kind: 'two-stage', minGain: 0.1 },
  looks: [64, ...stageLengths(1936).map((n) => 64 + n)],
} as const satisfies Partial<JobOptions>;

/** Ends within a look of several shards. */
export const BUDGET = {
  bound: 'anytime',
  stop: { kind: 'budget', totalSamples: 1700 },
  looks: [64, 96, 256, 1024],
} as const satisfies Partial<JobOptions>;

export const TARGET = {
  bound: 'anytime',
  stop: { kind: 'target', radii: ['0', '0.50', '1.0'] },
  looks: [32, 64, 96, 128, 256, 512, 1024, 2048],
} as const satisfies Partial<JobOptions>;

/** Says which class a sample votes for, −1 for an invalid vote: a pure function of image and sample. */
export type Voter = (image: number, sample: number) => number;

/** Bits that depend on nothing but their arguments. */
export function hash(seed: number, image: number, sample: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  for (const word of [image, sample, 0x27d4eb2f]) {
    h = Math.imul(h ^ word ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  }
  return (h ^ (h >>> 15)) >>> 0;
}

/** Votes for class image mod 10 with probability p(image), else for one of the other classes. */
export function voterOf(seed: number, p: (image: number) => number): Voter {
  return (image, sample) => {
    const bits = hash(seed, image, sample);
    return bits / 2 ** 32 < p(image) ? image % 10 : (image + 1 + (bits % 9)) % 10;
  };
}

/** Returns the counts of these samples. */
export function draw(voter: Voter, { image, begin, end }: Shard): Counts {
  const votes = new Map<number, number>();
  for (let sample = begin; sample < end; sample++) {
    const vote = voter(image, sample);
    votes.set(vote, (votes.get(vote) ?? 0) + 1);
  }
  const invalid = votes.get(-1) ?? 0;
  votes.delete(-1);
  const sorted = [...votes].sort(([a], [b]) => a - b);
  return { classes: sorted.map(([c]) => c), votes: sorted.map(([, v]) => v), invalid };
}

export function counted(voter: Voter, shard: Shard): CountedShard {
  return { shard, counts: draw(voter, shard), micros: 10 * (shard.end - shard.begin) };
}

let records = 0;
/** A record of this job, empty but for what is given. */
export function makeRecord(job: Job, content: Partial<LedgerRecord>): LedgerRecord {
  return {
    jobDigest: jobDigest(job),
    fingerprint: FINGERPRINT,
    task: `test.${records++}`,
    counted: [],
    failed: [],
    returned: [],
    dropped: [],
    failedImages: [],
    cancelled: false,
    ...content,
  };
}

/** All shards of the job's grid. */
export function allShards(fold: JobFold): Shard[] {
  return [...fold.images.keys()].flatMap((image) =>
    fold.grid.segments.flatMap((shards) => shards.map((range) => ({ image, ...range }))),
  );
}

/** Returns the line of results.jsonl for every image of the job; null for those that are not decided. */
export function rowsOf(fold: JobFold): string[] {
  return [...fold.images.keys()].map((image) => JSON.stringify(certificateOf(fold, image, image % 10)));
}

export function certificate(fold: JobFold, image: number, label: number | null = null): Certificate {
  const found = certificateOf(fold, image, label);
  if (found === null) throw new Error(`image ${image} is not decided`);
  return found;
}
