import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ImageLabels } from '../../shared/image-labels.js';
import { nameOf } from '../../shared/image-names.js';
import { SmoothcertError } from '../../shared/errors.js';
import { writeAtomically } from '../../shared/files.js';
import type { JobImages } from '../../shared/job-spec.js';
import { linesOfFile } from '../../shared/text-lines.js';

/**
 * The file that keeps with a job what its data say of its images beside pixels: a line an image, in their order. The ledger has no labels, and
 * whoever deletes results.* shall not lose them.
 */
export const IMAGES_FILE = 'images.jsonl';

/** Labels and file names of images, by their index in the data set. */
export interface KnownImages {
  /** Null: there are none. */
  readonly labels: ImageLabels | null;
  /** Null: there are none; an entry is null where an image has none, or is no image of the job. */
  readonly files: readonly (string | null)[] | null;
}

/** Characters of a line: more than its numbers and the longest name take. */
const LONGEST_LINE = 16_384;

/** Writes images.jsonl, whole or not at all. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE */
export function writeImagesFile(folder: string, images: JobImages, known: KnownImages): Promise<void> {
  return writeAtomically(path.join(folder, IMAGES_FILE), linesFor(images, known));
}

function* linesFor({ start, stop, step }: JobImages, { labels, files }: KnownImages): Generator<string> {
  for (let image = start; image < stop; image += step) {
    const file = files?.[image] ?? null;
    const line = { image, label: labels?.[image] ?? null, ...(file === null ? {} : { file: nameOf(file) }) };
    yield `${JSON.stringify(line)}\n`;
  }
}

/**
 * Reads images.jsonl of a folder, which may come from anybody; null if it has none, as folders of earlier versions.
 * @param images of its job: the file has a line for each of them and no other. @throws LABELS_MISMATCH for any other file
 */
export async function readImagesFile(folder: string, images: JobImages): Promise<KnownImages | null> {
  const file = path.join(folder, IMAGES_FILE);
  if (!existsSync(file)) return null;
  // As large as the images are many, whatever their indices: those of a job from anybody may be billions.
  const labels: Record<number, number> = {};
  const files: (string | null)[] = [];
  let [labelled, named] = [0, 0];
  let next = images.start;
  for await (const line of linesOfFile(file, LONGEST_LINE, (cause) => damaged(file, cause))) {
    const read = next < images.stop ? readImageLine(line) : null;
    if (read?.image !== next) throw damaged(file);
    if (read.label !== null) {
      labels[next] = read.label;
      labelled += 1;
    }
    if (read.file !== null) named += 1;
    files[next] = read.file;
    next += images.step;
  }
  const count = Math.ceil((next - images.start) / images.step);
  if (next < images.stop || (labelled !== 0 && labelled !== count)) throw damaged(file);
  return { labels: labelled === 0 ? null : labels, files: named === 0 ? null : files };
}

/** A line of images.jsonl. */
interface ImageLine {
  readonly image: number;
  readonly label: number | null;
  readonly file: string | null;
}

/** Returns what a line of images.jsonl, or of results.jsonl, says of its image; null of any other text. */
export function readImageLine(line: string): ImageLine | null {
  try {
    const content: unknown = JSON.parse(line);
    if (typeof content !== 'object' || content === null) return null;
    const { image, label, file = null } = content as { image?: unknown; label?: unknown; file?: unknown };
    if (!Number.isSafeInteger(image) || !(label === null || isLabel(label))) return null;
    if (file !== null && typeof file !== 'string') return null;
    return { image: image as number, label, file: file === null ? null : nameOf(file) };
  } catch {
    return null;
  }
}

const isLabel = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) === ((value as number) | 0);

function damaged(file: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'LABELS_MISMATCH',
    `${file} is not what smoothcert wrote of the images of this job, so that their labels are unknown.`,
    'Run the certify or predict command of this folder again: it writes the file anew.',
    { cause },
  );
}
