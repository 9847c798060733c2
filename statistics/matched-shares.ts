import type { Claim } from '../shared/job.js';
import type { Noise } from './noises/noise.js';
import { upperTailQuantile } from './normal.js';
import { evenShares } from './spending-table.js';

export interface MatchedOptions {
  /** Numbers of samples, ascending. */
  readonly looks: readonly number[];
  /** The level of one image, at most ¼. */
  readonly alpha: number;
  /** Noise scales of radius that 1,000 further samples must be worth; at least 0. */
  readonly minGain: number;
  readonly noise: Noise;
}

/** Of each share this part goes evenly to all looks, so that no look is without. */
const EVEN_PART = 0.1;
/** How far from the matched number of samples looks still get a share: a standard deviation, in doublings. */
const WIDTH = 0.25;
/** Below this radius, in noise scales, a null is matched as if it had this radius. */
const LEAST_RADIUS = 0.002;
const PER_SAMPLES = 1000;

/**
 * Returns for each null δ the shares of the looks: most goes to the looks where one more sample stops paying for an image whose radius is
 * that of δ, the rest evenly to all. They are all above 0 and add up to 1 but for rounding, so that every null spends its level and no more: any such
 * shares are valid, and these are chosen to need few samples.
 *
 * One more sample stops paying at n* = max{(500 c/g)^(2/3), ln(1/α)/δ}. The first term: with a normal approximation, n samples certify
 * the radius R(δ) less c/√n, where c = −Φ⁻¹(α) · √(δ(1 − δ)) · |dR/dδ|, and 1,000 more gain 500 c n^(−3/2), which is the price g at this n. The
 * second one: so many votes without a failure are needed at all.
 */
export function matchedShares(options: MatchedOptions): (delta: number) => readonly number[] {
  const { looks } = options;
  const even = EVEN_PART / looks.length;
  return (delta) => {
    const doublings = Math.log2(matchedSamples(options, delta));
    const exponents = looks.map((n) => -((Math.log2(n) - doublings) ** 2) / (2 * WIDTH ** 2));
    // Subtracting the largest one changes no share, and keeps the sum above 0 where all looks are far away.
    const largest = Math.max(...exponents);
    const weights = exponents.map((exponent) => Math.exp(exponent - largest));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => (1 - EVEN_PART) * (weight / sum) + even);
  };
}

/**
 * Returns the shares of a claim's looks for each null: matched to its gain, or even where it has none, as the jobs of version 0.1.0.
 * `alpha` is the level of one image.
 */
export function sharesOf(
  { looks, alpha, matchedGain }: Pick<Claim, 'looks' | 'alpha' | 'matchedGain'>,
  noise: Noise,
): (delta: number) => readonly number[] {
  return matchedGain === undefined
    ? evenShares(looks)
    : matchedShares({ looks, alpha, minGain: matchedGain, noise });
}

/** Returns n* for the null δ, at least the first look and at most the last one. */
function matchedSamples({ looks, alpha, minGain, noise }: MatchedOptions, delta: number): number {
  const [first, last] = [looks[0]!, looks.at(-1)!];
  if (minGain === 0) return last;
  const nearest = Math.min(delta, noise.deltaOf(LEAST_RADIUS));
  const c = upperTailQuantile(alpha) * Math.sqrt(nearest * (1 - nearest)) * noise.slopeOf(nearest);
  const paying = ((PER_SAMPLES / 2) * (c / minGain)) ** (2 / 3);
  const needed = -Math.log(alpha) / nearest;
  return Math.min(last, Math.max(first, paying, needed));
}
