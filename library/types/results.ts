import type { BoundName, NoiseKind } from './job-options.js';
import type { Certificate, Prediction } from './rows.js';

/** Facts of a job, as its folder has them. */
export interface JobFacts {
  /** Digest of the job, 64 hex digits. */
  readonly digest: string;
  /** Name that its user gave it; null without one. */
  readonly name: string | null;
  /** Standard deviation of the noise. */
  readonly sigma: number;
  readonly noise: NoiseKind;
  readonly norm: 'l1' | 'l2';
  readonly alpha: number;
  readonly simultaneous: boolean;
  readonly rule: 'gain' | 'target' | 'two-stage' | 'fixed' | 'budget' | 'predict';
  readonly bound: BoundName;
  readonly seed: string;
  /** Images of the job: start, stop, step. */
  readonly images: { readonly start: number; readonly stop: number; readonly step: number };
  readonly classes: number;
  /** Names of the classes by number; null if they have none. */
  readonly classNames: readonly string[] | null;
}

/** The results that a folder holds by now. Shares and means are over ALL images of the job, decided or not. */
export interface Results extends Iterable<Certificate | Prediction> {
  readonly folder: string;
  readonly job: JobFacts;
  /** Images of the job. */
  readonly images: number;
  /** Images that are decided. */
  readonly decided: number;
  /** The row of every image that is decided, in image order. */
  readonly rows: readonly (Certificate | Prediction)[];
  /** The certificates among them: all rows of a job of `certify`, and none of one of `predict`. */
  readonly certificates: readonly Certificate[];
  /** The predictions among them. */
  readonly predictions: readonly Prediction[];
  /** True if labels are known: only right certificates then count below. */
  readonly labelled: boolean;
  /** Average certified radius; null without labels, and where no radius is proved of each image. */
  readonly acr: number | null;
  /** Mean radius, right or wrong; null where no radius is proved of each image. */
  readonly meanRadius: number | null;
  /** Returns the share of the images that are certified to at least each radius, and correct where labels are known. @throws OPTION_INVALID for what is no radius of at least 0 */
  certifiedAccuracy(radii: readonly number[]): number[];
}
