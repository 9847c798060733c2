import { Command, Option } from 'commander';
import { parseRadii } from './config.js';
import { optionError } from './parse.js';

/** The flags of `results` as typed. */
export interface RawResultsOptions {
  readonly radii?: string;
  readonly json?: boolean;
  readonly [refused: string]: unknown;
}

export interface ResultsConfig {
  readonly folder: string;
  /** Null: those that the job suggests. */
  readonly radii: readonly number[] | null;
  readonly json: boolean;
}

/** What cannot be chosen once the votes are there; known to the parser, so that it is refused with the reason. */
const REFUSED = {
  ...{ alpha: '--alpha', bound: '--bound', stop: '--stop' },
  ...{ minGain: '--min-gain', maxSamples: '--max-samples', n0: '--n0' },
} as const;

const HELP = `
Needs no model, no data and no drawing: job.json and the ledger hold all. Any radii may be asked for, as often as you
like; the error probability covers them all.`;

export function resultsCommand(): Command {
  const command = new Command('results')
    .description('Show the results of a folder again, or at other radii, and write its results.* again.')
    .argument('<folder>', 'what --out named')
    .option(
      '--radii <r,…>',
      'ascending, in pixels scaled to [0, 1] (default: those of the job, or round ones)',
    )
    .option('--json', 'the summary as one JSON object on standard output')
    .option('--verbose', 'stack traces')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', HELP);
  for (const flag of Object.values(REFUSED)) command.addOption(new Option(`${flag} <value>`).hideHelp());
  return command;
}

/** @throws OPTION_INVALID for radii that are none, and for what would be a choice after the fact */
export function compileResultsConfig(folder: string, raw: RawResultsOptions): ResultsConfig {
  for (const [name, flag] of Object.entries(REFUSED)) {
    if (raw[name] === undefined) continue;
    throw optionError(
      `${flag} cannot be chosen for votes that are drawn: whoever tries several on the same votes and keeps one errs more often than any of them says.`,
      'Certify into a new folder without --seed; other --radii of these votes may be asked for freely.',
    );
  }
  const radii = raw.radii === undefined ? null : parseRadii(raw.radii).map(Number);
  return { folder, radii, json: raw.json ?? false };
}
