import { randomBytes } from 'node:crypto';
import type { Job } from '../../shared/job.js';
import { probeImagesOf } from '../../shared/preparation.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import type { ChildSetup } from '../../worker/draw/setup.js';
import type { CertifyConfig } from './certify-flags.js';
import type { JobConfig } from './job-config.js';
import { optionError } from '../command/parse.js';

/** Returns a new random seed: no model can have been tuned on it. */
export const randomSeed = (): string => BigInt(`0x${randomBytes(8).toString('hex')}`).toString();

/** Returns the images that a job certifies. @throws OPTION_INVALID if the data set has none of them */
export function resolveImages(
  config: Pick<JobConfig, 'images' | 'data'>,
  count: number,
): Job['claim']['images'] {
  const { start, step } = config.images;
  const stop = Math.min(config.images.stop ?? count, count);
  if (start < stop) return { start, stop, step };
  throw optionError(
    `--images names none of the ${count} images of ${config.data}.`,
    `Choose indices from 0 to ${count - 1}.`,
  );
}

export function setupOf(
  config: CertifyConfig,
  dataFile: string,
  seed: string,
  images: Job['claim']['images'],
): ChildSetup {
  return {
    modelFile: config.model,
    modelDigest: null,
    dataFile,
    dataDigest: null,
    dataChunks: null,
    device: config.device,
    layout: config.layout,
    output: config.output,
    batch: config.batch,
    normalisation: config.normalisation,
    noise: { kind: config.noise, scale: scaleOf(config.noise, config.sigma), drawn: null },
    seed,
    probeImages: probeImagesOf(images),
    auditShare: config.auditShare,
  };
}

/** Returns the setup of the processes that draw: all that the first process chose is fixed in it. */
export function settledSetup(setup: ChildSetup, job: Job): ChildSetup {
  const { modelDigest, dataDigest, layout, output, batch, noise } = job.draw;
  return { ...setup, modelDigest, dataDigest, layout, output, batch, noise: { ...noise, drawn: noise } };
}
