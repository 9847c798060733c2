import { jobOf } from '../../../coordinator/core/job-of.js';
import type { JobSpec } from '../../../shared/job-spec.js';
import type { Prepared } from '../../../shared/preparation.js';
import { FINGERPRINT } from '../../support/jobs.js';
import { VOTER, simulated, type SimulatedJob } from '../simulated-jobs.js';

export const NUMERIC_CLASS = 'test';
export const MODEL_DIGEST = 'aa'.repeat(32);
export const DATA_DIGEST = 'dd'.repeat(32);

/** The preparation that every worker makes, but for the time that it took. */
export const PREPARED: Prepared = {
  modelDigest: MODEL_DIGEST,
  layout: 'flat',
  output: 'scores',
  classes: 10,
  batch: 32,
  batchNote: null,
  roundingNote: null,
  numericClass: NUMERIC_CLASS,
  fingerprint: FINGERPRINT,
  steady: true,
  batchMs: 1,
  generator: { name: 'test', version: 1 },
  lattice: { step: '1/255', ratio: '127.5', largest: 1177, dimension: 4 },
};

/** A job that a client may ask for, and what must come out. */
export interface ServiceJob extends SimulatedJob {
  readonly spec: JobSpec & { readonly seed: string };
}

const BASE = {
  model: { digest: MODEL_DIGEST, fileDigest: MODEL_DIGEST, weights: [], uri: null },
  data: { digest: DATA_DIGEST, uri: null },
  noise: 'gaussian',
  sigma: 0.5,
  seed: '1',
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'auto',
  output: null,
  batch: null,
  device: 'cpu',
  alpha: 0.001,
  runnerUp: false,
  simultaneous: false,
} as const;

function serviceJob(
  name: string,
  images: number,
  rule: Pick<JobSpec, 'bound' | 'stop' | 'maxSamples'>,
): ServiceJob {
  const range = { start: 0, stop: images, step: 1 };
  const spec = { ...BASE, ...rule, images: range };
  return { ...simulated(name, jobOf(spec, DATA_DIGEST, range, PREPARED), VOTER), spec };
}

/** A job of each stopping rule; no two have the same results. */
export const SERVICE_JOBS: readonly ServiceJob[] = [
  serviceJob('gain', 2, { bound: 'anytime', stop: { kind: 'gain', minGain: 0.02 }, maxSamples: 200 }),
  serviceJob('gain, spending', 2, {
    bound: 'spending',
    stop: { kind: 'gain', minGain: 0.02 },
    maxSamples: 300,
  }),
  serviceJob('target', 2, {
    bound: 'anytime',
    stop: { kind: 'target', radii: ['0.25', '0.5'] },
    maxSamples: 200,
  }),
  serviceJob('two-stage', 3, {
    bound: 'clopper-pearson',
    stop: { kind: 'two-stage', minGain: 2 },
    maxSamples: 400,
  }),
  serviceJob('fixed', 3, {
    bound: 'clopper-pearson',
    stop: { kind: 'fixed', selection: 20 },
    maxSamples: 180,
  }),
];
