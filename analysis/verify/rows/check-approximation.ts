import { toDouble } from '../arithmetic/fixed-point.js';
import { normalQuantile } from '../arithmetic/tails.js';
import { isWritten } from '../folder/tally.js';
import type { NoiseKind } from '../../../shared/job.js';
import type { Require } from './proving-look.js';
import type { RowContext } from './context.js';
import type { Decisive } from './looks.js';
import type { Row } from './row.js';

/** Nothing of it is proved: doubles, and a part in 1e7, will do. */
const CLOSE = 1e-7;
const UNANIMOUS = 'the CLT gives no bound on unanimous votes';

/** Checks an approximation: that nothing of it is called certified, and that its radius is the formula's. */
export function checkApproximation(
  row: Row,
  decisive: readonly Decisive[],
  context: RowContext,
  require: Require,
): void {
  const { job, alpha, error } = context;
  require(job.claim.bound === 'clt', 'Only a normal approximation is approximate.');
  const claimed = [row.class, row.delta_upper, row.p_lower, row.proved_by].some((one) => one !== null);
  require(!claimed &&
    row.radius === 0 &&
    row.target === undefined, 'It is an approximation, and claims something all the same.');
  const at = decisive.at(-1);
  if (at === undefined) {
    require(false, 'It has no counts behind the selection.');
    return;
  }
  const { failures, n } = at.standing;
  require(isWritten(at.votes, row.counts), 'Its counts are not those behind the selection.');
  require(row.approximate_class === at.classIndex, 'Its class is not the one that was selected.');
  const rate = failures / n;
  const raw = rate + normalQuantile(alpha) * Math.sqrt((rate * (1 - rate)) / n);
  const delta = (raw + toDouble(error)) * (1 + 2e-8);
  const { kind, scale } = job.draw.noise;
  const expected = failures === 0 ? null : scale * radiusOf(kind, delta);
  const stated = row.approximate_radius;
  const same =
    stated === expected ||
    (typeof stated === 'number' && expected !== null && Math.abs(stated - expected) <= CLOSE * scale);
  require(same, 'Its approximate radius is not that of the formula.');
  require(row.detail ===
    (failures === 0 ? UNANIMOUS : undefined), 'Its detail is not about unanimous votes.');
}

function radiusOf(kind: NoiseKind, delta: number): number {
  if (kind === 'uniform') return 1 - 2 * delta;
  return kind === 'laplace' ? -Math.log(2 * delta) : normalQuantile(delta);
}
