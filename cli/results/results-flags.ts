import { checkRadii } from '../certify/fault-words.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { REFUSED_FLAG, REFUSED_SWITCH, givenOf } from '../command/refused-flags.js';
import { optionError, partsOf } from '../command/parse.js';
import { NO_REPORT } from '../report/no-report.js';
import { SERVER, serverConfig, type ServerConfig } from '../jobs/server-flags.js';
import { TOPK_ROWS } from './topk-file.js';

const OWN = {
  heading: null,
  flags: {
    out: {
      argument: '<folder>',
      help: 'folder for the results so far: of a job, or of a folder that is being drawn, which goes on undisturbed (default: of a job none are written, of a folder its own)',
      decides: 'run',
    },
    radii: {
      argument: '<r,…>',
      help: 'ascending, in pixels scaled to [0, 1] (default: those of the job, or round ones)',
      decides: 'run',
    },
    topkRows: { help: TOPK_ROWS, decides: 'run' },
    report: NO_REPORT,
    json: { help: 'the summary as one JSON object on standard output', decides: 'run' },
    verbose: { help: 'stack traces', decides: 'run' },
  },
} as const satisfies FlagGroup;

/** Choices that cannot be made once the votes are there. */
const REFUSED = {
  heading: null,
  flags: {
    alpha: REFUSED_FLAG,
    bound: REFUSED_FLAG,
    stop: REFUSED_FLAG,
    minGain: REFUSED_FLAG,
    maxSamples: REFUSED_FLAG,
    totalSamples: REFUSED_FLAG,
    runnerUp: REFUSED_SWITCH,
    simultaneous: REFUSED_SWITCH,
    n0: REFUSED_FLAG,
    keepCounts: REFUSED_SWITCH,
  },
} as const satisfies FlagGroup;

export const RESULTS_GROUPS = [OWN, REFUSED, SERVER] as const;
type ResultsFlags = ValuesOf<typeof RESULTS_GROUPS>;

/** The results of a folder. */
export interface ResultsConfig {
  readonly folder: string;
  /** Another folder for the files; null: they are written into the folder itself, unless a process draws there. */
  readonly out: string | null;
  /** Null: those that the job suggests. */
  readonly radii: readonly number[] | null;
  readonly topkRows: boolean;
  /** True: a report is written, too. */
  readonly report: boolean;
  readonly json: boolean;
}

/** The results of a job that a server has. */
export interface DownloadConfig {
  readonly id: string;
  readonly server: ServerConfig;
  /** Null: no files are written. */
  readonly out: string | null;
  readonly radii: readonly number[] | null;
  /** True: a report is written into the folder, too. */
  readonly report: boolean;
  readonly json: boolean;
}

/** @throws OPTION_INVALID for radii that are none, and for what would be a choice after the fact */
export function resultsConfig(folder: string, flags: ResultsFlags): ResultsConfig {
  if (flags.out === '') throw optionError('--out is empty.', 'Name a folder for the results.');
  return { folder, out: flags.out ?? null, ...choices(flags), topkRows: flags.topkRows };
}

/** @throws OPTION_INVALID as `resultsConfig`, and for what needs the votes themselves */
export function downloadConfig(id: string, flags: ResultsFlags): DownloadConfig {
  if (flags.topkRows) {
    throw optionError(
      '--topk-rows needs the votes, and a server gives the certificates.',
      'Leave it out; or run certify, which keeps the votes in its folder.',
    );
  }
  if (flags.out === '') throw optionError('--out is empty.', 'Name a folder for the results.');
  return { id, ...choices(flags), server: serverConfig(flags), out: flags.out ?? null };
}

function choices(flags: ResultsFlags): Pick<ResultsConfig, 'radii' | 'report' | 'json'> {
  const refused = givenOf(REFUSED, flags);
  if (refused !== null) {
    throw optionError(
      `${refused} cannot be chosen for votes that are drawn: whoever tries several on the same votes and keeps one errs more often than any of them says.`,
      'Certify into a new folder without --seed; other --radii of these votes may be asked for freely.',
    );
  }
  return {
    radii: flags.radii === undefined ? null : otherRadii(flags.radii),
    report: flags.report,
    json: flags.json,
  };
}

function otherRadii(text: string): number[] {
  const radii = partsOf(text);
  checkRadii(radii);
  return radii.map(Number);
}
