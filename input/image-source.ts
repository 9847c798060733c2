import type { Selection } from '../shared/dataset/selection.js';

/** Images of a data set, in any format: described, and not read yet. Every format of `formats.ts` opens one of these. */
export interface ImageSource {
  /** Name of the images in errors. */
  readonly what: string;
  /** [N, …] of the whole data set; `shapeFault` finds no fault in it. */
  readonly shape: readonly number[];
  readonly values: ImageValues;
  /** Names of the classes by number; null if the format has none. */
  readonly classNames: readonly string[] | null;
  /** Names of the images' files in order, by which a CSV file may label them; null if they are not files of their own. */
  readonly files: readonly string[] | null;
  /** Reads the labels that come with the images, one for each of the N; null if there are none. @throws DATA_*, LABELS_MISMATCH */
  ownLabels(): Promise<Int32Array | null>;
  close(): Promise<void>;
  /** Returns the place in the file's array of the value at place `flat`, where values were moved. */
  readonly givenPlaceOf?: ((flat: number) => number) | undefined;
}

export type ImageValues = Levels | Numbers;

/** Pixels of 0 to 255, one byte each. */
export interface Levels {
  readonly kind: 'levels';
  /** Yields the bytes of the selected images, in pieces. Call it once. @throws DATA_* errors */
  read(selection: Selection): AsyncIterable<Uint8Array>;
}

/** Numbers of any other type. */
export interface Numbers {
  readonly kind: 'numbers';
  /** Yields the numbers of the selected images, in pieces; may be called again. @throws DATA_* errors */
  read(selection: Selection): AsyncIterable<Piece>;
}

/** Consecutive numbers of an array; `at` is the index of the first one in it, in C order. */
export interface Piece {
  readonly at: number;
  readonly values: Float64Array;
}
