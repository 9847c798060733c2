import type { Counts } from '../../shared/counts.js';

/** The vote of a sample whose scores are not all finite: it counts for no class (design decision on invalid votes). */
export const INVALID = -1;

/**
 * The class that one row of scores votes for: the largest score, ties to the lowest index; INVALID if any score
 * is NaN or infinite, so that a broken output is never a vote for class 0.
 * @param scores [rows × classes]
 */
export function voteOf(scores: Float32Array, row: number, classes: number): number {
  const begin = row * classes;
  let best = scores[begin]!;
  let vote = 0;
  if (!Number.isFinite(best)) return INVALID;
  for (let c = 1; c < classes; c++) {
    const score = scores[begin + c]!;
    if (!Number.isFinite(score)) return INVALID;
    if (score > best) {
      best = score;
      vote = c;
    }
  }
  return vote;
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
