import type { JobView } from '../../api/job-view.js';
import { conclude } from '../certify/conclude.js';
import { jobToObject, renderJob, updateToObject } from '../certify/describe-job.js';
import { EXIT } from '../command/exit.js';
import { outputColumns } from '../command/hanging-lines.js';
import { follow, leave } from './follow.js';
import { dataOf, jobsTable, modelOf } from './jobs-table.js';
import type { JobsConfig, OneJobConfig } from './job-view-flags.js';
import { withJob } from '../results/service-results.js';
import { withClient } from './with-client.js';

const printJson = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** `smoothcert jobs`. Resolves with the exit code. @throws SmoothcertError */
export function listJobs({ server, limit, json }: JobsConfig, interrupt: AbortSignal): Promise<number> {
  return withClient(server, interrupt, async (client) => {
    const jobs: JobView[] = [];
    let more = false;
    for await (const job of client.jobs()) {
      more = jobs.length === limit;
      if (more) break;
      jobs.push(job);
    }
    if (json) printJson(jobs.map(jobToObject));
    else if (jobs.length > 0) process.stdout.write(jobsTable(jobs, outputColumns()));
    else process.stderr.write(`The server at ${server.address} has no jobs.\n`);
    if (more) process.stderr.write(`There are more than ${limit}; --limit shows them.\n`);
    return EXIT.done;
  });
}

/** `smoothcert job`. Resolves with the exit code. @throws SmoothcertError */
export function showJob({ id, server, json }: OneJobConfig, interrupt: AbortSignal): Promise<number> {
  return withClient(server, interrupt, async (client) => {
    const view = await client.getJob(id);
    if (json) printJson(jobToObject(view));
    else process.stdout.write(renderJob(view, outputColumns()));
    return EXIT.done;
  });
}

/** `smoothcert cancel`. Resolves with the exit code. @throws SmoothcertError */
export function cancelJob({ id, server, json }: OneJobConfig, interrupt: AbortSignal): Promise<number> {
  return withClient(server, interrupt, async (client) => {
    const view = await client.cancelJob(id);
    if (json) printJson(jobToObject(view));
    else process.stdout.write(`The job ${id} is ${view.state}.\n`);
    return EXIT.done;
  });
}

/** `smoothcert watch`. Resolves with the exit code that `certify` would have. @throws SmoothcertError */
export function watchJob({ id, server, json }: OneJobConfig, interrupt: AbortSignal): Promise<number> {
  return withClient(server, interrupt, async (client) => {
    try {
      const ended = await follow(client, id, {
        quiet: json,
        onUpdate: (update) => {
          if (json) printJson(updateToObject(update));
        },
      });
      if (json) return exitOf(ended);
      const sources = { model: modelOf(ended), data: dataOf(ended) };
      const shown = { report: null, json: false, quiet: false };
      return await conclude(client, ended, { folder: null, sources, ...shown });
    } catch (error) {
      if (interrupt.aborted) return leave(id, server);
      throw error;
    }
  });
}

function exitOf(view: JobView): number {
  const { state, progress } = withJob(view);
  if (state === 'cancelled') return EXIT.input;
  return progress.failed > 0 ? EXIT.failedImages : EXIT.done;
}
