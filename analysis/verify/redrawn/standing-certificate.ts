import { fractionOf, fractionOfNumber } from '../arithmetic/fixed-point.js';
import { pairProves } from '../claims/pair.js';
import { inScales } from '../proofs/noise-tail.js';
import type { RowContext } from '../rows/context.js';
import { decisiveLooks, looksOf } from '../rows/looks.js';
import type { Row } from '../rows/row.js';

/** The samples that prove a certificate, of a row that has one; null of others. */
export const provingSamples = ({ outcome, proved_by: samples }: Row) =>
  outcome === 'certified' ? samples : null;

/**
 * Returns true if the counts of a certificate prove its radius also when `fewer` votes of its class are another outcome's: those that only the
 * ledger has. Rows whose counts are none of a look are found elsewhere, and stand here.
 */
export function standsWithFewer(row: Row, fewer: number, context: RowContext): boolean {
  const { claim, draw } = context.job;
  const taken = looksOf(row, claim);
  const decisive = typeof taken === 'string' ? [] : decisiveLooks(taken, claim);
  const standing = decisive.find(({ n }) => n === row.proved_by?.end)?.standing;
  if (standing === undefined) return true;
  const failures = Math.min(standing.n, standing.failures + fewer);
  const rival = Math.min(failures, standing.rival + fewer);
  const other = { ...standing, failures, rival };
  const radius = row.target === undefined ? fractionOfNumber(row.radius!) : fractionOf(row.target)!;
  const z = inScales(radius, draw.noise);
  const { pair, error } = context;
  if (pair === null) return context.provesRadius(other, z);
  const stated = { deltaUpper: row.delta_upper!, pUpper: row.runner_up!.p_upper };
  const proved = pair.proved(other, stated);
  return proved !== null && pairProves(proved, error, z);
}
