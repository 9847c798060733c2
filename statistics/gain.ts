import type { CompiledBound } from './bounds/bound.js';
import { forecastZ, hopefulZ } from './forecast.js';

/** Where an image stands at a look. */
export interface Standing {
  /** Index of the look. */
  readonly look: number;
  /** Samples that did not vote for the leader. */
  readonly failures: number;
  /** z of the held certificate, 0 if none is held. */
  readonly heldZ: number;
}

const PER_SAMPLES = 1000;

/**
 * The rule `gain`: an image stops when 1,000 further samples are forecast to add less than `minGain` to z. The same
 * price for all images is what gives most average radius for a given number of samples. With a certificate in hand it
 * looks one look ahead; without one, at all later looks, hopefully. Null: draw on. Any rule may stop these bounds, so
 * nothing here can make a certificate wrong.
 */
export function gainStops(
  bound: CompiledBound,
  looks: readonly number[],
  minGain: number,
  { look, failures, heldZ }: Standing,
): 'gain' | 'abstain' | 'budget' | null {
  const n = looks[look]!;
  if (look === looks.length - 1) return 'budget';
  const pays = (later: number, z: number): boolean =>
    (z - heldZ) * PER_SAMPLES >= minGain * (looks[later]! - n);
  if (heldZ > 0) {
    return pays(look + 1, forecastZ(bound, looks, look + 1, failures, n)) ? null : 'gain';
  }
  for (let later = look + 1; later < looks.length; later++) {
    if (pays(later, hopefulZ(bound, looks, later, failures, n))) return null;
  }
  return 'abstain';
}
