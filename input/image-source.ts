import type { PixelType } from '../shared/dataset/canonical.js';
import type { Selection } from '../shared/dataset/selection.js';

/** Images of a data set, in any format: described, and not read yet. Every format of `formats.ts` opens one of these. */
export interface ImageSource {
  /** Name of the images in errors. */
  readonly what: string;
  readonly dtype: PixelType;
  /** [N, …] of the whole data set; `shapeFault` finds no fault in it. */
  readonly shape: readonly number[];
  /** Names of the classes by number; null if the format has none. */
  readonly classNames: readonly string[] | null;
  /** Names of the images' files in order, by which a CSV file may label them; null if they are not files of their own. */
  readonly files: readonly string[] | null;
  /** Reads the labels that come with the images, one for each of the N; null if there are none. @throws DATA_*, LABELS_MISMATCH */
  ownLabels(): Promise<Int32Array | null>;
  /** Yields the bytes of the selected images, as the canonical data set holds them, in pieces. Call it once. @throws DATA_* errors */
  pixels(selection: Selection): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}
