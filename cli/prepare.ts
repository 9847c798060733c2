import { randomBytes } from 'node:crypto';
import { SmoothcertError } from '../shared/errors.js';
import type { Job } from '../shared/job.js';
import { PROTOCOL } from '../shared/job.js';
import { looksFor } from '../shared/statistics/schedule.js';
import { compileDecision } from '../coordinator/look.js';
import { InferenceChild } from '../worker/child-process.js';
import { GENERATOR } from '../worker/noise/generator.js';
import type { ChildSetup, Prepared } from '../worker/setup.js';
import type { CertifyConfig } from './config.js';
import type { ImportedDataSet } from './data/convert.js';
import { optionError } from './parse.js';

/** A seed that nobody, and no model, could have been tuned on. */
export const randomSeed = (): string => BigInt(`0x${randomBytes(8).toString('hex')}`).toString();

/** The images that a job certifies. @throws OPTION_INVALID if the data set has none of them */
export function resolveImages(config: CertifyConfig, count: number): Job['claim']['images'] {
  const { start, step } = config.images;
  const stop = Math.min(config.images.stop ?? count, count);
  if (start < stop) return { start, stop, step };
  throw optionError(
    `--images names none of the ${count} images of ${config.data}.`,
    `Choose indices from 0 to ${count - 1}.`,
  );
}

/** Refuses a claim that cannot be made before anything is read. */
export function refuseImpossibleClaim(config: CertifyConfig): void {
  const { stop, bound, maxSamples, alpha } = config;
  const looks = looksFor(stop, bound, maxSamples);
  compileDecision({ alpha, bound, stop, looks, images: { start: 0, stop: 1, step: 1 } }, config.sigma);
}

/** A child that dies may have been killed for memory that others need only now. */
const TRIES = 3;

/** Asks one child what model and machine are like. @throws what the child refused with, or CHILD_DIED */
export async function prepare(setup: ChildSetup, childModule?: URL): Promise<Prepared> {
  for (let tries = 1; ; tries++) {
    const child = new InferenceChild(setup, () => undefined, childModule);
    try {
      return await child.ready;
    } catch (error) {
      const died = error instanceof SmoothcertError && error.code === 'CHILD_DIED';
      if (!died || tries === TRIES) throw error;
    } finally {
      await child.close(1_000);
    }
  }
}

/** How many images model and batch are tried on, spread over the job. */
const PROBE_IMAGES = 8;

export function setupOf(
  config: CertifyConfig,
  dataFile: string,
  seed: string,
  { start, stop, step }: Job['claim']['images'],
): ChildSetup {
  const count = Math.ceil((stop - start) / step);
  const tried = Math.min(PROBE_IMAGES, count);
  const probeImages = Array.from({ length: tried }, (_, i) => start + step * Math.floor((i * count) / tried));
  return {
    ...{ modelFile: config.model, modelDigest: null, dataFile, device: config.device, layout: config.layout },
    ...{ output: config.output, batch: config.batch, normalisation: config.normalisation },
    ...{ scale: config.sigma, seed, probeImages },
  };
}

/** The setup of the children that draw: as the first child found, nothing left to choose. */
export function settledSetup(setup: ChildSetup, job: Job): ChildSetup {
  const { modelDigest, layout, output, batch } = job.draw;
  return { ...setup, modelDigest, layout, output, batch };
}

export function jobOf(
  config: CertifyConfig,
  data: ImportedDataSet,
  images: Job['claim']['images'],
  seed: string,
  prepared: Prepared,
): Job {
  const looks = looksFor(config.stop, config.bound, config.maxSamples);
  const { modelDigest, layout, output, classes, batch, numericClass } = prepared;
  return {
    protocol: PROTOCOL,
    draw: {
      ...{ modelDigest, dataDigest: data.digest, seed, normalisation: config.normalisation },
      noise: { kind: 'gaussian', scale: config.sigma, generator: GENERATOR.name, version: GENERATOR.version },
      ...{ layout, output, classes, batch, numericClass },
      numeric: config.device === 'cpu' && prepared.steady ? 'same' : 'any',
      segments: looks,
    },
    claim: { alpha: config.alpha, bound: config.bound, stop: config.stop, looks, images },
  };
}
