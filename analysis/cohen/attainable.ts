import type { NoiseSpec } from '../../shared/job.js';
import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { NOISES } from '../../statistics/noises/noises.js';

/** Numbers of failures, both ends included. */
export interface FailureRange {
  readonly least: number;
  readonly most: number;
}

/**
 * The radii that the bound of Clopper and Pearson gives n samples at a level α: one for each number of failures, which they fall with. Before
 * any rounding.
 */
export class AttainableRadii {
  readonly #known = new Map<number, number>();

  constructor(
    readonly n: number,
    readonly alpha: number,
    private readonly noise: Pick<NoiseSpec, 'kind' | 'scale'>,
  ) {}

  /** Returns the radius of so many failures, 0 to n; 0 for none. */
  radius(failures: number): number {
    const known = this.#known.get(failures);
    if (known !== undefined) return known;
    const delta = clopperPearsonDelta(failures, this.n, this.alpha);
    const radius = delta < 0.5 ? this.noise.scale * NOISES[this.noise.kind].radiusOf(delta) : 0;
    this.#known.set(failures, radius);
    return radius;
  }

  /** Returns the numbers of failures whose radius is in [low, high], 0 < low ≤ high; null if there are none. */
  within(low: number, high: number): FailureRange | null {
    const least = this.#first((radius) => radius <= high);
    const most = this.#first((radius) => radius < low) - 1;
    return least <= most ? { least, most } : null;
  }

  /** Returns the smallest number of failures whose radius is as wanted, by bisection; n if none is. Radii fall with failures. */
  #first(wanted: (radius: number) => boolean): number {
    let low = -1;
    let high = this.n;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (wanted(this.radius(middle))) high = middle;
      else low = middle;
    }
    return high;
  }
}
