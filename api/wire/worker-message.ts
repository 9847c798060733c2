import { Check, UINT32_MAX } from '../../shared/wire/check.js';
import { sentence } from '../../shared/wire/codec.js';
import { DEVICE_NUMBERS } from '../../shared/wire/enums.js';
import type { smoothcert } from '../../shared/wire/generated.js';
import type { WorkerView } from '../worker-view.js';
import { errorOf, errorToWire, timeOf, timeToWire } from './job-messages.js';

type WireWorker = smoothcert.v1.Worker.$Properties;

/** Lists that one message has. */
const MOST = { jobs: 64, refusals: 16 };

/** Makes the message of a worker as clients get it. */
export function workerToWire(view: WorkerView): WireWorker {
  return {
    name: sentence(view.worker),
    version: sentence(view.version),
    device: DEVICE_NUMBERS[view.device],
    numericClass: sentence(view.numericClass),
    processes: view.processes,
    tasks: view.tasks,
    samplesPerSecond: view.samplesPerSecond,
    jobs: view.jobs.slice(0, MOST.jobs),
    draining: view.draining,
    lastSeenTime: timeToWire(view.lastSeenMs),
    refusals: view.refusals
      .slice(0, MOST.refusals)
      .map(({ job, refusal }) => ({ job, error: errorToWire(refusal) })),
  };
}

/** Reads a worker from a server's answer. @throws SmoothcertError MESSAGE_MALFORMED */
export function workerOfWire(wire: WireWorker | null | undefined): WorkerView {
  const check = new Check();
  const whole = (field: string, value: number | null | undefined) =>
    check.whole(field, value ?? 0, { least: 0, most: UINT32_MAX });
  const view: WorkerView = {
    worker: check.text('name', wire?.name ?? '', { least: 1 }),
    version: check.text('version', wire?.version ?? ''),
    device: check.named('device', wire?.device ?? 0, DEVICE_NUMBERS),
    numericClass: check.text('numeric_class', wire?.numericClass ?? ''),
    processes: whole('processes', wire?.processes),
    tasks: whole('tasks', wire?.tasks),
    samplesPerSecond: check.number('samples_per_second', wire?.samplesPerSecond ?? 0, { least: 0 }),
    jobs: check.list('jobs', wire?.jobs, { most: MOST.jobs }).map((id, i) => check.jobId(`jobs[${i}]`, id)),
    draining: wire?.draining ?? false,
    lastSeenMs: timeOf(check, 'last_seen_time', wire?.lastSeenTime) ?? 0,
    refusals: check.list('refusals', wire?.refusals, { most: MOST.refusals }).map(({ job, error }, i) => ({
      job: check.jobId(`refusals[${i}].job`, job ?? ''),
      refusal: errorOf(error ?? {}),
    })),
  };
  check.refuseMessage('a worker');
  return view;
}
