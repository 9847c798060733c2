import type { DataSetGeometry, DataSetHeader } from '../../shared/dataset/canonical.js';
import { DataSetFile } from '../../shared/dataset/data-set-file.js';
import { RequestError } from '../../shared/errors.js';
import type { JobImages } from '../../shared/job-spec.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { LabelOf } from '../results-rows.js';

/**
 * The images of a job: those asked for, if the data set holds each of them, or all that it holds.
 * @throws RequestError, ARTIFACT_MISSING, DATA_UNREADABLE, DATA_FORMAT
 */
export async function imagesIn(
  artifacts: ArtifactStore,
  digest: string,
  asked: JobImages | null,
): Promise<JobImages> {
  const data = await DataSetFile.open(await artifacts.file(digest));
  try {
    const held = heldBy(data.header);
    if (asked === null) return held;
    const absent = firstAbsent(asked, data.geometry);
    if (absent === null) return asked;
    const { start, stop, step } = held;
    const all = `${start} to ${stop - 1}${step === 1 ? '' : `, every ${step}th`}`;
    const description = `names image ${absent}, and the data set has images ${all}`;
    throw new RequestError([{ field: 'spec.images', description }]);
  } finally {
    await data.close();
  }
}

/** Ends behind as many images as the data set holds, however many are asked for. */
function firstAbsent({ start, stop, step }: JobImages, { holds }: DataSetGeometry): number | null {
  for (let image = start; image < stop; image += step) if (!holds(image)) return image;
  return null;
}

function heldBy({ start, step, shape }: DataSetHeader): JobImages {
  return { start, stop: start + (shape[0]! - 1) * step + 1, step };
}

/** The labels of a data set by image. @throws ARTIFACT_MISSING, DATA_UNREADABLE, DATA_FORMAT */
export async function labelsIn(artifacts: ArtifactStore, digest: string): Promise<LabelOf> {
  const data = await DataSetFile.open(await artifacts.file(digest));
  try {
    const labels = await data.labels();
    const { start, step } = data.header;
    return (image) => labels?.[(image - start) / step] ?? null;
  } finally {
    await data.close();
  }
}
