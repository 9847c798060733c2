import type { WorkerView } from '../../api/worker-view.js';
import { oneLine } from '../../shared/safe-text.js';
import { whole } from '../../shared/written-numbers.js';
import { EXIT } from '../command/exit.js';
import { hangingLine, outputColumns } from '../command/hanging-lines.js';
import { fittedTable, type Column } from './fitted-table.js';
import type { ServerConfig } from './server-flags.js';
import { withClient } from './with-client.js';

/** `smoothcert workers`. Resolves with the exit code. @throws SmoothcertError */
export function listWorkers(server: ServerConfig, json: boolean, interrupt: AbortSignal): Promise<number> {
  return withClient(server, interrupt, async (client) => {
    const workers: WorkerView[] = [];
    for await (const worker of client.workers()) workers.push(worker);
    if (json) process.stdout.write(`${JSON.stringify(workers.map(workerToObject))}\n`);
    else if (workers.length > 0) process.stdout.write(workersTable(workers, Date.now(), outputColumns()));
    else
      process.stderr.write(`The server at ${server.address} has heard of no worker in the last seconds.\n`);
    return EXIT.done;
  });
}

/** Returns a worker as JSON. Times are ISO 8601. */
function workerToObject({ lastSeenMs, ...worker }: WorkerView) {
  return { ...worker, lastSeen: new Date(lastSeenMs).toISOString() };
}

/**
 * Returns a line a worker, and below it a line for each job that it refuses, in a table of at most so many columns.
 * @param nowMs milliseconds since 1970, by the clock of this machine
 */
export function workersTable(workers: readonly WorkerView[], nowMs: number, columns: number): string {
  const column = (
    title: string,
    spare: number,
    isName: boolean,
    cell: (worker: WorkerView) => string,
  ): Column => ({ title, spare, isName, cells: workers.map((worker) => oneLine(cell(worker))) });
  const table = fittedTable(
    [
      column('WORKER', 0, true, ({ worker }) => worker),
      column('DEVICE', 3, false, ({ device }) => device),
      column('PROCESSES', 5, false, ({ processes }) => whole(processes)),
      column('TASKS', 4, false, ({ tasks }) => whole(tasks)),
      column('SAMPLES/S', 0, false, ({ samplesPerSecond }) => whole(Math.round(samplesPerSecond))),
      column('SEEN', 2, false, ({ lastSeenMs }) => seen(nowMs - lastSeenMs)),
      column('STATE', 0, false, ({ draining }) => (draining ? 'ending' : 'ready')),
      column('DRAWS', 1, true, ({ jobs }) => jobs.join(' ') || 'nothing'),
    ],
    columns,
  );
  const refusals = workers.flatMap(({ worker, refusals }) =>
    refusals.map(({ job, refusal: { code, message, remedy } }) =>
      oneLine(`${worker} cannot draw for ${job}: ${message} (${code}) ${remedy}`),
    ),
  );
  return table + refusals.map((line) => hangingLine('', line, '  ', columns)).join('');
}

/** Returns how long ago a worker was heard of. Clocks of two machines differ: what lies ahead is now. */
const seen = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s ago`;
