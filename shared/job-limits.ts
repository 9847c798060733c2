import type { Range } from './range.js';

/**
 * Every limit of a job. The command line, the service, and whoever reads a stored job or a message take these and no
 * others, so that one machine and a cluster accept the same jobs. docs/limits.md shows them to users.
 */

/** Samples of an image: the numerics were compared with references up to here. */
export const MAX_SAMPLES = 1e9;
/** Samples of all images of a job together (`budget`): a double counts them exactly. */
export const MAX_TOTAL_SAMPLES = 1e15;
/** α: the numerics were compared with references down to here. */
export const MIN_ALPHA = 1e-12;
/** α: Theorem C (docs/guarantee.md) needs a level of at most ¼. */
export const MAX_ALPHA = 0.25;
/** σ, the standard deviation of every noise, in pixels scaled to [0, 1]. */
export const MAX_SIGMA = 1e6;
/** Scale of the noise in steps of the lattice: thresholds are computed and kept for each of some nine times as many points. */
export const MAX_RATIO = 16_384;
/** The same: the noise is drawn on a lattice so fine that its scale is at least so many steps. */
export const MIN_RATIO = 32;
/** Radii of `target`. */
export const MAX_RADII = 1_024;
/** Characters of a radius, which is kept as it is written. */
export const MAX_RADIUS_LENGTH = 64;
/** The input scale, and each value of mean and std. */
export const MAX_SCALE = 1e9;
/** Values of mean and std, which have one value or one a channel. */
export const MAX_CHANNELS = 4_096;
/** Rows of a run of the model. */
export const MAX_BATCH = 4_096;
/** Seeds are the whole numbers below this one: the noise generator takes a key of 64 bits. */
export const SEED_LIMIT = 2n ** 64n;
/** Indices of images, and the step between them: no data set has more images. */
export { MAX_IMAGES } from './dataset/canonical.js';
/** Weight files of one model: exporters write one, or one a tensor; so many fit into a message. */
export const MAX_WEIGHT_FILES = 4_096;
/** Characters of the path of a weight file. */
export const MAX_WEIGHT_PATH = 1_024;
/** UTF-16 units of any other text: the name of an output, an address. */
export const MAX_TEXT = 4_096;
/** UTF-16 units of the name of a job. */
export const MAX_JOB_NAME = 128;
/** UTF-16 units of the file name of a model or of data: file systems have none that are longer. */
export const MAX_FILE_NAME = 255;
/** Characters of a request id. */
export const MAX_REQUEST_ID = 128;

/** The numbers that each field of a job takes. */
export const JOB_RANGES = {
  sigma: { above: 0, most: MAX_SIGMA },
  alpha: { least: MIN_ALPHA, most: MAX_ALPHA },
  maxSamples: { least: 1, most: MAX_SAMPLES, whole: true },
  selection: { least: 1, most: MAX_SAMPLES, whole: true },
  totalSamples: { least: 1, most: MAX_TOTAL_SAMPLES, whole: true },
  minGain: { least: 0 },
  inputScale: { above: 0, most: MAX_SCALE },
  mean: { least: -MAX_SCALE, most: MAX_SCALE },
  std: { above: 0, most: MAX_SCALE },
  batch: { least: 1, most: MAX_BATCH, whole: true },
} as const satisfies Record<string, Range>;

const PLAIN_DECIMAL = /^\d+(\.\d+)?$/;

/** Returns true if a radius is written as a plain decimal of at least 0: it is reported as it is written. */
export const isPlainDecimal = (radius: string): boolean =>
  radius.length <= MAX_RADIUS_LENGTH && PLAIN_DECIMAL.test(radius);
