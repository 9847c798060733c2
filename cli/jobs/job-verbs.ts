import { verb } from '../command/verb.js';
import type * as JobActions from './job-actions.js';
import { JOBS_GROUPS, jobsConfig, oneJobConfig, outputGroup, type OneJobConfig } from './job-view-flags.js';
import { SERVER } from './server-flags.js';

/** The verbs that show the jobs of a server, or end one. */

export const JOBS = verb({
  name: 'jobs',
  description: 'List the jobs of a server, newest first.',
  operands: {},
  groups: JOBS_GROUPS,
  async run({ values, interruption }) {
    const config = jobsConfig(values());
    const { listJobs } = await import('./job-actions.js');
    return listJobs(config, interruption());
  },
});

type Action = (config: OneJobConfig, interrupt: AbortSignal) => Promise<number>;

/** A verb for one job. @param json what --json prints */
const ofOneJob = (
  name: string,
  description: string,
  json: string,
  action: (all: typeof JobActions) => Action,
) =>
  verb({
    name,
    description,
    operands: { id: { help: "the job's id, j-…" } },
    groups: [SERVER, outputGroup(json)],
    async run({ operands: { id }, values, interruption }) {
      const config = oneJobConfig(id, values());
      return action(await import('./job-actions.js'))(config, interruption());
    },
  });

export const WATCH = ofOneJob(
  'watch',
  'Watch a job of a server until it has ended, then show its summary. Ctrl-C does not end the job.',
  'every message as one line of JSON, and no summary',
  ({ watchJob }) => watchJob,
);

export const JOB = ofOneJob(
  'job',
  'Show all that is known of a job of a server.',
  'as one JSON object',
  ({ showJob }) => showJob,
);

export const CANCEL = ofOneJob(
  'cancel',
  'Cancel a job of a server; the images decided until then keep their certificates.',
  'the job as one JSON object',
  ({ cancelJob }) => cancelJob,
);
