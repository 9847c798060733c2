import { Command } from 'commander';
import { optionError, parseNumber } from '../command/parse.js';
import { isJobId } from '../results/results-command.js';
import { addServer, compileServer, type RawServerOptions, type ServerConfig } from './server-flags.js';

/** The flags of `jobs`, `job`, `watch` and `cancel` as typed. */
export interface RawJobsOptions extends RawServerOptions {
  readonly limit?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export interface JobsConfig {
  readonly server: ServerConfig;
  readonly limit: number;
  readonly json: boolean;
}

/** What is to be done with one job. */
export interface OneJobConfig {
  readonly id: string;
  readonly server: ServerConfig;
  readonly json: boolean;
}

const MOST_JOBS = 100_000;

function finished(command: Command, json: string): Command {
  return addServer(command)
    .optionsGroup('Output:')
    .option('--json', json)
    .option('--verbose', 'stack traces')
    .helpOption('-h, --help', 'show this help');
}

export function jobsCommand(): Command {
  const command = new Command('jobs')
    .description('List the jobs of a server, newest first.')
    .option('--limit <n>', 'at most this many', '100');
  return finished(command, 'one JSON array on standard output');
}

const one = (name: string, description: string): Command =>
  new Command(name).description(description).argument('<id>', "the job's id, j-…");

export function jobCommand(): Command {
  return finished(one('job', 'Show all that is known of a job of a server.'), 'as one JSON object');
}

export function watchCommand(): Command {
  return finished(
    one(
      'watch',
      'Watch a job of a server until it has ended, then show its summary. Ctrl-C does not end the job.',
    ),
    'every message as one line of JSON, and no summary',
  );
}

export function cancelCommand(): Command {
  return finished(
    one('cancel', 'Cancel a job of a server; the images decided until then keep their certificates.'),
    'the job as one JSON object',
  );
}

/** @throws OPTION_INVALID */
export function compileJobsConfig(raw: RawJobsOptions): JobsConfig {
  return {
    server: compileServer('jobs', raw),
    limit: parseNumber('--limit', raw.limit ?? '', { least: 1, most: MOST_JOBS, whole: true }, '', 'jobs'),
    json: raw.json ?? false,
  };
}

/** @throws OPTION_INVALID */
export function compileOneJob(command: string, id: string, raw: RawJobsOptions): OneJobConfig {
  if (!isJobId(id)) {
    throw optionError(
      `${id} is not the id of a job.`,
      'Ids are j- and 20 digits; smoothcert jobs lists them.',
    );
  }
  return { id, server: compileServer(command, raw), json: raw.json ?? false };
}
