import type { CompiledBound } from './bounds/bound.js';
import { forecastZ, hopefulZ } from './forecast.js';

/** The state of an image at a look. */
export interface Standing {
  /** Index of the look. */
  readonly look: number;
  /** Samples that did not vote for the leader. */
  readonly failures: number;
  /** Votes of the likeliest other outcome; left out, all failures are taken for its votes. */
  readonly runnerUp?: number;
  /** z of the held certificate, 0 if none is held. */
  readonly heldZ: number;
}

const PER_SAMPLES = 1000;

/**
 * Returns how much z, in noise scales, each further sample of an image is forecast to add; 0 if none. As in the rule `gain`: for an image
 * that holds a certificate up to the next look, for one that holds none up to the later look that adds most, at a hopeful rate.
 *
 * @param standing at a look that is not the last
 */
export function gainPerSample(
  bound: CompiledBound,
  looks: readonly number[],
  { look, failures, heldZ }: Standing,
): number {
  const n = looks[look]!;
  if (heldZ > 0) {
    const gain = forecastZ(bound, looks, look + 1, failures, n) - heldZ;
    return Math.max(0, gain / (looks[look + 1]! - n));
  }
  const later = looks.slice(look + 1);
  const gains = later.map((m, j) => hopefulZ(bound, looks, look + 1 + j, failures, n) / (m - n));
  return Math.max(...gains);
}

/**
 * Returns why the rule `gain` stops an image now, null to draw on: it stops when 1,000 further samples are forecast to add
 * less than `minGain` to z. The same price for all images gives the most average radius for a number of samples. For an
 * image that holds a certificate the next look is forecast; for one that holds none, all later looks, at a hopeful rate.
 * Any rule may stop these bounds, so nothing here can make a certificate wrong.
 */
export function gainStops(
  bound: CompiledBound,
  looks: readonly number[],
  minGain: number,
  { look, failures, runnerUp, heldZ }: Standing,
): 'gain' | 'abstain' | 'budget' | null {
  const n = looks[look]!;
  if (look === looks.length - 1) return 'budget';
  const pays = (later: number, z: number): boolean =>
    (z - heldZ) * PER_SAMPLES >= minGain * (looks[later]! - n);
  if (heldZ > 0) {
    return pays(look + 1, forecastZ(bound, looks, look + 1, failures, n, runnerUp)) ? null : 'gain';
  }
  for (let later = look + 1; later < looks.length; later++) {
    if (pays(later, hopefulZ(bound, looks, later, failures, n, runnerUp))) return null;
  }
  return 'abstain';
}
