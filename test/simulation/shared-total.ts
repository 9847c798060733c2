import { NO_COUNTS, totalOf } from '../../shared/counts.js';
import type { Shard } from '../../shared/shards.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';

/** Invariants of a job whose images share a total (`--stop budget`), beside those of every job. */

/** Returns true if the images of the job share a total. */
export const isShared = (fold: Pick<JobFold, 'job'>): boolean => fold.job.claim.stop.kind === 'budget';

/** Returns how many samples a look saw, if they may be so many: those of the schedule, or at the last look of a shared total those before some shard. */
export function seenAt(fold: JobFold, image: number, look: number): number {
  const n = fold.job.claim.looks[look]!;
  const { prefixes } = fold.images.get(image)!;
  if (!isShared(fold) || look < prefixes.length - 1) return n;
  const seen = totalOf(prefixes[look]!);
  return fold.grid.segments[look]!.some(({ end }) => end === seen) ? seen : n;
}

/** Yields what is wrong with what was drawn and with what may be drawn. @param shards all of the job. */
export function* faultsOfTotal(fold: JobFold, shards: readonly Shard[]): Generator<string> {
  const { stop } = fold.job.claim;
  if (stop.kind !== 'budget' || fold.cancelled) return;
  const open = shards.filter((shard) => fold.wants(shard));
  const seen = [...fold.images.values()].map(({ prefixes }) => totalOf(prefixes.at(-1) ?? NO_COUNTS));
  const allotted = [...seen, ...open.map(({ begin, end }) => end - begin)].reduce((a, b) => a + b, 0);
  if (allotted > stop.totalSamples) yield `${allotted} samples of ${stop.totalSamples} are allotted`;
  if (fold.isDone() === open.length > 0)
    yield `${open.length} shards may be drawn, done or not: ${fold.isDone()}`;
}
