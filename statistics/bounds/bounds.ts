import { BOUND_NAMES, type BoundName, type RuleName } from '../../shared/job.js';
import type { Noise } from '../noises/noise.js';
import { anytime } from './anytime.js';
import type { Bound, BoundClaim, CompiledBound } from './bound.js';
import { clopperPearson } from './clopper-pearson.js';
import { clt } from './clt.js';
import { spending } from './spending.js';
import { twoSided } from './two-sided.js';

/**
 * Every bound. Names stand in shared/job.ts, the numbers of messages in shared/wire/enums.ts; a name without a bound, or
 * without a number, does not compile.
 */
export const BOUNDS: Readonly<{ [Name in BoundName]: Bound & { readonly name: Name } }> = {
  spending,
  anytime,
  'clopper-pearson': clopperPearson,
  clt,
  'two-sided': twoSided,
};

/** Compiled bounds, by everything that they are made from. */
const compiled = new Map<string, CompiledBound>();
const MOST_COMPILED = 32;

/**
 * Makes the bound of a claim ready; the last ones are remembered, as a job is compiled when it is checked and again when it
 * is drawn. Each bound's file states its guarantee.
 *
 * @throws SCHEDULE_TOO_LONG for `spending` with more than 12 looks
 */
export function compileBound(claim: BoundClaim & { readonly bound: BoundName }, noise: Noise): CompiledBound {
  const { alpha, looks, matchedGain, runnerUp } = claim;
  const parts: BoundClaim = {
    alpha,
    looks,
    ...(matchedGain === undefined ? {} : { matchedGain }),
    ...(runnerUp === undefined ? {} : { runnerUp }),
  };
  const key = JSON.stringify([claim.bound, noise.name, parts]);
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  const bound = BOUNDS[claim.bound].compile(parts, noise);
  compiled.set(key, bound);
  return bound;
}

/** Returns why this bound is not offered with this stopping rule, as the end of a sentence; null if it is offered. */
export function pairReason(rule: RuleName, bound: BoundName): string | null {
  return BOUNDS[bound].rules[rule];
}

/** Returns the bounds that are offered with a stopping rule, those that prove nothing last. */
export function boundsFor(rule: RuleName): BoundName[] {
  return BOUND_NAMES.filter((name) => pairReason(rule, name) === null);
}
