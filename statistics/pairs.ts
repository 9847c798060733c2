import { SmoothcertError } from '../shared/errors.js';
import { MAX_ALPHA, MIN_ALPHA } from '../shared/job-limits.js';
import type { BoundName, StoppingRule } from '../shared/job.js';

const PEEKING =
  'it decides after seeing the counts, and a bound made for one look errs up to 35 times as often when looked at repeatedly';
const ONE_LOOK =
  'it looks once, at a number of samples chosen beforehand, where a bound made for many looks only gives a smaller radius';
const MANY_LOOKS = 'it looks more often than the tables of "spending" hold';
const NO_PROOF =
  'the normal approximation is no bound, and is there to be studied at a fixed number of samples alone';

/** Every pair of a stopping rule and a bound: null where it is offered, or why it is not. All but `clt` are proved. */
const PAIRS: Readonly<Record<StoppingRule['kind'], Readonly<Record<BoundName, string | null>>>> = {
  gain: { spending: null, anytime: null, 'clopper-pearson': PEEKING, clt: NO_PROOF },
  target: { spending: MANY_LOOKS, anytime: null, 'clopper-pearson': PEEKING, clt: NO_PROOF },
  'two-stage': { spending: ONE_LOOK, anytime: ONE_LOOK, 'clopper-pearson': null, clt: NO_PROOF },
  fixed: { spending: ONE_LOOK, anytime: ONE_LOOK, 'clopper-pearson': null, clt: null },
};

/** The bounds, in the order in which they are offered. */
export const BOUND_NAMES = Object.keys(PAIRS.gain) as readonly BoundName[];

/** Returns why the stopping rule is not offered with the bound; null where it is. */
export const pairReason = (rule: StoppingRule['kind'], bound: BoundName): string | null => PAIRS[rule][bound];

/** Throws PAIR_NOT_OFFERED, saying why, unless this stopping rule may be used with this bound. */
export function checkPair(stop: string, bound: string): void {
  const pairs: Readonly<Record<string, Readonly<Record<string, string | null>>>> = PAIRS;
  const bounds = Object.hasOwn(pairs, stop) ? pairs[stop]! : null;
  if (bounds === null) {
    throw new SmoothcertError(
      'PAIR_NOT_OFFERED',
      `There is no stopping rule "${stop}" in this version.`,
      `Use --stop ${Object.keys(pairs).join(' or --stop ')}.`,
    );
  }
  const reason = Object.hasOwn(bounds, bound)
    ? (bounds[bound] as string | null)
    : 'there is no such bound in this version';
  if (reason === null) return;
  const offered = Object.keys(bounds).filter((name) => bounds[name] === null && name !== 'clt');
  throw new SmoothcertError(
    'PAIR_NOT_OFFERED',
    `--stop ${stop} is not offered with --bound ${bound}: ${reason}.`,
    `With --stop ${stop} use --bound ${offered.join(' or --bound ')}.`,
  );
}

/** Throws OPTION_INVALID unless 1e-12 ≤ alpha ≤ ¼: above, Theorem C has no proof; below, nothing was checked. */
export function checkAlpha(alpha: number): void {
  if (alpha >= MIN_ALPHA && alpha <= MAX_ALPHA) return;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `--alpha ${alpha} is outside [${MIN_ALPHA}, ${MAX_ALPHA}], where the bounds are proved and checked.`,
    'Give the probability of a wrong certificate that you accept per image, for example --alpha 0.001.',
  );
}
