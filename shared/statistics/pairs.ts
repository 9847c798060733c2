import { SmoothcertError } from '../errors.js';
import type { BoundName, Claim, StoppingRule } from '../job.js';
import type { Bound } from './bound.js';
import { MOST_SAMPLES } from './schedule.js';

const PEEKING =
  'it decides after seeing the counts, and a bound made for one look errs up to 35 times as often when looked at repeatedly';
const ONE_LOOK =
  'it looks once, at a number of samples chosen beforehand, where a bound made for many looks only gives a smaller radius';

/** Every pair of a stopping rule and a bound: null where it is offered (and proved), or why it is not. */
const PAIRS: Readonly<Record<StoppingRule['kind'], Readonly<Record<BoundName, string | null>>>> = {
  gain: { spending: null, anytime: null, 'clopper-pearson': PEEKING },
  fixed: { spending: ONE_LOOK, anytime: ONE_LOOK, 'clopper-pearson': null },
};

/** Theorem C needs a level of at most ¼. */
const LARGEST_ALPHA = 0.25;
/** The numerics were compared with references down to here. */
const SMALLEST_ALPHA = 1e-12;

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
  const offered = Object.keys(bounds).filter((name) => bounds[name] === null);
  throw new SmoothcertError(
    'PAIR_NOT_OFFERED',
    `--stop ${stop} is not offered with --bound ${bound}: ${reason}.`,
    `With --stop ${stop} use --bound ${offered.join(' or --bound ')}.`,
  );
}

/** Throws OPTION_INVALID unless 1e-12 ≤ alpha ≤ ¼: above, Theorem C has no proof; below, nothing was checked. */
export function checkAlpha(alpha: number): void {
  if (alpha >= SMALLEST_ALPHA && alpha <= LARGEST_ALPHA) return;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `--alpha ${alpha} is outside [${SMALLEST_ALPHA}, ${LARGEST_ALPHA}], where the bounds are proved and checked.`,
    'Give the probability of a wrong certificate that you accept per image, for example --alpha 0.001.',
  );
}

/** Throws unless the claim is one that the mathematics covers: the pair, α, the rule's numbers, the looks. */
export function checkClaim({ alpha, bound, stop, looks }: Claim): void {
  checkPair(stop.kind, bound);
  checkAlpha(alpha);
  if (stop.kind === 'gain' && !(stop.minGain >= 0 && stop.minGain < Infinity)) {
    throw new SmoothcertError(
      'OPTION_INVALID',
      `--min-gain ${stop.minGain} is not a number of noise scales per 1,000 samples.`,
      'Give a number of at least 0, for example --min-gain 0.02.',
    );
  }
  const ascending = looks.every((n, k) => Number.isInteger(n) && n > (looks[k - 1] ?? 0));
  const fits = stop.kind === 'fixed' ? looks.length === 2 && looks[0] === stop.selection : looks.length > 0;
  if (ascending && fits && looks.at(-1)! <= MOST_SAMPLES) return;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `The looks ${looks.join(', ')} are no schedule for --stop ${stop.kind}.`,
    `Give whole numbers from 1 to ${MOST_SAMPLES} for --max-samples and --n0.`,
  );
}

/** Throws BUDGET_TOO_SMALL if not even unanimous votes would certify anything within the claim's samples. */
export function checkBudget({ alpha, stop, looks }: Claim, bound: Bound): void {
  const samples = stop.kind === 'fixed' ? looks[1]! - looks[0]! : looks.at(-1)!;
  const possible =
    stop.kind === 'fixed'
      ? bound.certify(1, 0, samples) !== null
      : looks.some((n, look) => bound.certify(look, 0, n) !== null);
  if (possible) return;
  throw new SmoothcertError(
    'BUDGET_TOO_SMALL',
    `With ${samples} samples and α = ${alpha}, not even votes that all agree would certify an image.`,
    'Raise --max-samples or --alpha.',
  );
}
