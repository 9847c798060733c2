import { noProgress } from '../../coordinator/run/live-job.js';
import type { Presence, PrepareRequest } from '../../shared/ports/exchange.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import type { Prepared } from '../../shared/preparation.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { canonicalJson, jobDigest } from '../../shared/job.js';
import { makeJob } from './jobs.js';

const ZEROS = '0'.repeat(64);
const JOB = makeJob();
const MODEL = { digest: ZEROS, fileDigest: ZEROS, weights: [], uri: null };

const SPEC: JobEntry['spec'] = {
  model: MODEL,
  data: { digest: ZEROS, uri: null },
  images: { start: 0, stop: 3, step: 1 },
  noise: 'gaussian',
  sigma: 0.5,
  seed: '1',
  normalisation: JOB.draw.normalisation,
  layout: 'auto',
  output: null,
  batch: null,
  device: 'cpu',
  alpha: 0.001,
  bound: 'anytime',
  stop: { kind: 'gain', minGain: 0.02 },
  maxSamples: 512,
  runnerUp: false,
  simultaneous: false,
};

export const PREPARED: Prepared = {
  modelDigest: ZEROS,
  layout: 'flat',
  output: 'scores',
  classes: 10,
  batch: 32,
  batchNote: null,
  roundingNote: null,
  numericClass: 'test',
  fingerprint: 'aa'.repeat(32),
  steady: true,
  batchMs: 1,
  generator: { name: 'test', version: 1 },
  lattice: { step: '1/255', ratio: '127.5', largest: 1177, dimension: 4 },
};

export function entryOf(id: string, content: Partial<JobEntry> = {}): JobEntry {
  return {
    id,
    requestId: `request of ${id}`,
    requestDigest: ZEROS,
    spec: SPEC,
    createMs: 1_000,
    startMs: null,
    job: null,
    prepared: null,
    cancelRequested: false,
    ending: null,
    ...content,
  };
}

export const ENDING = {
  state: 'succeeded',
  endMs: 2_000,
  error: null,
  progress: noProgress(3),
  results: null,
} as const satisfies JobEntry['ending'];

export const orderOf = (job: string): WorkOrder => ({
  job,
  jobDigest: jobDigest(JOB),
  draw: JOB.draw,
  model: MODEL,
  device: 'cpu',
  probeImages: [0, 1],
  claim: canonicalJson(JOB.claim),
  fingerprint: PREPARED.fingerprint,
  imageLimit: 1_000,
});

export const requestOf = (job: string): PrepareRequest => ({ job, spec: SPEC, probeImages: [0, 1] });

export const presenceOf = (worker: string, content: Partial<Presence> = {}): Presence => ({
  worker,
  version: '1.0.0',
  device: 'cpu',
  numericClass: 'test',
  slots: 2,
  tasks: 1,
  jobs: [],
  samplesPerSecond: 10,
  refusals: [],
  draining: false,
  ...content,
});

/** Bytes that are no message of ours: none, noise, a message cut off, one of another protocol. */
export const MALFORMED: readonly Uint8Array[] = [
  new Uint8Array(),
  Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256),
  Uint8Array.of(0x08, 0x01, 0x12, 0x7f, 0x41),
  Uint8Array.of(0x08, 0x63),
];
