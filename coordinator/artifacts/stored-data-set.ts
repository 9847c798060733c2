import type { DataSetGeometry, DataSetHeader } from '../../shared/dataset/canonical.js';
import { labelsOf } from '../../shared/dataset/data-set-file.js';
import { VerifiedDataSet } from '../../shared/dataset/verified-data-set.js';
import { RequestError, SmoothcertError } from '../../shared/errors.js';
import type { JobImages } from '../../shared/job-spec.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { LabelOf } from '../results/row-names.js';

/** Reads what a job needs of its data set. */
export interface DataSets {
  /** As `imagesIn`. */
  images(digest: string, asked: JobImages | null): Promise<JobImages>;
  /** As `labelsIn`. */
  labels(digest: string): Promise<LabelOf>;
}

/** Returns the data sets of an artifact store. */
export const dataSetsIn = (artifacts: ArtifactStore): DataSets => ({
  images: (digest, asked) => imagesIn(artifacts, digest, asked),
  labels: (digest) => labelsIn(artifacts, digest),
});

/**
 * Returns the images of a job: those asked for, if the data set holds each of them, or all that it holds.
 * @throws RequestError, ARTIFACT_MISSING, DATA_UNREADABLE, DATA_DIGEST_MISMATCH
 */
export function imagesIn(
  artifacts: ArtifactStore,
  digest: string,
  asked: JobImages | null,
): Promise<JobImages> {
  return reading(artifacts, digest, ({ header, geometry }) => {
    const held = heldBy(header);
    if (asked === null) return held;
    const absent = firstAbsent(asked, geometry);
    if (absent === null) return asked;
    const { start, stop, step } = held;
    const all = `${start} to ${stop - 1}${step === 1 ? '' : `, every ${step}th`}`;
    const description = `names image ${absent}, and the data set has images ${all}`;
    throw new RequestError([{ field: 'spec.images', description }]);
  });
}

/** Returns the first image that the data set does not hold; null if it holds all. It looks at no more images than the data set holds. */
function firstAbsent({ start, stop, step }: JobImages, { holds }: DataSetGeometry): number | null {
  for (let image = start; image < stop; image += step) if (!holds(image)) return image;
  return null;
}

function heldBy({ start, step, shape }: DataSetHeader): JobImages {
  return { start, stop: start + (shape[0]! - 1) * step + 1, step };
}

/**
 * Returns the labels of a data set by image. All were verified against its digest, and are in memory.
 * @throws ARTIFACT_MISSING, DATA_UNREADABLE, DATA_DIGEST_MISMATCH
 */
export function labelsIn(artifacts: ArtifactStore, digest: string): Promise<LabelOf> {
  return reading(artifacts, digest, async (data) => {
    const labels = await labelsOf(data);
    const { start, step } = data.header;
    return (image) => labels?.[(image - start) / step] ?? null;
  });
}

/** Opens a stored data set and reads it. Every chunk is verified against its digest: a store is a folder that others can write to. */
async function reading<T>(
  artifacts: ArtifactStore,
  digest: string,
  read: (data: VerifiedDataSet) => T | Promise<T>,
): Promise<T> {
  const file = await artifacts.file(digest);
  try {
    const data = await VerifiedDataSet.open(file, digest, await artifacts.chunks(digest));
    try {
      return await read(data);
    } finally {
      await data.close();
    }
  } catch (error) {
    const isOther = error instanceof SmoothcertError && error.code === 'DATA_DIGEST_MISMATCH';
    throw isOther ? changed(digest, error) : error;
  }
}

function changed(digest: string, cause: SmoothcertError): SmoothcertError {
  return new SmoothcertError(
    'DATA_DIGEST_MISMATCH',
    `The data set ${digest} was changed in the store of the coordinator: it does not have its digest any more.`,
    'Delete it from that store and upload it again with smoothcert artifacts put: its jobs then go on.',
    { cause },
  );
}
