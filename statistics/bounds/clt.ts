import { upperTailQuantile } from '../normal.js';
import { NO_RADIUS, type Approximation, type CompiledBound } from './bound.js';

const NO_PROOF =
  'the normal approximation is no bound, and is there to be studied at a fixed number of samples alone';

const CERTIFIES_NOTHING: CompiledBound = { certify: () => null };

/** `clt`, the normal approximation. It proves nothing and certifies nothing. */
export const clt = {
  name: 'clt',
  proves: false,
  rules: {
    gain: NO_PROOF,
    target: NO_PROOF,
    'two-stage': NO_PROOF,
    fixed: null,
    budget: NO_PROOF,
    predict: NO_RADIUS,
  },
  looks: null,
  remark: 'which is approximate and certifies nothing',
  note: 'The bound clt is a normal approximation: the radii of this job are approximate, and no certificates.',
  compile: () => CERTIFIES_NOTHING,
  approximate: cltDelta,
} as const satisfies Approximation;

/**
 * Returns the normal approximation to a one-sided bound on the failure probability: f/n + z_α · √(f(n − f)/n³), as a study
 * of sample sizes would use it. NOT a bound: close to p = 1 it errs hundreds of times as often as alpha (the tests say how
 * often), so nothing that comes from it may be called a certificate. Null if no sample failed: the approximation then
 * says that none ever will. 0 ≤ failures ≤ n, n ≥ 1.
 */
export function cltDelta(failures: number, n: number, alpha: number): number | null {
  if (failures === 0) return null;
  const rate = failures / n;
  return rate + upperTailQuantile(alpha) * Math.sqrt((rate * (1 - rate)) / n);
}
