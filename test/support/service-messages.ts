import fc from 'fast-check';
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

export const view: fc.Arbitrary<JobView> = fc.record({
  id: fc.oneof(jobId, fc.constant('')),
  requestId: text,
  spec,
  state: fc.constantFrom(...STATES),
  waitingFor: orNull(someText),
  createMs: time,
  startMs: orNull(time),
  endMs: orNull(time),
  error: orNull(refusal),
  progress,
  refusals: fc.array(refusal, { maxLength: 3 }),
  job: orNull(job),
  batchNote: orNull(someText),
  roundingNote: orNull(someText),
});

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

export const status = fc.record({
  code: fc.nat(16),
  message: text,
  reason: fc.stringMatching(/^[A-Z_]{1,20}$/),
  metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text, { maxKeys: 3 }),
  violations: fc.array(fc.record({ field: text, description: text }), { maxLength: 3 }),
});
