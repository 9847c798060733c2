import { availableParallelism } from 'node:os';
import {
  BOUND_NAMES,
  DEVICES,
  LAYOUTS as MODEL_LAYOUTS,
  type BoundName,
  type Device,
  type Layout,
  type Normalisation,
  type StoppingRule,
} from '../../shared/job.js';
import { DEFAULT_BOUNDS, RULE_NAMES } from '../../shared/job-spec.js';
import type { ImageRange } from '../../shared/dataset/selection.js';
import { checkAlpha, checkPair, checkRadii } from '../../statistics/claim.js';
import {
  optionError,
  parseChoice,
  parseImages,
  parseNumber,
  parseNumbers,
  parseSeed,
} from '../command/parse.js';
import { refuseRowsOfLooks } from '../results/topk-rows.js';

/** Checked here and not by the parser, which would report `--modle` as a missing `--model`. */
const NEEDED = ['model', 'data', 'sigma'] as const;

/** The flags of a job as typed, whichever command begins it. */
export interface RawJobOptions extends Partial<Record<(typeof NEEDED)[number], string>> {
  readonly config?: string;
  readonly printConfig?: boolean;
  readonly labels?: string;
  readonly alpha: string;
  readonly stop: string;
  readonly bound?: string;
  readonly radii?: string;
  readonly minGain?: string;
  readonly maxSamples: string;
  readonly n0?: string;
  readonly output?: string;
  readonly mean?: string;
  readonly std?: string;
  readonly inputScale: string;
  readonly layout: string;
  readonly images?: string;
  readonly seed?: string;
  readonly device: string;
  readonly batch?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** The flags of `certify` as typed. */
export interface RawOptions extends RawJobOptions {
  readonly processes?: string;
  readonly hangSeconds: string;
  readonly topkRows?: boolean;
}

/** A job as it is asked for, checked and complete. Of its own type, so that nothing unchecked is passed on. */
export interface JobConfig {
  readonly model: string;
  readonly data: string;
  readonly labels: string | null;
  readonly sigma: number;
  readonly alpha: number;
  readonly stop: StoppingRule;
  readonly bound: BoundName;
  readonly maxSamples: number;
  readonly images: ImageRange;
  readonly seed: string | null;
  readonly output: string | null;
  readonly normalisation: Normalisation;
  readonly layout: Layout | 'auto';
  readonly batch: number | null;
  readonly device: Device;
}

/** What a command shows. */
export interface OutputConfig {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** `certify`, checked and complete. */
export interface CertifyConfig extends JobConfig, OutputConfig {
  readonly out: string;
  readonly processes: number;
  readonly hangMs: number;
  readonly topkRows: boolean;
}

/** Noise-scale units of radius per 1,000 further samples (statistics: the numbers behind the defaults). */
export const MIN_GAIN_NAMES = { quick: 0.1, default: 0.02, thorough: 0.01 } as const;
export const DEFAULTS = { alpha: '0.001', maxSamples: '100000', n0: '100', hangSeconds: '60' } as const;

export const LAYOUTS = [...MODEL_LAYOUTS, 'auto'] as const;
const LARGEST_BATCH = 4_096;
const MOST_PROCESSES = 1_024;
const MOST_SAMPLES = 1e9;

/** Checks the flags of `certify`. @throws SmoothcertError OPTION_INVALID or PAIR_NOT_OFFERED, one sentence each */
export function compileConfig(raw: RawOptions): CertifyConfig {
  const { out } = neededFlags('certify', [...NEEDED, 'out'] as const, raw);
  if (out === '') throw optionError('--out is empty.', 'Name a folder for the results.');
  const job = compileJobConfig('certify', raw);
  if (raw.topkRows) refuseRowsOfLooks(job.stop.kind);
  return {
    ...job,
    out,
    processes:
      optional(raw.processes, (text) =>
        parseNumber('--processes', text, { least: 1, most: MOST_PROCESSES, whole: true }),
      ) ?? (job.device === 'cpu' ? availableParallelism() : 1),
    hangMs: 1000 * parseNumber('--hang-seconds', raw.hangSeconds, { above: 0, most: 86_400 }),
    topkRows: raw.topkRows ?? false,
    ...outputConfig(raw),
  };
}

/** Checks the flags of a job. @param command the one that begins it. @throws OPTION_INVALID or PAIR_NOT_OFFERED */
export function compileJobConfig(command: string, raw: RawJobOptions): JobConfig {
  const { model, data, sigma } = neededFlags(command, NEEDED, raw);
  const alpha = parseNumber('--alpha', raw.alpha, { above: 0, most: 1 });
  checkAlpha(alpha);
  const kind = parseChoice('--stop', raw.stop, RULE_NAMES);
  const bound =
    raw.bound === undefined ? DEFAULT_BOUNDS[kind] : parseChoice('--bound', raw.bound, BOUND_NAMES);
  checkPair(kind, bound);
  return {
    model,
    data,
    labels: raw.labels ?? null,
    sigma: parseNumber('--sigma', sigma, { above: 0, most: 1e6 }, ' (pixels scaled to [0, 1])'),
    alpha,
    bound,
    stop: stoppingRule(kind, raw),
    maxSamples: parseNumber('--max-samples', raw.maxSamples, { least: 1, most: MOST_SAMPLES, whole: true }),
    images: raw.images === undefined ? { start: 0, stop: null, step: 1 } : parseImages(raw.images),
    seed: raw.seed === undefined ? null : parseSeed(raw.seed),
    output: raw.output ?? null,
    normalisation: normalisationOf(raw),
    layout: parseChoice('--layout', raw.layout, LAYOUTS),
    batch: optional(raw.batch, (text) =>
      parseNumber('--batch', text, { least: 1, most: LARGEST_BATCH, whole: true }),
    ),
    device: parseChoice('--device', raw.device, DEVICES),
  };
}

export function outputConfig({ json, quiet, verbose }: Partial<OutputConfig>): OutputConfig {
  return { json: json ?? false, quiet: quiet ?? false, verbose: verbose ?? false };
}

function neededFlags<K extends 'model' | 'data' | 'sigma' | 'out'>(
  command: string,
  needed: readonly K[],
  given: { readonly [name in K]?: string },
): Record<K, string> {
  const missing = needed.filter((name) => given[name] === undefined).map((name) => `--${name}`);
  if (missing.length === 0) return given as Record<K, string>;
  throw optionError(`${command} needs ${missing.join(', ')}.`, `See smoothcert ${command} --help.`);
}

const optional = <T>(text: string | undefined, parse: (text: string) => T): T | null =>
  text === undefined ? null : parse(text);

function stoppingRule(kind: StoppingRule['kind'], raw: RawJobOptions): StoppingRule {
  const priced = kind === 'gain' || kind === 'two-stage';
  if (!priced) refuseWithout('--min-gain', raw.minGain, '--stop gain or --stop two-stage');
  if (kind !== 'fixed') refuseWithout('--n0', raw.n0, '--stop fixed');
  if (kind !== 'target') refuseWithout('--radii', raw.radii, '--stop target');
  if (priced) return { kind, minGain: parseMinGain(raw.minGain ?? 'default') };
  if (kind === 'target') return { kind, radii: parseRadii(neededRadii(raw)) };
  const selection = parseNumber('--n0', raw.n0 ?? DEFAULTS.n0, { least: 1, most: MOST_SAMPLES, whole: true });
  return { kind, selection };
}

function neededRadii({ radii }: RawJobOptions): string {
  if (radii !== undefined) return radii;
  throw optionError(
    '--stop target needs --radii.',
    'Say which radii to decide, for example --radii 0.25,0.5,1.0; or leave --stop out for a radius of each image.',
  );
}

/** A list of radii, kept as it is written. @throws OPTION_INVALID */
export function parseRadii(text: string): string[] {
  const radii = text.split(',').map((part) => part.trim());
  checkRadii(radii);
  return radii;
}

function parseMinGain(text: string): number {
  if (Object.hasOwn(MIN_GAIN_NAMES, text)) return MIN_GAIN_NAMES[text as keyof typeof MIN_GAIN_NAMES];
  if (/^[a-z]/i.test(text)) parseChoice('--min-gain', text, Object.keys(MIN_GAIN_NAMES));
  return parseNumber('--min-gain', text, { least: 0 }, ' (noise scales of radius per 1,000 samples)');
}

function refuseWithout(flag: string, given: string | undefined, needed: string): void {
  if (given === undefined) return;
  throw optionError(`${flag} has no meaning without ${needed}.`, `Leave ${flag} out, or add ${needed}.`);
}

function normalisationOf(raw: RawJobOptions): Normalisation {
  return {
    inputScale: parseNumber('--input-scale', raw.inputScale, { above: 0, most: 1e9 }),
    mean: parseNumbers('--mean', raw.mean ?? '0', { least: -1e9, most: 1e9 }),
    std: parseNumbers('--std', raw.std ?? '1', { above: 0, most: 1e9 }),
  };
}
