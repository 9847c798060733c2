import { FINE_BITS, FINE_ONE, ROOT_TWO_PI, exponential, rootOf } from './constants.js';
import { ONE_SCALED, dividedBy, power, scaled, times, type Scaled } from './scaled.js';

/** Factorials up to here are kept as they are multiplied up; larger ones come from Stirling's series. */
export const MOST_KEPT = 2 ** 18;

const kept: Scaled[] = [ONE_SCALED];

/** Returns n!, with a relative error below (n + 1) · 2^-190 up to 2^18, and below 2^-150 from there to 2^31. */
export function factorial(n: number): Scaled {
  if (n > MOST_KEPT) return stirling(n);
  for (let next = kept.length; next <= n; next++) {
    kept.push(times(kept[next - 1]!, scaled(BigInt(next))));
  }
  return kept[n]!;
}

const E = scaled(exponential(FINE_ONE).value, -Number(FINE_BITS));

/**
 * Returns √(2πn) (n/e)^n e^s with s = 1/(12n) − 1/(360n³) + 1/(1260n⁵) − 1/(1680n⁷). The series alternates, so that s is wrong by less
 * than the next term, 1/(1188n⁹), which is below 2^-170 from 2^18 on (NIST Handbook of Mathematical Functions, 5.11.1 and 5.11(ii)).
 */
function stirling(n: number): Scaled {
  const big = BigInt(n);
  const cube = big ** 3n;
  const series =
    FINE_ONE / (12n * big) -
    FINE_ONE / (360n * cube) +
    FINE_ONE / (1260n * cube * big ** 2n) -
    FINE_ONE / (1680n * cube * big ** 4n);
  const correction = scaled(exponential(series).value, -Number(FINE_BITS));
  const rootOfN = scaled(rootOf(big << FINE_BITS), -Number(FINE_BITS / 2n));
  const roots = times(scaled(ROOT_TWO_PI, -Number(FINE_BITS)), rootOfN);
  return times(times(roots, power(dividedBy(scaled(big), E), n)), correction);
}
