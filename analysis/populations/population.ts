import type { NoiseSpec } from '../../shared/job.js';

/** An image before it is certified, as far as it is known or assumed. */
export interface PopulationImage {
  /** Probability that a noisy copy does not get the class that the image would be certified for. 0 to 1. */
  readonly delta: number;
  /** True if that class is the image's label; null where there is no label. */
  readonly right: boolean | null;
  /** Part of an image that has this probability, where what is known of one is a law; the parts of an image add up to 1. Default: 1. */
  readonly share?: number;
}

/** Images as exact computations see them: under one noise, each a failure probability. */
export interface Population {
  /** For tables and figures. */
  readonly name: string;
  readonly noise: Pick<NoiseSpec, 'kind' | 'scale'>;
  readonly images: readonly PopulationImage[];
}

/** An image as votes have shown it. */
export interface CountedImage {
  /** Samples of `n` that did not vote for the class; a whole number but where it is the middle of several that are possible. */
  readonly failures: number;
  /** Samples that the class did not depend on, where there are such ones; more than 0. */
  readonly n: number;
  /** True if the class is the label; null without a label. */
  readonly right: boolean | null;
}
