import { ONE, toDouble } from '../arithmetic/fixed-point.js';
import type { WrittenCounts } from '../folder/tally.js';
import { binomialSum } from '../proofs/binomial-sum.js';

/** How votes that were drawn again differ from those that a ledger has of the same samples. */
export interface Difference {
  /** Samples at least that voted otherwise. */
  readonly votes: number;
  /** Votes for the claimed class that only the ledger has, and that only the redraw has; one of the two is 0. */
  readonly recordedFor: number;
  readonly redrawnFor: number;
}

/** Returns how the counts of a shard differ. @param claimed class of the certificate that rests on it; null if there is none */
export function differenceOf(
  recorded: WrittenCounts,
  redrawn: WrittenCounts,
  claimed: number | null,
): Difference {
  const more = new Map<number, number>();
  const count = ({ classes, votes }: WrittenCounts, sign: number) =>
    classes.forEach((one, i) => more.set(one, (more.get(one) ?? 0) + sign * votes[i]!));
  count(recorded, 1);
  count(redrawn, -1);
  const all = [recorded.invalid - redrawn.invalid, ...more.values()];
  const ofClaimed = claimed === null ? 0 : (more.get(claimed) ?? 0);
  return {
    votes: all.reduce((sum, one) => sum + Math.max(0, one), 0),
    recordedFor: Math.max(0, ofClaimed),
    redrawnFor: Math.max(0, -ofClaimed),
  };
}

/**
 * Returns the probability that of so many differences at least `recordedFor` favour the claimed class, if each does so with probability ½: what near-ties
 * do. P(Bin(recordedFor + redrawnFor, ½) ≤ redrawnFor), an exact sum, rounded up.
 */
export function chanceOf(recordedFor: number, redrawnFor: number): number {
  if (recordedFor <= redrawnFor) return 1;
  return toDouble(binomialSum({ n: recordedFor + redrawnFor, rate: ONE >> 1n }, redrawnFor)!.upper);
}

/** Writes counts: "class 3: 60, class 5: 3, invalid: 1". */
export function countsText({ classes, votes, invalid }: WrittenCounts): string {
  const parts = classes.map((one, i) => `class ${one}: ${votes[i]!}`);
  return [...parts, ...(invalid > 0 ? [`invalid: ${invalid}`] : [])].join(', ');
}
