import type { Counts } from '../../shared/counts.js';
import { invalidCause, isTie, largestScore, type InvalidCause } from '../model/batch/score-row.js';

/** The vote of a sample with a score that is NaN or +∞, or with none that is finite: it counts for no class. */
export const INVALID = -1;

/**
 * Returns the class that one row of scores votes for: the largest score, ties to the lowest index; INVALID where there is
 * none, so that a broken output is never a vote for class 0.
 * @param scores [rows × classes]
 */
export function voteOf(scores: Float32Array, row: number, classes: number): number {
  return largestScore(scores, row * classes, (row + 1) * classes) ?? INVALID;
}

/** Votes of a shard while it is drawn. */
export class VoteTally {
  private readonly votes = new Map<number, number>();
  private invalid = 0;

  add(vote: number): void {
    if (vote === INVALID) this.invalid += 1;
    else this.votes.set(vote, (this.votes.get(vote) ?? 0) + 1);
  }

  counts(): Counts {
    const sorted = [...this.votes].sort(([a], [b]) => a - b);
    return { classes: sorted.map(([c]) => c), votes: sorted.map(([, v]) => v), invalid: this.invalid };
  }
}

/** Counts what the votes of a batch were like: ties, and why votes are invalid. No certificate depends on it. */
export class VoteRemarks {
  votes = 0;
  tied = 0;
  readonly invalid: Record<InvalidCause, number> = { nan: 0, infinite: 0, noneFinite: 0 };

  /** Notes a vote. @param vote what `voteOf` returned of this row of scores */
  add(scores: Float32Array, row: number, classes: number, vote: number): void {
    const [begin, end] = [row * classes, (row + 1) * classes];
    if (vote === INVALID) {
      this.invalid[invalidCause(scores, begin, end)] += 1;
      return;
    }
    this.votes += 1;
    if (isTie(scores, begin, end, vote)) this.tied += 1;
  }
}
