import type { Fraction } from '../../shared/dataset/fraction.js';
import { fraction, isFraction, numberOf, showFraction } from '../../shared/dataset/fraction.js';
import { SmoothcertError } from '../../shared/errors.js';
import { canonicalJson, type Lattice, type NoiseKind, type NoiseSpec } from '../../shared/job.js';
import { MAX_RATIO, MIN_RATIO } from '../../shared/job-limits.js';
import { thresholdsOf } from './thresholds.js';

/** Points of a finer lattice would not fit into int32. */
const MAX_REFINEMENT = 2 ** 30;

/** The lattice of noisy inputs, and how many of its steps one step of the data is. */
export interface NoiseLattice {
  readonly lattice: Lattice;
  /** A power of two. */
  readonly refinement: number;
  /** The lattice step as a number, in the units of the data: the nearest double. */
  readonly stepSize: number;
}

/**
 * Returns the lattice that noise of this kind and scale is drawn on: that of the data, its step divided by the least power of two that
 * makes the scale 32 steps or more. The data lie on it, too.
 * @param step lattice step of the data; its numerator is a power of two
 * @param scale of the noise, in units of the data: its shortest decimal is taken, exactly
 * @param dimension elements of an input
 * @throws OPTION_INVALID if the scale is more than 16,384 steps, or too small beside the step
 */
export function latticeOf(step: Fraction, kind: NoiseKind, scale: number, dimension: number): NoiseLattice {
  const inSteps = stepsOf(scale, step);
  let refinement = 1;
  while (isBelow(inSteps, refinement)) {
    refinement *= 2;
    if (refinement > MAX_REFINEMENT || step.denominator * refinement > Number.MAX_SAFE_INTEGER)
      throw tooSmall(step, scale);
  }
  const ratio = decimalText(inSteps.digits * BigInt(refinement), inSteps.decimals);
  if (Number(ratio) > MAX_RATIO) throw tooLarge(step, scale);
  const finer = fraction(step.numerator, step.denominator * refinement);
  const { largest } = thresholdsOf(kind, ratio);
  return {
    lattice: { step: showFraction(finer), ratio, largest, dimension },
    refinement,
    stepSize: numberOf(finer),
  };
}

/**
 * Returns true if a job's lattice is the one that follows from its step and from its noise; a larger or a smaller one would state another
 * error of the law that is drawn. Jobs of version 0.1.0 have none.
 */
export function fitsNoise({ kind, scale, lattice }: Pick<NoiseSpec, 'kind' | 'scale' | 'lattice'>): boolean {
  if (lattice === undefined) return true;
  const [numerator, denominator = 1] = lattice.step.split('/').map(Number) as [number, number?];
  const step = { numerator, denominator };
  if (!isFraction(step) || !Number.isInteger(Math.log2(numerator))) return false;
  const ours = latticeOf(step, kind, scale, lattice.dimension).lattice;
  return canonicalJson(ours) === canonicalJson(lattice);
}

/** A decimal number: digits · 10^−decimals. */
interface Decimal {
  readonly digits: bigint;
  readonly decimals: number;
}

/** Returns scale / step, exactly: dividing by 2^j is multiplying by 5^j and moving the point by j places. */
function stepsOf(scale: number, { numerator, denominator }: Fraction): Decimal {
  const { digits, decimals } = decimalOf(scale);
  const halvings = Math.log2(numerator);
  return {
    digits: digits * BigInt(denominator) * 5n ** BigInt(halvings),
    decimals: decimals + halvings,
  };
}

/** Returns the shortest decimal that stands for a positive double. */
function decimalOf(value: number): Decimal {
  const [significand, exponent = '0'] = String(value).split('e') as [string, string?];
  const [whole, rest = ''] = significand.split('.') as [string, string?];
  const decimals = rest.length - Number(exponent);
  const digits = BigInt(whole + rest);
  return decimals >= 0 ? { digits, decimals } : { digits: digits * 10n ** BigInt(-decimals), decimals: 0 };
}

const isBelow = ({ digits, decimals }: Decimal, refinement: number): boolean =>
  digits * BigInt(refinement) < BigInt(MIN_RATIO) * 10n ** BigInt(decimals);

/** Writes digits · 10^−decimals without an exponent and without closing zeros. */
function decimalText(digits: bigint, decimals: number): string {
  const text = digits.toString().padStart(decimals + 1, '0');
  const whole = text.slice(0, text.length - decimals);
  const rest = text.slice(text.length - decimals).replace(/0+$/, '');
  return rest === '' ? whole : `${whole}.${rest}`;
}

function tooLarge(step: Fraction, scale: number): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `Noise of scale ${scale} spreads over too many steps of ${showFraction(step)}, on which the data lie: its scale may be at most ${MAX_RATIO} of them.`,
    'Choose a smaller --sigma, or check that the data are in the units that --sigma is in.',
  );
}

function tooSmall(step: Fraction, scale: number): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `Noise of scale ${scale} is too small beside the steps of ${showFraction(step)} on which the data lie.`,
    'Choose a larger --sigma, or check that the data are in the units that --sigma is in.',
  );
}
