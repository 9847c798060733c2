import type { DataSetGeometry, DataSetHeader } from '../../shared/dataset/canonical.js';
import { labelsOf } from '../../shared/dataset/data-set-file.js';
import { VerifiedDataSet } from '../../shared/dataset/verified-data-set.js';
import { RequestError, SmoothcertError } from '../../shared/errors.js';
import type { JobImages } from '../../shared/job-spec.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { LabelOf } from '../results/result-lines.js';

/**
 * The images of a job: those asked for, if the data set holds each of them, or all that it holds.
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

/** Ends behind as many images as the data set holds, however many are asked for. */
function firstAbsent({ start, stop, step }: JobImages, { holds }: DataSetGeometry): number | null {
  for (let image = start; image < stop; image += step) if (!holds(image)) return image;
  return null;
}

function heldBy({ start, step, shape }: DataSetHeader): JobImages {
  return { start, stop: start + (shape[0]! - 1) * step + 1, step };
}

/**
 * The labels of a data set by image, all of them held against its digest: from here on they are in memory.
 * @throws ARTIFACT_MISSING, DATA_UNREADABLE, DATA_DIGEST_MISMATCH
 */
export function labelsIn(artifacts: ArtifactStore, digest: string): Promise<LabelOf> {
  return reading(artifacts, digest, async (data) => {
    const labels = await labelsOf(data);
    const { start, step } = data.header;
    return (image) => labels?.[(image - start) / step] ?? null;
  });
}

/** A store is a folder that others can write to: nothing of a data set is believed that does not have the digest of its chunk. */
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
