import type { Counts } from '../../shared/counts.js';
import { largestScore } from '../model/batch/score-row.js';

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
