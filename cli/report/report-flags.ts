import path from 'node:path';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { optionError } from '../command/parse.js';
import type { NamedData } from './data-of-job.js';
import { REPORT_FILE } from './report-file.js';

/** Most folders of one report: more curves than that cannot be told apart. */
const MOST_FOLDERS = 16;

const OWN = {
  heading: null,
  flags: {
    out: {
      argument: '<file>',
      help: `the report (default: ${REPORT_FILE} in the folder; of several, here)`,
      decides: 'run',
    },
    figures: {
      argument: '<folder>',
      help: 'write every figure as SVG, PNG and CSV into it, too',
      decides: 'run',
    },
    data: {
      argument: '<file>',
      help: 'the images, where they are no longer where certify had them',
      decides: 'run',
    },
    labels: {
      argument: '<file>',
      help: 'with --data: their labels, if certify had --labels',
      decides: 'run',
    },
    verbose: { help: 'stack traces', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const REPORT_GROUPS = [OWN] as const;

/** `report`, checked and complete. */
export interface ReportConfig {
  readonly folders: readonly string[];
  readonly out: string;
  /** Null: no files of figures. */
  readonly figures: string | null;
  readonly named: NamedData;
}

/** Checks folders and flags of `report`. @throws OPTION_INVALID */
export function reportConfig(
  folders: readonly string[],
  { out, figures, data, labels }: ValuesOf<typeof REPORT_GROUPS>,
): ReportConfig {
  for (const [flag, value] of Object.entries({ out, figures, data, labels }))
    if (value === '') throw optionError(`--${flag} is empty.`, 'Name a file or folder, or leave it out.');
  if (folders.length > MOST_FOLDERS) {
    throw optionError(
      `A report has at most ${MOST_FOLDERS} folders, and ${folders.length} are named.`,
      'Make several reports.',
    );
  }
  if (labels !== undefined && data === undefined) {
    throw optionError('--labels has no meaning without --data.', 'Leave it out, or add --data.');
  }
  const [first] = folders;
  const usual = folders.length === 1 ? path.join(first!, REPORT_FILE) : REPORT_FILE;
  return {
    folders,
    out: out ?? usual,
    figures: figures ?? null,
    named: { data: data ?? null, labels: labels ?? null },
  };
}
