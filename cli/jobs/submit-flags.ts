import { MAX_REQUEST_ID } from '../../shared/job-limits.js';
import {
  checkConfig,
  jobConfig,
  nameConfig,
  outputConfig,
  type CheckConfig,
  type JobConfig,
  type OutputConfig,
} from '../certify/job-config.js';
import { NAMING } from '../certify/class-names.js';
import {
  CHECKING,
  CLAIM,
  CONFIGURATION,
  DEVICE,
  INPUT,
  JOB_NAME,
  MODEL_WANTS,
} from '../certify/job-flags.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { optionError } from '../command/parse.js';
import { NO_REPORT } from '../report/no-report.js';
import { SERVER, serverConfig, type ServerConfig } from './server-flags.js';

const OUT = {
  heading: 'Input:',
  flags: {
    out: { argument: '<folder>', help: 'folder for the results (default: none are written)', decides: 'run' },
  },
} as const satisfies FlagGroup;

const REQUEST = {
  heading: 'Server:',
  flags: {
    requestId: {
      argument: '<id>',
      help: 'names this request: the same one again is the same job, never a second one',
      decides: 'run',
    },
  },
} as const satisfies FlagGroup;

const OUTPUT = {
  heading: 'Output:',
  flags: {
    detach: { help: "print the job's id and end; the job goes on", decides: 'run' },
    report: NO_REPORT,
    json: { help: 'the summary as one JSON object on standard output', decides: 'run' },
    quiet: { help: 'no summary and no progress', decides: 'run' },
    verbose: { help: 'stack traces, the request id, and what is sent', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const SUBMIT_GROUPS = [
  CONFIGURATION,
  INPUT,
  NAMING,
  OUT,
  CLAIM,
  MODEL_WANTS,
  CHECKING,
  DEVICE,
  SERVER,
  REQUEST,
  JOB_NAME,
  OUTPUT,
] as const;

export interface SubmitConfig extends JobConfig, OutputConfig, CheckConfig {
  readonly server: ServerConfig;
  /** Null: no files are written. */
  readonly out: string | null;
  /** True: a report is written into the folder, too. */
  readonly report: boolean;
  readonly detach: boolean;
  /** Null: it has no name. */
  readonly name: string | null;
  /** Null: a new one is drawn at random. */
  readonly requestId: string | null;
  /** File of the names of the classes; null: none is given. */
  readonly classNames: string | null;
}

/** Checks the flags of `submit`. @throws OPTION_INVALID, and as `jobConfig` */
export function submitConfig(flags: ValuesOf<typeof SUBMIT_GROUPS>): SubmitConfig {
  const { out = null, report, detach, requestId = null } = flags;
  if (out === '') throw optionError('--out is empty.', 'Name a folder for the results.');
  if (detach && out !== null) {
    throw optionError(
      '--out has no meaning with --detach: this command ends before there are results.',
      'Leave one of them out; smoothcert results takes the results later.',
    );
  }
  if (requestId !== null && (requestId === '' || requestId.length > MAX_REQUEST_ID)) {
    throw optionError(
      `--request-id is not 1 to ${MAX_REQUEST_ID} characters.`,
      'Write for example a UUID, or leave it out.',
    );
  }
  return {
    ...jobConfig('submit', flags),
    ...outputConfig(flags),
    ...checkConfig(flags),
    server: serverConfig(flags),
    out,
    report,
    detach,
    requestId,
    classNames: flags.classNames ?? null,
    name: nameConfig(flags),
  };
}
