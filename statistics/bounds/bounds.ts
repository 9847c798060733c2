import { BOUND_NAMES, type BoundName, type RuleName } from '../../shared/job.js';
import { anytime } from './anytime.js';
import type { Bound, BoundClaim, CompiledBound } from './bound.js';
import { clopperPearson } from './clopper-pearson.js';
import { clt } from './clt.js';
import { spending } from './spending.js';

/** Every bound. Its name in shared/job.ts, its number in messages in shared/wire/enums.ts; one without a file does not compile. */
export const BOUNDS: Readonly<{ [Name in BoundName]: Bound & { readonly name: Name } }> = {
  spending,
  anytime,
  'clopper-pearson': clopperPearson,
  clt,
};

/**
 * Makes the bound of a claim ready. Guarantees, per image: `spending` and `anytime` err at any look and class together
 * with probability at most alpha (Theorem C); `clopper-pearson` errs at most alpha for one class and one n chosen without
 * these samples. `clt` certifies nothing.
 *
 * @throws SCHEDULE_TOO_LONG for `spending` with more than 12 looks
 */
export function compileBound(claim: BoundClaim & { readonly bound: BoundName }): CompiledBound {
  return BOUNDS[claim.bound].compile(claim);
}

/** Returns why this bound is not offered with this stopping rule, as the end of a sentence; null if it is offered. */
export function pairReason(rule: RuleName, bound: BoundName): string | null {
  return BOUNDS[bound].rules[rule];
}

/** Returns the bounds that are offered with a stopping rule, those that prove nothing last. */
export function boundsFor(rule: RuleName): BoundName[] {
  return BOUND_NAMES.filter((name) => pairReason(rule, name) === null);
}
