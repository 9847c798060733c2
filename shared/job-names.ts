/** The words by which people know a job and its parts. For display: they are in no digest, and no certificate depends on them. */
export interface JobNames {
  /** Name that its user gave it (`--name`); null without one. */
  readonly job: string | null;
  /** File name of the model; null if it is not known. */
  readonly model: string | null;
  /** File or folder name of the data; null if it is not known. */
  readonly data: string | null;
  /** Digest (hex) of the artifact that holds the `ImageNames`; null: there are none. */
  readonly images: string | null;
}

/** The names of images and classes. */
export interface ImageNames {
  /** File name of each image, relative to the data set's folder, by its index in the data set; null: they have none. */
  readonly files: readonly string[] | null;
  /** Name of each class by its number; null: they have none. */
  readonly classes: readonly string[] | null;
}

export const NO_NAMES: JobNames = { job: null, model: null, data: null, images: null };
