import type { PixelType } from '../shared/dataset/canonical.js';
import type { Selection } from '../shared/dataset/selection.js';

/** Images as some format holds them: described, and not read yet. */
export interface ImageSource {
  /** How messages name them. */
  readonly what: string;
  readonly dtype: PixelType;
  /** [N, …] of the whole data set; it satisfies `shapeFault`. */
  readonly shape: readonly number[];
  /** Names of the classes by number, where the format has them. */
  readonly classNames: readonly string[] | null;
  /** Names of the files of the images, in their order, by which a CSV file may label them; null if they have none. */
  readonly files: readonly string[] | null;
  /** The labels that come with the images, one for each of the N; null if none do. DATA_*, LABELS_MISMATCH. */
  ownLabels(): Promise<Int32Array | null>;
  /** The selected images as the canonical data set holds them, in pieces. Call it once. DATA_* errors. */
  pixels(selection: Selection): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}
