import { DEVICES, type Device } from '../../shared/job.js';
import { MAX_ALPHA, MAX_SAMPLES, MAX_SIGMA, MIN_ALPHA } from '../../shared/job-limits.js';
import { DEFAULT_HANG_SECONDS, HANG_SECONDS, PROCESSES, usualProcesses } from '../certify/process-limits.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { optionError } from '../command/parse.js';

const REDRAW = {
  heading: 'To draw a part of the votes again (of a folder):',
  flags: {
    model: { argument: '<file>', help: 'the ONNX classifier of the job', decides: 'run' },
    data: { argument: '<file>', help: 'its images, in any format that certify reads', decides: 'run' },
    labels: { argument: '<file>', help: 'their labels, if certify had --labels', decides: 'run' },
    features: { help: 'if certify had --features', decides: 'run' },
    bgr: { help: 'if certify had --bgr', decides: 'run' },
    clip: { help: 'if certify had --clip', decides: 'run' },
    share: {
      argument: '<share>',
      help: 'so large a part of the shards, chosen at random (default: 0.01)',
      decides: 'run',
      number: { above: 0, most: 1 },
    },
    shards: {
      argument: '<n>',
      help: 'so many shards instead',
      decides: 'run',
      number: { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true },
    },
    device: {
      argument: '<device>',
      help: 'where the model runs',
      decides: 'run',
      preset: 'cpu',
      choices: DEVICES,
    },
    processes: {
      argument: '<n>',
      help: 'inference processes (default: one a core on cpu, else 1)',
      decides: 'run',
      number: PROCESSES,
    },
    hangSeconds: {
      argument: '<s>',
      help: 'a silent inference process is replaced after this long',
      decides: 'run',
      preset: DEFAULT_HANG_SECONDS,
      number: HANG_SECONDS,
    },
  },
} as const satisfies FlagGroup;

const TABLE = {
  heading: 'To check the radii of a .tsv file in the form of Cohen et al.:',
  flags: {
    sigma: {
      argument: '<σ>',
      help: 'standard deviation of its Gaussian noise; without it radii are not checked',
      decides: 'run',
      number: { above: 0, most: MAX_SIGMA },
    },
    samples: {
      argument: '<n>',
      help: 'samples that bounded each image (default: those of 100, 1,000, 10,000 and 100,000 that fit best)',
      decides: 'run',
      number: { least: 1, most: MAX_SAMPLES, whole: true },
    },
    alpha: {
      argument: '<α>',
      help: 'the α that it claims, tried beside 0.001, 0.01 and 0.05',
      decides: 'run',
      number: { least: MIN_ALPHA, most: MAX_ALPHA },
    },
  },
} as const satisfies FlagGroup;

const OUTPUT = {
  heading: 'Output:',
  flags: {
    json: { help: 'the report as one JSON object on standard output', decides: 'run' },
    quiet: { help: 'no report and no progress; the exit code says it', decides: 'run' },
    verbose: { help: 'stack traces', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const VERIFY_GROUPS = [REDRAW, TABLE, OUTPUT] as const;
type VerifyFlags = ValuesOf<typeof VERIFY_GROUPS>;

/** A redraw as it is asked for, complete. */
export interface RedrawConfig {
  readonly model: string;
  readonly data: string;
  readonly labels: string | null;
  readonly features: boolean;
  readonly bgr: boolean;
  readonly clip: boolean;
  /** Part of the shards that is drawn again, unless their number is given. */
  readonly share: number;
  readonly shards: number | null;
  readonly device: Device;
  readonly processes: number;
  readonly hangMs: number;
}

/** Facts about a table that its file does not say; null where they are not given. */
export interface TableConfig {
  readonly sigma: number | null;
  readonly samples: number | null;
  readonly alpha: number | null;
}

export interface VerifyConfig {
  readonly path: string;
  /** Null: nothing is drawn. */
  readonly redraw: RedrawConfig | null;
  readonly table: TableConfig;
  readonly json: boolean;
  readonly quiet: boolean;
}

const DEFAULT_SHARE = 0.01;

/** Checks the flags of `verify`. @throws OPTION_INVALID */
export function verifyConfig(path: string, flags: VerifyFlags): VerifyConfig {
  const { sigma = null, samples = null, alpha = null, json, quiet } = flags;
  return { path, redraw: redrawConfig(flags), table: { sigma, samples, alpha }, json, quiet };
}

function redrawConfig(flags: VerifyFlags): RedrawConfig | null {
  const { model, data, labels, features, bgr, clip, share, shards, device, processes, hangSeconds } = flags;
  if (model === undefined || data === undefined) {
    const switches = { features: features || undefined, bgr: bgr || undefined, clip: clip || undefined };
    const given = Object.entries({ model, data, labels, share, shards, ...switches });
    const [alone] = given.find(([, value]) => value !== undefined) ?? [];
    if (alone === undefined) return null;
    throw optionError(
      `--${alone} has no meaning without ${alone === 'model' ? '--data' : alone === 'data' ? '--model' : '--model and --data'}.`,
      'Give both --model and --data to draw a part of the votes again, or neither.',
    );
  }
  if (share !== undefined && shards !== undefined) {
    throw optionError('--share and --shards both say how much is drawn again.', 'Leave one of them out.');
  }
  return {
    model,
    data,
    labels: labels ?? null,
    features,
    bgr,
    clip,
    share: share ?? DEFAULT_SHARE,
    shards: shards ?? null,
    device,
    processes: processes ?? usualProcesses(device),
    hangMs: 1000 * hangSeconds,
  };
}
