import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImportedDataSet } from '../../input/convert.js';
import { MOST_NAME_BYTES, encodeImageNames } from '../../shared/image-names.js';
import { storageError } from '../../shared/files.js';
import type { ImageNames } from '../../shared/job-names.js';
import type { JobImages } from '../../shared/job-spec.js';
import { localArtifact, type LocalArtifact } from '../certify/model-artifacts.js';
import { indicesOf } from '../check/check-input.js';

/** The names of a job as they are sent to a server, and how they are to be kept here. */
export interface SentNames {
  /** Null: there are none to send. */
  readonly artifact: LocalArtifact | null;
  /** A remark on names that are not sent; null where all are. */
  readonly note: string | null;
}

/**
 * Writes the names of the images of a job, and of its classes, to a file in `folder`, for the server to write them into the rows. Names of files
 * that are too many for one message stay out. @throws DISK_FULL, FOLDER_UNUSABLE
 */
export async function namesArtifact(
  folder: string,
  { files }: Pick<ImportedDataSet, 'files'>,
  classes: readonly string[] | null,
  images: JobImages,
): Promise<SentNames> {
  if (files === null && classes === null) return { artifact: null, note: null };
  const whole = encodeImageNames({ files: files && ofImages(files, images), classes });
  const fits = whole.length <= MOST_NAME_BYTES;
  if (!fits && classes === null) return { artifact: null, note: TOO_MANY };
  const bytes = fits ? whole : encodeImageNames({ files: null, classes });
  const file = path.join(folder, 'names.json');
  await writeFile(file, bytes).catch((error: unknown) => {
    throw storageError(error, file);
  });
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { artifact: await localArtifact(file, digest, 'file'), note: fits ? null : TOO_MANY };
}

const TOO_MANY = `The names of the files are more than ${MOST_NAME_BYTES / 2 ** 20} MiB and stay out of the results.`;

/** Returns the names of the images of a job by their index; of others, which no row is of, empty ones. */
function ofImages(files: readonly string[], images: JobImages): NonNullable<ImageNames['files']> {
  const named = new Array<string>(images.stop).fill('');
  for (const image of indicesOf(images)) named[image] = files[image]!;
  return named;
}
