import { Command, Option } from 'commander';
import { parseRadii } from '../certify/config.js';
import { optionError } from '../command/parse.js';
import { addServer, compileServer, type RawServerOptions, type ServerConfig } from '../jobs/server-flags.js';
import { TOPK_ROWS } from './topk-rows.js';

/** The flags of `results` as typed. */
export interface RawResultsOptions extends RawServerOptions {
  readonly radii?: string;
  readonly out?: string;
  readonly topkRows?: boolean;
  readonly json?: boolean;
  readonly [refused: string]: unknown;
}

/** The results of a folder. */
export interface ResultsConfig {
  readonly folder: string;
  /** Null: those that the job suggests. */
  readonly radii: readonly number[] | null;
  readonly topkRows: boolean;
  readonly json: boolean;
}

/** The results of a job that a server has. */
export interface DownloadConfig {
  readonly id: string;
  readonly server: ServerConfig;
  /** Null: no files are written. */
  readonly out: string | null;
  readonly radii: readonly number[] | null;
  readonly json: boolean;
}

/** What cannot be chosen once the votes are there; known to the parser, so that it is refused with the reason. */
const REFUSED = {
  alpha: '--alpha',
  bound: '--bound',
  stop: '--stop',
  minGain: '--min-gain',
  maxSamples: '--max-samples',
  n0: '--n0',
} as const;

const HELP = `
Needs no model, no data and no drawing: job.json and the ledger hold all. Any radii may be asked for, as often as you
like; the error probability covers them all.

With the id of a job (j-…) the results come from a server, those decided so far if the job still runs; with --out they
are written as certify writes them. A folder of such a name is ./j-….`;

export function resultsCommand(): Command {
  const command = new Command('results')
    .description('Show the results of a folder again, or at other radii, and write its results.* again.')
    .argument('<folder-or-id>', "what --out named, or a job's id")
    .option('--out <folder>', 'of a job: folder for its results (default: none are written)')
    .option(
      '--radii <r,…>',
      'ascending, in pixels scaled to [0, 1] (default: those of the job, or round ones)',
    )
    .option('--topk-rows', TOPK_ROWS)
    .option('--json', 'the summary as one JSON object on standard output')
    .option('--verbose', 'stack traces');
  addServer(command).helpOption('-h, --help', 'show this help').addHelpText('after', HELP);
  for (const flag of Object.values(REFUSED)) command.addOption(new Option(`${flag} <value>`).hideHelp());
  return command;
}

/** Whether it names a job of a server, and not a folder. */
export const isJobId = (text: string): boolean => /^j-[0-9a-f]{20}$/.test(text);

/** @throws OPTION_INVALID for radii that are none, and for what would be a choice after the fact */
export function compileResultsConfig(folder: string, raw: RawResultsOptions): ResultsConfig {
  if (raw.out !== undefined) {
    throw optionError(
      `--out has no meaning for the folder ${folder}: its results are written into itself.`,
      "Leave --out out, or give a job's id.",
    );
  }
  return { folder, ...choices(raw), topkRows: raw.topkRows ?? false };
}

/** @throws OPTION_INVALID as `compileResultsConfig`, and for what needs the votes themselves */
export function compileDownloadConfig(id: string, raw: RawResultsOptions): DownloadConfig {
  if (raw.topkRows) {
    throw optionError(
      '--topk-rows needs the votes, and a server gives the certificates.',
      'Leave it out; or run certify, which keeps the votes in its folder.',
    );
  }
  if (raw.out === '') throw optionError('--out is empty.', 'Name a folder for the results.');
  return { id, ...choices(raw), server: compileServer('results', raw), out: raw.out ?? null };
}

function choices(raw: RawResultsOptions): Pick<ResultsConfig, 'radii' | 'json'> {
  for (const [name, flag] of Object.entries(REFUSED)) {
    if (raw[name] === undefined) continue;
    throw optionError(
      `${flag} cannot be chosen for votes that are drawn: whoever tries several on the same votes and keeps one errs more often than any of them says.`,
      'Certify into a new folder without --seed; other --radii of these votes may be asked for freely.',
    );
  }
  const radii = raw.radii === undefined ? null : parseRadii(raw.radii).map(Number);
  return { radii, json: raw.json ?? false };
}
