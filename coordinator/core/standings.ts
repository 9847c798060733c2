import type { Counts } from '../../shared/counts.js';
import type { RuleName } from '../../shared/job.js';
import { votesForLeader } from './class-votes.js';
import type { VoteGroup } from './failure-levels.js';
import type { JobFold } from './job-fold.js';

/** Failures are put into one group if they differ by less than a quarter of their standard deviation, or by nothing. */
const FINENESS = 8;

/** Images that have taken as many looks with about as many failures. */
export interface Standing extends VoteGroup {
  /** Index of the look that is to come. */
  readonly look: number;
  /** Of these images those that are not decided. */
  readonly undecided: number;
}

/** All images of a job, as far as their votes tell how far they will be drawn. */
export interface Standings {
  /** Images that have taken a look, alike ones together. */
  readonly groups: readonly Standing[];
  /** Undecided images that have taken none. */
  readonly fresh: number;
  /** Samples of the images that are decided. */
  readonly decidedSamples: number;
  /** Samples of images that have a pilot which has planned their last look; they are in no group's `undecided`. */
  readonly plannedSamples: number;
}

/** Returns how the images of a job stand. Costs some operations an image. */
export function standingsOf({ images, decision, job }: JobFold): Standings {
  const { stop } = job.claim;
  const groups = new Map<number, { -readonly [K in keyof Standing]: Standing[K] }>();
  let [fresh, decidedSamples, plannedSamples] = [0, 0, 0];
  for (const { prefixes, ending, due } of images.values()) {
    const look = prefixes.length;
    const prefix = prefixes[look - 1];
    if (prefix === undefined) {
      if (ending === null) fresh += 1;
      continue;
    }
    const n = decision.looks[look - 1]!;
    const isPlanned = ending === null && stop.kind === 'two-stage';
    if (ending !== null) decidedSamples += n;
    else if (isPlanned) plannedSamples += decision.looks[due]!;
    const rank = Math.round(FINENESS * Math.sqrt(failuresOf(prefix, n, stop.kind)));
    const key = look * 2 ** 32 + rank;
    const failures = Math.min(n, (rank / FINENESS) ** 2);
    const group = groups.get(key) ?? { look, failures, samples: n, images: 0, undecided: 0 };
    groups.set(key, group);
    group.images += 1;
    if (ending === null && !isPlanned) group.undecided += 1;
  }
  return { groups: [...groups.values()], fresh, decidedSamples, plannedSamples };
}

/** Returns the failures among n samples; of `predict`, whose test compares two outcomes, as if all votes were for one of the two. */
function failuresOf(prefix: Counts, n: number, rule: RuleName): number {
  const { failures, runnerUp } = votesForLeader(prefix);
  if (rule !== 'predict') return failures;
  const against = runnerUp?.votes ?? 0;
  return (n * against) / Math.max(1, n - failures + against);
}
