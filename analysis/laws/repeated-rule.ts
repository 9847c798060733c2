import type { Claim } from '../../shared/job.js';
import { compileDecision } from '../../coordinator/core/look.js';
import type { Decision, Held } from '../../coordinator/core/decision.js';
import type { DrawnNoise } from '../../coordinator/core/repeated-looks.js';
import { looksFor } from '../../statistics/schedule.js';
import { countsOfFailures } from '../../coordinator/core/counts-of-failures.js';
import { ONE_IMAGE } from './one-image.js';
import { heldRadius } from './held-radius.js';

/** The claim of a rule that looks repeatedly, for one image. */
export type RepeatedClaim = Pick<Claim, 'alpha' | 'bound' | 'stop' | 'matchedGain'> & {
  readonly maxSamples: number;
};

/**
 * A rule that looks repeatedly, as the coordinator decides it: what is held and whether it stops, by failures, computed when first asked for.
 * Such a rule depends on the past only by the certificate that it holds.
 */
export class RepeatedRule {
  readonly looks: readonly number[];
  readonly #decision: Decision;
  readonly #held = new Map<number, Held | null>([[0, null]]);
  readonly #z: readonly Float64Array[];
  /** By look and failures: the largest z above 0 that is known to go on, and the smallest that is known to stop. */
  readonly #goesOn: readonly Float64Array[];
  readonly #stops: readonly Float64Array[];
  readonly #radii = new Map<number, number>();
  readonly #targets: readonly number[];

  /** @throws ImpossibleClaim as `compileDecision` */
  constructor({ alpha, bound, stop, matchedGain, maxSamples }: RepeatedClaim, noise: DrawnNoise) {
    const looks = looksFor(stop, bound, maxSamples);
    const matched = matchedGain === undefined ? {} : { matchedGain };
    this.#decision = compileDecision({ alpha, bound, stop, looks, images: ONE_IMAGE, ...matched }, noise);
    this.looks = looks;
    this.#targets = stop.kind === 'target' ? stop.radii.map(Number) : [];
    const byFailures = (value: number) => looks.map((n) => new Float64Array(n + 1).fill(value));
    this.#z = byFailures(NaN);
    this.#goesOn = byFailures(0);
    this.#stops = byFailures(Infinity);
  }

  /** Returns the z that so many failures certify at a look, 0 for none. */
  z(look: number, failures: number): number {
    const known = this.#z[look]![failures]!;
    if (!Number.isNaN(known)) return known;
    const { held } = this.#at(look, failures, null);
    const z = held?.z ?? 0;
    this.#z[look]![failures] = z;
    if (!this.#held.has(z)) this.#held.set(z, held);
    return z;
  }

  /** Returns true if an image that holds `heldZ` by then stops at a look. Of two that hold something, the larger z stops first. */
  stops(look: number, failures: number, heldZ: number): boolean {
    if (heldZ > 0 && heldZ <= this.#goesOn[look]![failures]!) return false;
    if (heldZ >= this.#stops[look]![failures]!) return true;
    const stops = this.#at(look, failures, this.#held.get(heldZ)!).stop !== null;
    if (heldZ > 0) (stops ? this.#stops : this.#goesOn)[look]![failures] = heldZ;
    return stops;
  }

  /** Returns the radius of a z that some failures certify. */
  radius(z: number): number {
    const known = this.#radii.get(z);
    if (known !== undefined) return known;
    const radius = heldRadius(this.#decision, this.#held.get(z)!, this.#targets);
    this.#radii.set(z, radius);
    return radius;
  }

  #at(look: number, failures: number, held: Held | null) {
    const prefixes = [];
    prefixes[look] = countsOfFailures(failures, this.looks[look]!);
    return this.#decision.at(look, prefixes, held);
  }
}
