import type { Device, Layout, Normalisation, NoiseSpec } from '../../shared/job.js';
import type { Refusal } from '../draw/messages.js';

/** A model and images that are tried out: what a trial process loads once. */
export interface TrialSetup {
  readonly modelFile: string;
  /** Model output to read; null to choose the only one that fits. */
  readonly output: string | null;
  readonly device: Device;
  /** The canonical data set. */
  readonly dataFile: string;
  /** `scale` is in the units of the data. */
  readonly noise: Pick<NoiseSpec, 'kind' | 'scale'>;
  /** Images whose values are looked at before anything is run. */
  readonly images: readonly number[];
}

/** One way of turning the values of the data into the model's input. */
export interface TrialPreprocessing {
  readonly normalisation: Normalisation;
  readonly layout: Layout | 'auto';
  /** True: the three channels are taken in reverse, before the normalisation. */
  readonly reversed: boolean;
  /** True, of a flat model: the image is laid out in the other order of its axes first, [H, W, C] for [C, H, W]. */
  readonly transposed: boolean;
}

/** The values of some images, as shares of 1 (pixels) or in units of their own. */
export interface ValueRange {
  readonly smallest: number;
  readonly largest: number;
  /** True if the data are held as 0 to 255. */
  readonly levels: boolean;
}

/** The findings about a model and images before anything is tried. */
export interface TrialSubject {
  /** Shape of one image of the data. */
  readonly imageShape: readonly number[];
  /** The model's input without its batch axis; null for a free size. */
  readonly rowShape: readonly (number | null)[];
  /** The layout that `auto` is; null if the shape does not tell. */
  readonly layout: Layout | null;
  /** The layouts that the shapes allow where `auto` does not tell; else the one that it is. */
  readonly layouts: readonly Layout[];
  readonly values: ValueRange;
}

/** Which rows to run: every image plain, and `copies` noisy ones of each. */
export interface TrialQuestion {
  readonly id: number;
  readonly preprocessing: TrialPreprocessing;
  readonly images: readonly number[];
  readonly copies: number;
}

/** The outcome of one preprocessing. */
export interface TrialOutcome {
  readonly classes: number;
  /** Class of each image, −1 where the scores are no vote. */
  readonly plain: Int32Array;
  /** Classes of the noisy copies: [images × copies]. */
  readonly noisy: Int32Array;
  /** Scores of each image without noise: [images × classes]. */
  readonly scores: Float32Array;
  /** Time of the runs. */
  readonly ms: number;
}

export type ToTrial =
  { readonly kind: 'start'; readonly setup: TrialSetup } | ({ readonly kind: 'try' } & TrialQuestion);

export type FromTrial =
  | { readonly kind: 'ready'; readonly subject: TrialSubject }
  | Refusal
  | { readonly kind: 'tried'; readonly id: number; readonly outcome: TrialOutcome }
  /** The model does not take images that are prepared like this. */
  | { readonly kind: 'unfit'; readonly id: number; readonly refusal: Refusal };
