import { runConfig, MACHINE, OUT, type CertifyConfig } from '../certify/certify-flags.js';
import { jobConfig } from '../certify/job-config.js';
import { CHECKING, CLAIM, CONFIGURATION, DEVICE, INPUT, MODEL_WANTS } from '../certify/job-flags.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { optionError, partsOf } from '../command/parse.js';

/** Most σ, and folders, of one study. */
const MOST_DRAWINGS = 16;
/** Enough to see how a hundredth of it fares; a study is to be quick. */
const USUAL_SAMPLES = 10_000;

const { labels, images, features, clip, bgr } = INPUT.flags;
const STUDY_INPUT = {
  heading: 'Input:',
  flags: {
    // Not needed with --from.
    model: { argument: '<file>', help: INPUT.flags.model.help, decides: 'job' },
    data: { argument: '<file>', help: INPUT.flags.data.help, decides: 'job' },
    labels,
    images,
    features,
    clip,
    bgr,
    from: {
      argument: '<folder>',
      help: 'nothing is drawn: study the results of certify --stop fixed --keep-counts in this folder; may be given several times',
      decides: 'run',
      repeated: true,
    },
    out: {
      ...OUT.flags.out,
      help: 'folder for tables, figures and study.json, and for a job folder for each σ; the same command into it resumes',
    },
  },
} as const satisfies FlagGroup;

const { noise, n0, seed } = CLAIM.flags;
const STUDY_CLAIM = {
  heading: 'Claim:',
  flags: {
    sigma: {
      argument: '<σ,…>',
      help: 'standard deviations of the noise, one or several, in pixels scaled to [0, 1]',
      decides: 'job',
    },
    noise,
    alpha: {
      argument: '<α>',
      help: 'the error level at which everything is compared',
      decides: 'job',
      preset: CLAIM.flags.alpha.preset,
    },
    maxSamples: {
      argument: '<n>',
      help: 'samples of every image, behind those that choose its class: the largest number that is studied',
      decides: 'job',
      preset: `${USUAL_SAMPLES}`,
    },
    n0: { ...n0, help: n0.help.replace('with fixed: ', '') },
    seed,
  },
} as const satisfies FlagGroup;

const OUTPUT = {
  heading: 'Output:',
  flags: {
    json: { help: 'study.json on standard output, in place of the tables', decides: 'run' },
    quiet: { help: 'no tables and no progress', decides: 'run' },
    verbose: { help: 'stack traces, and the last output of inference processes that end', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const STUDY_GROUPS = [
  CONFIGURATION,
  STUDY_INPUT,
  STUDY_CLAIM,
  MODEL_WANTS,
  CHECKING,
  DEVICE,
  MACHINE,
  OUTPUT,
] as const;
export type StudyFlags = ValuesOf<typeof STUDY_GROUPS>;

/** `study`, checked and complete. */
export interface StudyConfig {
  readonly out: string;
  /** Folders that hold drawings; null: they are drawn. */
  readonly from: readonly string[] | null;
  /** The jobs to draw; none with `from`. */
  readonly jobs: readonly CertifyConfig[];
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Checks the flags of `study`. @throws OPTION_INVALID, and as `jobConfig`; one sentence each */
export function studyConfig(flags: StudyFlags): StudyConfig {
  const { out, from, json, quiet } = flags;
  if (out === '') throw optionError('--out is empty.', 'Name a folder for the study.');
  const common = { out, json, quiet };
  if (from !== undefined) {
    refuseDrawing(flags);
    if (from.length > MOST_DRAWINGS) throw tooMany('--from', from.length);
    return { ...common, from, jobs: [] };
  }
  return { ...common, from: null, jobs: drawingConfigs(flags) };
}

/** Flags of what is drawn that have no default. */
const OF_DRAWINGS = [
  'model',
  'data',
  'sigma',
  'labels',
  'images',
  'seed',
  'n0',
  'mean',
  'std',
  'output',
  'batch',
] as const;

/** Switches of what is drawn, and of its check. */
const SWITCHES_OF_DRAWINGS = ['features', 'clip', 'bgr', 'strict'] as const;

function refuseDrawing(flags: StudyFlags): void {
  const given =
    OF_DRAWINGS.find((name) => flags[name] !== undefined) ?? SWITCHES_OF_DRAWINGS.find((name) => flags[name]);
  if (given === undefined) return;
  throw optionError(
    `--${given} has no meaning with --from: nothing is drawn.`,
    `Leave --${given} out, or --from, which then draws.`,
  );
}

function drawingConfigs(flags: StudyFlags): CertifyConfig[] {
  const { model, data, sigma } = flags;
  if (model === undefined || data === undefined || sigma === undefined) {
    throw optionError('study needs --model, --data and --sigma, or --from.', 'See smoothcert study --help.');
  }
  const sigmas = partsOf(sigma);
  if (sigmas.length > MOST_DRAWINGS) throw tooMany('--sigma', sigmas.length);
  const jobs = sigmas.map((one) => drawingConfig({ ...flags, model, data, sigma: one }));
  const again = jobs.find((job, at) => jobs.findIndex((other) => other.sigma === job.sigma) < at);
  if (again === undefined) return jobs;
  throw optionError(`--sigma names ${again.sigma} twice.`, 'Name each σ once.');
}

function drawingConfig(
  flags: StudyFlags & { readonly model: string; readonly data: string; readonly sigma: string },
): CertifyConfig {
  const job = jobConfig('study', { ...flags, ...DRAWN });
  const out = `${flags.out}/sigma-${job.sigma}`;
  return {
    ...job,
    ...runConfig({ ...flags, out, classNames: undefined, jsonLines: false }),
    topkRows: false,
    report: false,
    name: null,
  };
}

/** The flags of a job that a study does not leave open. */
const DRAWN = {
  stop: 'fixed',
  bound: 'clopper-pearson',
  keepCounts: true,
  radii: undefined,
  minGain: undefined,
  totalSamples: undefined,
  runnerUp: false,
  simultaneous: false,
} as const;

const tooMany = (flag: string, count: number) =>
  optionError(
    `${flag} names ${count}, and a study has at most ${MOST_DRAWINGS} drawings.`,
    'Make several studies.',
  );
