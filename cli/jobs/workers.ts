import type { WorkerView } from '../../api/worker-view.js';
import { oneLine } from '../../shared/safe-text.js';
import { whole } from '../../shared/written-numbers.js';
import { table } from '../certify/describe-job.js';
import { EXIT } from '../command/exit.js';
import type { ServerConfig } from './server-flags.js';
import { withClient } from './with-client.js';

/** `smoothcert workers`. Resolves with the exit code. @throws SmoothcertError */
export function listWorkers(server: ServerConfig, json: boolean, interrupt: AbortSignal): Promise<number> {
  return withClient(server, interrupt, async (client) => {
    const workers: WorkerView[] = [];
    for await (const worker of client.workers()) workers.push(worker);
    if (json) process.stdout.write(`${JSON.stringify(workers.map(workerToObject))}\n`);
    else if (workers.length > 0) process.stdout.write(workersTable(workers, Date.now()));
    else
      process.stderr.write(`The server at ${server.address} has heard of no worker in the last seconds.\n`);
    return EXIT.done;
  });
}

/** Returns a worker as JSON. Times are ISO 8601. */
function workerToObject({ lastSeenMs, ...worker }: WorkerView) {
  return { ...worker, lastSeen: new Date(lastSeenMs).toISOString() };
}

const COLUMNS = ['WORKER', 'DEVICE', 'PROCESSES', 'TASKS', 'SAMPLES/S', 'SEEN', 'STATE', 'DRAWS'] as const;

/** Returns a line a worker, and below it a line for each job that it refuses. @param nowMs milliseconds since 1970, by the clock of this machine */
export function workersTable(workers: readonly WorkerView[], nowMs: number): string {
  const rows = workers.map((one) => [
    oneLine(one.worker),
    one.device,
    whole(one.processes),
    whole(one.tasks),
    whole(Math.round(one.samplesPerSecond)),
    seen(nowMs - one.lastSeenMs),
    one.draining ? 'ending' : 'ready',
    one.jobs.join(' ') || 'nothing',
  ]);
  const refusals = workers.flatMap(({ worker, refusals }) =>
    refusals.map(({ job, refusal: { code, message, remedy } }) =>
      oneLine(`${worker} cannot draw for ${job}: ${message} (${code}) ${remedy}`),
    ),
  );
  return table([COLUMNS, ...rows]) + refusals.map((line) => `${line}\n`).join('');
}

/** Returns how long ago a worker was heard of. Clocks of two machines differ: what lies ahead is now. */
const seen = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s ago`;
