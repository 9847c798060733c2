import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { requireJobId } from './require-job-id.js';
import { SERVER, serverConfig, type ServerConfig } from './server-flags.js';

/** The flags of the verbs that show the jobs of a server, or end one. */

const LIMIT = {
  heading: null,
  flags: {
    limit: {
      argument: '<n>',
      help: 'at most this many',
      decides: 'run',
      preset: '100',
      number: { least: 1, most: 100_000, whole: true },
    },
  },
} as const satisfies FlagGroup;

export const outputGroup = (json: string) =>
  ({
    heading: 'Output:',
    flags: { json: { help: json, decides: 'run' }, verbose: { help: 'stack traces', decides: 'run' } },
  }) as const satisfies FlagGroup;

export const JOBS_GROUPS = [LIMIT, SERVER, outputGroup('one JSON array on standard output')] as const;

/** A command about one job of a server. */
export interface OneJobConfig {
  readonly id: string;
  readonly server: ServerConfig;
  readonly json: boolean;
}

export interface JobsConfig {
  readonly server: ServerConfig;
  /** The most jobs that are listed. */
  readonly limit: number;
  readonly json: boolean;
}

/** @throws OPTION_INVALID */
export function jobsConfig(flags: ValuesOf<typeof JOBS_GROUPS>): JobsConfig {
  return { server: serverConfig(flags), limit: flags.limit, json: flags.json };
}

/** @throws OPTION_INVALID */
export function oneJobConfig(
  id: string,
  flags: ValuesOf<readonly [typeof SERVER, ReturnType<typeof outputGroup>]>,
): OneJobConfig {
  requireJobId(id);
  return { id, server: serverConfig(flags), json: flags.json };
}
