import { Command } from 'commander';
import {
  compileJobConfig,
  outputConfig,
  type JobConfig,
  type OutputConfig,
  type RawJobOptions,
} from '../certify/config.js';
import { addClaim, addConfiguration, addInput, addModelWants, deviceOption } from '../certify/job-flags.js';
import { optionError } from '../command/parse.js';
import { addServer, compileServer, type RawServerOptions, type ServerConfig } from './server-flags.js';

/** The flags of `submit` as typed. */
export interface RawSubmitOptions extends RawJobOptions, RawServerOptions {
  readonly detach?: boolean;
  readonly requestId?: string;
}

export interface SubmitConfig extends JobConfig, OutputConfig {
  readonly server: ServerConfig;
  /** Null: no files are written. */
  readonly out: string | null;
  readonly detach: boolean;
  /** Null: made of nothing but randomness. */
  readonly requestId: string | null;
}

const LONGEST_REQUEST_ID = 128;

const HELP = `
The job goes on if this command ends, by Ctrl-C too; smoothcert watch shows it again, smoothcert cancel ends it.

Examples:
  # Certify on a server of this machine, and write the files that certify writes
  smoothcert submit --model M.onnx --data D.npz --sigma 0.25 --out certificates

  # Hand it over and go; the id is printed
  smoothcert submit --model M.onnx --data D.npz --sigma 0.25 --detach --server cluster:50051 --tls

Exit codes: as certify; 2 also for a job that was cancelled or cannot be run, 130 if this command left it.`;

/** The flags of `submit`: those of a job are those of `certify`. */
export function submitCommand(): Command {
  const submitting = new Command('submit').description(
    'Certify images on a server: send it what it lacks, watch the job, take its certificates.',
  );
  addConfiguration(submitting);
  addInput(submitting).option('--out <folder>', 'folder for the results (default: none are written)');
  addModelWants(addClaim(submitting));
  submitting.optionsGroup('Machine:').addOption(deviceOption());
  return addServer(submitting)
    .option('--request-id <id>', 'names this request: the same one again is the same job, never a second one')
    .optionsGroup('Output:')
    .option('--detach', "print the job's id and end; the job goes on")
    .option('--json', 'the summary as one JSON object on standard output')
    .option('--quiet', 'no summary and no progress')
    .option('--verbose', 'stack traces, the request id, and what is sent')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', HELP);
}

/** Checks the flags. @throws OPTION_INVALID or PAIR_NOT_OFFERED */
export function compileSubmitConfig(raw: RawSubmitOptions): SubmitConfig {
  const { out = null, detach = false, requestId = null } = raw;
  if (out === '') throw optionError('--out is empty.', 'Name a folder for the results.');
  if (detach && out !== null) {
    throw optionError(
      '--out has no meaning with --detach: this command ends before there are results.',
      'Leave one of them out; smoothcert results takes the results later.',
    );
  }
  if (requestId !== null && (requestId === '' || requestId.length > LONGEST_REQUEST_ID)) {
    throw optionError(
      `--request-id is not 1 to ${LONGEST_REQUEST_ID} characters.`,
      'Write for example a UUID, or leave it out.',
    );
  }
  const job = compileJobConfig('submit', raw);
  return {
    ...job,
    ...outputConfig(raw),
    server: compileServer('submit', raw),
    out,
    detach,
    requestId,
  };
}
