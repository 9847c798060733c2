import type { ResultSet } from '../../analysis/results/result-set.js';

/** Returns the radii that a job of `target` was asked for, ascending; null of the other rules, which certify any radius. */
export const targetRadii = ({ job: { claim } }: ResultSet): number[] | null =>
  claim.stop.kind === 'target' ? claim.stop.radii.map(Number) : null;
