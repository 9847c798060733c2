import type { Decision, Held } from '../../coordinator/core/decision.js';

/**
 * Returns the radius that an image gets for what it holds; 0 for nothing, or if rounding against the user leaves nothing of it.
 *
 * @param targets of `target`: the radii that were asked for, which are given as they were written; empty of other rules
 */
export function heldRadius(
  decision: Pick<Decision, 'radiusOf'>,
  held: Held | null,
  targets: readonly number[] = [],
): number {
  if (held === null) return 0;
  return targets[held.target ?? -1] ?? decision.radiusOf(held.deltaUpper) ?? 0;
}
