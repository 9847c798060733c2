import type { Presence } from '../../ports/exchange.js';
import { UINT32_MAX } from '../check.js';
import { DEVICE_NUMBERS } from '../enums.js';
import { smoothcert } from '../generated.js';
import { codecOf } from '../codec.js';
import { refusalOfWire, refusalToWire } from '../parts.js';

/** Refused jobs that one message lists. */
export const MOST_REFUSALS = 256;
/** Jobs with tasks in hand that one message lists. */
const MOST_JOBS = 64;

const presence = codecOf(
  "a worker's presence",
  smoothcert.v1.PresenceMessage,
  ({
    worker,
    version,
    device,
    numericClass,
    slots,
    tasks,
    jobs,
    samplesPerSecond,
    refusals,
    draining,
  }: Presence) => ({
    worker,
    version,
    device: DEVICE_NUMBERS[device],
    numericClass,
    slots,
    tasks,
    jobs: jobs.slice(0, MOST_JOBS),
    samplesPerSecond,
    draining,
    refusals: refusals
      .slice(0, MOST_REFUSALS)
      .map(({ job, refusal }) => ({ job, refusal: refusalToWire(refusal) })),
  }),
  (wire, check): Presence => ({
    worker: check.text('worker', wire.worker, { least: 1 }),
    version: check.text('version', wire.version),
    device: wire.device ? check.named('device', wire.device, DEVICE_NUMBERS) : 'cpu',
    numericClass: check.text('numeric_class', wire.numericClass),
    slots: check.whole('slots', wire.slots, { least: 0, most: UINT32_MAX }),
    tasks: check.whole('tasks', wire.tasks, { least: 0, most: UINT32_MAX }),
    jobs: check.list('jobs', wire.jobs, { most: MOST_JOBS }).map((id, i) => check.jobId(`jobs[${i}]`, id)),
    samplesPerSecond: check.number('samples_per_second', wire.samplesPerSecond, { least: 0 }),
    refusals: check.list('refusals', wire.refusals, { most: MOST_REFUSALS }).map(({ job, refusal }, i) => ({
      job: check.jobId(`refusals[${i}].job`, job ?? ''),
      refusal: refusalOfWire(check, `refusals[${i}].refusal`, refusal),
    })),
    draining: wire.draining,
  }),
);

/** Encodes the first 256 refusals and 64 jobs at most. @throws SmoothcertError INTERNAL for a presence that no coordinator could read */
export const encodePresence: (presence: Presence) => Uint8Array = presence.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodePresence: (bytes: Uint8Array) => Presence = presence.decode;
