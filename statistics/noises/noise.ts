import type { NoiseKind, Norm } from '../../shared/job.js';

/**
 * A noise that can be added to every pixel, as the mathematics sees it: its law and the radius that a bound is worth. One
 * file of this folder each; noises.ts lists them. All radii here are in units of the noise's scale.
 */
export interface Noise {
  readonly name: NoiseKind;
  /** The norm that its radii are measured in. */
  readonly norm: Norm;
  /** The letter of its scale in messages. */
  readonly symbol: string;
  /** Its standard deviation in units of its scale; 1 where the scale is σ itself. */
  readonly deviation: number;
  /** The law of one coordinate, in units of the scale. */
  readonly law: {
    /** Returns the probability that the noise of one coordinate is at most `x`. */
    cdf(x: number): number;
  };
  /** Returns the radius that a failure probability certifies, 0 < delta < ½: what stopping rules compare. Falls with delta. */
  radiusOf(delta: number): number;
  /** Returns how fast the radius falls with the failure probability, |dR/dδ| at 0 < delta < ½. */
  slopeOf(delta: number): number;
  /** Undoes `radiusOf`: returns the failure probability below which a radius of at least 0 and below `farthest` is certified. */
  deltaOf(radius: number): number;
  /** No votes certify this radius or a larger one. */
  readonly farthest: number;
}
