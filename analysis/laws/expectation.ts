/** The means over its noise that an image can expect of a rule. */
export interface Expectation {
  /** Samples that are drawn. */
  readonly samples: number;
  /** Radius, 0 where the image abstains; in the units of the noise's scale. */
  readonly radius: number;
  /** Probability of a certificate. */
  readonly certified: number;
  /** By wanted radius: the probability of a certificate of at least that radius. */
  readonly reached: readonly number[];
}

/** Returns what an image of this failure probability, 0 to 1, can expect. */
export type Law = (delta: number) => Expectation;

/** Adds up what an image can expect: outcomes, each with its probability. */
export class ExpectationSum {
  /** All of the probability that was added. */
  mass = 0;
  #samples = 0;
  #radius = 0;
  #certified = 0;
  readonly #reached: Float64Array;

  /** @param radii wanted radii, ascending */
  constructor(readonly radii: readonly number[]) {
    this.#reached = new Float64Array(radii.length);
  }

  /** Adds an outcome. @param radius 0 for none */
  add(mass: number, samples: number, radius: number): void {
    this.mass += mass;
    this.#samples += mass * samples;
    if (radius <= 0) return;
    this.#radius += mass * radius;
    this.#certified += mass;
    for (let j = 0; j < this.radii.length && this.radii[j]! <= radius; j++) this.#reached[j]! += mass;
  }

  /** Returns the means over what was added. */
  mean(): Expectation {
    const share = (sum: number) => sum / this.mass;
    return {
      samples: share(this.#samples),
      radius: share(this.#radius),
      certified: share(this.#certified),
      reached: Array.from(this.#reached, share),
    };
  }
}
