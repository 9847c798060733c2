import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { optionError } from '../command/parse.js';
import { NO_REPORT } from '../report/no-report.js';
import { TOPK_ROWS, refuseRowsOfLooks } from '../results/topk-file.js';
import { OTHER_BOUNDS, RADIUS_BOUNDS, RADIUS_RULES, boundHelp, stopHelp } from './claim-help.js';
import {
  checkConfig,
  jobConfig,
  nameConfig,
  outputConfig,
  type CheckConfig,
  type JobConfig,
  type OutputConfig,
} from './job-config.js';
import { NAMING } from './class-names.js';
import { CHECKING, CLAIM, CONFIGURATION, DEVICE, INPUT, JOB_NAME, MODEL_WANTS } from './job-flags.js';
import {
  AUDIT_SHARE,
  AUDIT_SHARE_HELP,
  DEFAULT_AUDIT_SHARE,
  DEFAULT_HANG_SECONDS,
  HANG_SECONDS,
  PROCESSES,
  usualProcesses,
} from './process-limits.js';

export const OUT = {
  heading: 'Input:',
  flags: {
    out: {
      argument: '<folder>',
      help: 'folder for the results; the same command into it resumes',
      decides: 'run',
      needed: true,
    },
  },
} as const satisfies FlagGroup;

/** The use of the machine; a container may set it in the environment. */
export const MACHINE = {
  heading: 'Machine:',
  flags: {
    processes: {
      argument: '<n>',
      help: 'inference processes; free to change (default: one a core on cpu, else 1)',
      decides: 'run',
      number: PROCESSES,
      env: true,
    },
    hangSeconds: {
      argument: '<s>',
      help: 'a silent inference process is replaced after this long; free to change',
      decides: 'run',
      preset: DEFAULT_HANG_SECONDS,
      number: HANG_SECONDS,
      env: true,
    },
    auditShare: {
      argument: '<share>',
      help: `${AUDIT_SHARE_HELP}; free to change`,
      decides: 'run',
      preset: DEFAULT_AUDIT_SHARE,
      number: AUDIT_SHARE,
      env: true,
    },
  },
} as const satisfies FlagGroup;

export const OUTPUT = {
  heading: 'Output:',
  flags: {
    topkRows: { help: TOPK_ROWS, decides: 'run' },
    report: NO_REPORT,
    json: { help: 'the summary as one JSON object on standard output', decides: 'run' },
    jsonLines: {
      help: 'news of the run as JSON lines on standard output: each note, progress, each image as it is decided, the summary; standard error has errors only. Where the run ends with MODEL_NOT_DETERMINISTIC, the images that it told are void',
      decides: 'run',
    },
    quiet: { help: 'no summary and no progress', decides: 'run' },
    verbose: { help: 'stack traces, and the last output of inference processes that end', decides: 'run' },
  },
} as const satisfies FlagGroup;

/** The rule without radii, and its bound, belong to predict; parsed, so that they are refused with the reason. */
const CERTIFY_CLAIM = {
  ...CLAIM,
  flags: {
    ...CLAIM.flags,
    stop: {
      ...CLAIM.flags.stop,
      help: stopHelp(RADIUS_RULES),
      choices: RADIUS_RULES,
      refused: ['predict'],
    },
    bound: {
      ...CLAIM.flags.bound,
      help: boundHelp(RADIUS_RULES),
      choices: RADIUS_BOUNDS,
      refused: OTHER_BOUNDS,
    },
  },
} as const satisfies FlagGroup;

export const CERTIFY_GROUPS = [
  CONFIGURATION,
  INPUT,
  NAMING,
  OUT,
  CERTIFY_CLAIM,
  MODEL_WANTS,
  CHECKING,
  DEVICE,
  MACHINE,
  JOB_NAME,
  OUTPUT,
] as const;
export type CertifyFlags = ValuesOf<typeof CERTIFY_GROUPS>;

/** `certify`, checked and complete. */
export interface CertifyConfig extends JobConfig, OutputConfig, CheckConfig {
  readonly out: string;
  readonly processes: number;
  readonly hangMs: number;
  /** Share of its batches that each process audits. */
  readonly auditShare: number;
  readonly topkRows: boolean;
  /** File of the names of the classes; null: none is given. */
  readonly classNames: string | null;
  /** True: the run is told as JSON lines. */
  readonly jsonLines: boolean;
  /** True: a report is written, too. */
  readonly report: boolean;
  /** Null: it has no name. */
  readonly name: string | null;
  /** Votes to plan with: into a folder that is marked as a pilot, without a summary. */
  readonly pilot?: true;
}

/** Checks the flags of `certify`. @throws OPTION_INVALID, and as `jobConfig`; one sentence each */
export function certifyConfig(flags: CertifyFlags): CertifyConfig {
  const { stop, topkRows, report } = flags;
  if (stop === 'predict') {
    throw optionError(
      '--stop predict gives classes, and certify gives certificates.',
      'Use smoothcert predict, which takes the same flags but for those of radii.',
    );
  }
  if (topkRows) refuseRowsOfLooks(stop);
  return { ...jobConfig('certify', flags), ...runConfig(flags), topkRows, report, name: nameConfig(flags) };
}

/** Checks the flags that say how the command runs. @throws OPTION_INVALID */
export function runConfig(
  flags: ValuesOf<readonly [typeof OUT, typeof MACHINE, typeof DEVICE, typeof NAMING]> &
    OutputConfig &
    CheckConfig & { readonly jsonLines: boolean },
): Omit<CertifyConfig, keyof JobConfig | 'topkRows' | 'report' | 'name' | 'pilot'> {
  const { out, device, processes, hangSeconds, auditShare, json, jsonLines } = flags;
  if (out === '') throw optionError('--out is empty.', 'Name a folder for the results.');
  if (json && jsonLines) {
    throw optionError(
      '--json and --json-lines are two forms of one output.',
      'Leave one of them out: the last JSON line has what --json prints.',
    );
  }
  return {
    ...outputConfig(flags),
    ...checkConfig(flags),
    out,
    processes: processes ?? usualProcesses(device),
    hangMs: 1000 * hangSeconds,
    auditShare,
    jsonLines,
    classNames: flags.classNames ?? null,
  };
}
