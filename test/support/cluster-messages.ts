import fc from 'fast-check';
import { DEVICES, jobDigestOf } from '../../shared/job.js';
import type { Presence, PrepareRequest } from '../../shared/ports/exchange.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { LeaseHolder, PrepareAnswer, StopNews } from '../../shared/wire/cluster.js';
import type { WorkOrder } from '../../shared/work-order.js';
import * as values from './wire-messages.js';
import { digest, draw, jobId, model, someText, taskName, text, uint32 } from './wire-messages.js';

/** Anything that coordinators and workers may tell each other. */
export const task: fc.Arbitrary<Task> = fc.record({
  name: taskName,
  job: jobId,
  shards: fc.array(
    fc
      .tuple(uint32, fc.nat(2e9), fc.integer({ min: 1, max: 2e9 }))
      .map(([image, begin, length]) => ({ image, begin, end: begin + length })),
    { minLength: 1, maxLength: 6 },
  ),
});

export const stop: fc.Arbitrary<StopNews> = fc
  .record({
    job: jobId,
    firstImage: fc.nat(2 ** 28),
    decided: fc.uint8Array({ maxLength: 50 }),
    ended: fc.boolean(),
  })
  .map((news) => ({ ...news, firstImage: 8 * news.firstImage }));

export const presence: fc.Arbitrary<Presence> = fc.record({
  worker: someText,
  version: text,
  device: fc.constantFrom(...DEVICES),
  numericClass: text,
  slots: uint32,
  tasks: uint32,
  jobs: fc.array(jobId, { maxLength: 3 }),
  draining: fc.boolean(),
  samplesPerSecond: fc.double({ min: 0, max: 1e12, noNaN: true }).map((x) => x + 0),
  refusals: fc.array(fc.record({ job: jobId, refusal: values.refusal }), { maxLength: 3 }),
});

export const order: fc.Arbitrary<WorkOrder> = fc
  .record({
    job: jobId,
    draw,
    claim: fc.string(),
    model,
    device: fc.constantFrom(...DEVICES),
    probeImages: fc.array(fc.nat(999), { minLength: 1, maxLength: 8 }),
    fingerprint: fc.option(digest, { nil: null }),
    imageLimit: fc.integer({ min: 1000, max: 0xffff_ffff }),
  })
  .map((one) => ({ ...one, draw: { ...one.draw, modelDigest: one.model.digest } }))
  .map((one) => ({ ...one, jobDigest: jobDigestOf(one.draw, one.claim) }));

export const prepare: fc.Arbitrary<PrepareRequest> = fc.record({
  job: jobId,
  spec: values.seededSpec,
  probeImages: fc.array(fc.nat(1e9), { minLength: 1, maxLength: 8 }),
});

export const answer: fc.Arbitrary<PrepareAnswer> = fc.oneof(
  fc.constant({ kind: 'busy' as const }),
  fc.record({ kind: fc.constant('prepared' as const), prepared: values.prepared }),
  fc.record({ kind: fc.constant('refused' as const), refusal: values.refusal }),
);

export const lease: fc.Arbitrary<LeaseHolder> = fc.record({
  holder: someText,
  artifactsUrl: fc.oneof(fc.webUrl(), fc.constant('')),
});

export const entry: fc.Arbitrary<JobEntry> = fc.record({
  id: jobId,
  requestId: text,
  requestDigest: digest,
  spec: values.seededSpec,
  createMs: values.whole,
  startMs: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: null }),
  job: fc.option(values.job, { nil: null }),
  prepared: fc.option(values.prepared, { nil: null }),
  cancelRequested: fc.boolean(),
  ending: fc.option(values.ending, { nil: null }),
});
