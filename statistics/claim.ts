import { SmoothcertError } from '../shared/errors.js';
import { MAX_ALPHA, MAX_SAMPLES, MIN_ALPHA, isPlainDecimal } from '../shared/job-limits.js';
import { BOUND_NAMES, type Claim, type RuleName, type StoppingRule } from '../shared/job.js';
import { RULE_NAMES } from '../shared/job-spec.js';
import { BOUNDS, boundsFor, pairReason } from './bounds/bounds.js';
import type { Noise } from './noises/noise.js';
import { PILOT } from './two-stage.js';

/** Throws unless the claim is one that the mathematics covers: the pair, α, the rule's numbers, the looks. */
export function checkClaim({ alpha, bound, stop, looks }: Claim): void {
  checkPair(stop.kind, bound);
  checkAlpha(alpha);
  if ('minGain' in stop) checkMinGain(stop.minGain);
  if ('radii' in stop) checkRadii(stop.radii);
  checkLooks(stop, looks);
}

/** Throws PAIR_NOT_OFFERED, saying why, unless this stopping rule may be used with this bound. */
export function checkPair(stop: string, bound: string): void {
  if (!isOneOf(RULE_NAMES, stop)) {
    throw new SmoothcertError(
      'PAIR_NOT_OFFERED',
      `There is no stopping rule "${stop}" in this version.`,
      `Use --stop ${RULE_NAMES.join(' or --stop ')}.`,
    );
  }
  const reason = isOneOf(BOUND_NAMES, bound)
    ? pairReason(stop, bound)
    : 'there is no such bound in this version';
  if (reason !== null) throw pairNotOffered(stop, bound, reason);
}

const isOneOf = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

/** PAIR_NOT_OFFERED: the bound does not go with the stopping rule. */
export function pairNotOffered(stop: RuleName, bound: string, reason: string): SmoothcertError {
  const offered = boundsFor(stop).filter((name) => BOUNDS[name].proves);
  return new SmoothcertError(
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

/** Throws OPTION_INVALID unless these are radii in plain decimals, ascending: they are reported as they are written. */
export function checkRadii(radii: readonly string[]): void {
  const ascending = radii.every((r, j) => j === 0 || Number(r) > Number(radii[j - 1]));
  if (radii.length > 0 && radii.every(isPlainDecimal) && ascending) return;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `--radii ${radii.join(',')} is not an ascending list of radii of at least 0.`,
    'Write plain decimals in pixels scaled to [0, 1], the smallest first, for example --radii 0.25,0.5,1.0.',
  );
}

function checkMinGain(minGain: number): void {
  if (minGain >= 0 && minGain < Infinity) return;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `--min-gain ${minGain} is not a number of noise scales per 1,000 samples.`,
    'Give a number of at least 0, for example --min-gain 0.02.',
  );
}

function checkLooks(stop: StoppingRule, looks: readonly number[]): void {
  const ascending = looks.every((n, k) => Number.isInteger(n) && n > (looks[k - 1] ?? 0));
  if (ascending && fits(stop, looks) && looks.at(-1)! <= MAX_SAMPLES) return;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `The looks ${looks.join(', ')} are no schedule for --stop ${stop.kind}.`,
    `Give whole numbers from 1 to ${MAX_SAMPLES} for --max-samples and --n0.`,
  );
}

function fits(stop: StoppingRule, looks: readonly number[]): boolean {
  if (stop.kind === 'fixed') return looks.length === 2 && looks[0] === stop.selection;
  if (stop.kind === 'two-stage') return looks.length > 1 && looks[0] === PILOT;
  return looks.length > 0;
}

/** OPTION_INVALID: the noise certifies no radius as large as `radius`, whatever the votes. */
export function outOfReach(noise: Noise, radius: string, scale: number): SmoothcertError {
  const { name, symbol, farthest } = noise;
  return new SmoothcertError(
    'OPTION_INVALID',
    `With ${name} noise of ${symbol} = ${scale}, no votes certify a radius of ${radius}: all radii are below ${farthest * scale}.`,
    'Leave the larger radii out, or add more noise.',
  );
}
