import fc from 'fast-check';
import type { Forecast, Outlook } from '../../shared/outlook.js';
import { WAIT_CODES, type Waiting } from '../../shared/waiting.js';
import { DEVICES } from '../../shared/job.js';
import type { WorkerView } from '../../api/worker-view.js';
import type { CertificateRow, DecisionView, JobState, JobUpdate, JobView } from '../../api/job-view.js';
import { job, jobId, progress, refusal, someText, spec, text, uint32, whole } from './wire-messages.js';

/** Anything that a service may tell its clients. */
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const time = fc.nat(4e12);
const STATES: readonly JobState[] = [
  ...([
    'pending',
    'running',
    'succeeded',
    'partially-succeeded',
    'failed',
    'cancelling',
    'cancelled',
  ] as const),
];

const forecast: fc.Arbitrary<Forecast> = fc
  .array(fc.double({ min: 0, max: 1e18, noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((values) => values.map((x) => x + 0).sort((a, b) => a - b))
  .map(([low, expected, high]) => ({ low: low!, expected: expected!, high: high! }));

const outlook: fc.Arbitrary<Outlook> = fc.record({
  samples: forecast,
  samplesPerSecond: orNull(fc.double({ min: 0, max: 1e12, noNaN: true }).map((x) => x + 0)),
  secondsLeft: orNull(forecast),
});

const waiting: fc.Arbitrary<Waiting> = fc.record({
  code: fc.constantFrom(...WAIT_CODES),
  message: someText,
  remedy: text,
});

const viewWithout = fc.record({
  id: fc.oneof(jobId, fc.constant('')),
  requestId: text,
  spec,
  state: fc.constantFrom(...STATES),
  createMs: time,
  startMs: orNull(time),
  endMs: orNull(time),
  error: orNull(refusal),
  progress,
  refusals: fc.array(refusal, { maxLength: 3 }),
  job: orNull(job),
  batchNote: orNull(someText),
  roundingNote: orNull(someText),
  outlook: orNull(outlook),
});

/** The sentence alone is what version 0.1.0 sends. */
const waits = fc.oneof(
  fc.constant({ waitingFor: null, waiting: null }),
  someText.map((waitingFor) => ({ waitingFor, waiting: null })),
  waiting.map((why) => ({ waitingFor: why.message, waiting: why })),
);

export const view: fc.Arbitrary<JobView> = fc
  .tuple(viewWithout, waits)
  .map(([others, why]) => ({ ...others, ...why }));

const decision: fc.Arbitrary<DecisionView> = fc.oneof(
  fc.record({
    image: uint32,
    outcome: fc.constant('certified' as const),
    class: uint32,
    radius: fc.double({ min: 0, max: 1e6, noNaN: true }).map((x) => x + 0),
  }),
  fc.record({
    image: uint32,
    outcome: fc.constant('predicted' as const),
    class: uint32,
    radius: fc.constant(0),
  }),
  fc.record({
    image: uint32,
    outcome: fc.constantFrom('abstained' as const, 'failed' as const, 'approximate' as const),
    class: fc.constant(null),
    radius: fc.constant(0),
  }),
);

export const update: fc.Arbitrary<JobUpdate> = fc.record({
  job: view,
  decided: fc.array(decision, { maxLength: 4 }),
  sequence: whole,
  snapshot: fc.boolean(),
});

export const row: fc.Arbitrary<CertificateRow> = fc
  .tuple(
    decision,
    fc.record({
      label: orNull(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      correct: orNull(fc.boolean()),
      samples: uint32,
      json: fc.json(),
      tsv: text,
    }),
  )
  .map(([one, rest]) => ({ ...one, ...rest }));

export const worker: fc.Arbitrary<WorkerView> = fc.record({
  worker: someText,
  version: text,
  device: fc.constantFrom(...DEVICES),
  numericClass: text,
  processes: uint32,
  tasks: uint32,
  samplesPerSecond: fc.double({ min: 0, max: 1e12, noNaN: true }).map((x) => x + 0),
  jobs: fc.array(jobId, { maxLength: 3 }),
  draining: fc.boolean(),
  lastSeenMs: time,
  refusals: fc.array(fc.record({ job: jobId, refusal }), { maxLength: 3 }),
});

export const status = fc.record({
  code: fc.nat(16),
  message: text,
  reason: fc.stringMatching(/^[A-Z_]{1,20}$/),
  metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text, { maxKeys: 3 }),
  violations: fc.array(fc.record({ field: text, description: text }), { maxLength: 3 }),
});
