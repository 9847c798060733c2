import { SmoothcertError } from '../../shared/errors.js';
import type { ArrayFile } from './array-file.js';

const MOST_LISTED = 12;
const BOTH = 'np.savez("images.npz", x=images, y=labels)';

/** Names that people give to images, and to labels. */
const IMAGE_KEYS = ['x', 'X', 'images', 'image', 'data', 'x_test', 'X_test', 'test_images', 'arr_0'];
const LABEL_KEYS = [
  'y',
  'Y',
  'labels',
  'label',
  'targets',
  'target',
  'y_test',
  'Y_test',
  'test_labels',
  'arr_1',
];

/**
 * Chooses the array with the images: the only one with a usual name, or else the only one that is not named like labels.
 * @throws DATA_FORMAT, with the keys that were found, if that does not decide it
 */
export function chooseImages(file: ArrayFile): string {
  return choose(file, IMAGE_KEYS, LABEL_KEYS, 'images', BOTH);
}

/** Chooses the labels in the archive that holds the images under `imageKey`; null if no array is named like labels. */
export function chooseArchiveLabels(file: ArrayFile, imageKey: string): string | null {
  const named = file.keys.filter((key) => key !== imageKey && LABEL_KEYS.includes(key));
  if (named.length > 1) throw ambiguous(file, named, 'labels', BOTH);
  return named[0] ?? null;
}

/** Chooses the array with the labels in a file that was given for its labels. */
export function chooseLabels(file: ArrayFile): string {
  return choose(file, LABEL_KEYS, [], 'labels', 'np.save("labels.npy", labels)');
}

function choose(
  file: ArrayFile,
  wanted: readonly string[],
  other: readonly string[],
  role: string,
  example: string,
): string {
  const named = file.keys.filter((key) => wanted.includes(key));
  const candidates = named.length > 0 ? named : file.keys.filter((key) => !other.includes(key));
  if (candidates.length === 1) return candidates[0]!;
  throw ambiguous(file, file.keys, role, example);
}

function ambiguous(file: ArrayFile, keys: readonly string[], role: string, example: string): SmoothcertError {
  const found = keys.length === 0 ? 'it holds no array' : `it holds ${listed(keys)}`;
  return new SmoothcertError(
    'DATA_FORMAT',
    `${file.path} does not say which array has the ${role}: ${found}.`,
    `Save one array of each alone: ${example}.`,
  );
}

/** Lists some of the names, for a sentence. */
function listed(keys: readonly string[]): string {
  const more = keys.length - MOST_LISTED;
  return keys.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
