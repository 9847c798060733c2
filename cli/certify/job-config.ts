import { MAX_IMAGES, MAX_JOB_NAME } from '../../shared/job-limits.js';
import type { BoundName, Device, Layout, NoiseKind, Normalisation, StoppingRule } from '../../shared/job.js';
import { DEFAULT_BOUNDS, SPEC_DEFAULTS, type JobImages } from '../../shared/job-spec.js';
import type { ImageRange } from '../../shared/dataset/selection.js';
import { checkJob } from '../../coordinator/core/check-job.js';
import { numberOf, optionError, parseChoice, parseImages, partsOf } from '../command/parse.js';
import { faultError } from './fault-words.js';
import { MIN_GAIN_NAMES, type JobFlags } from './job-flags.js';

/** A job as it is asked for, checked and complete. Of its own type, so that nothing unchecked is passed on. */
export interface JobConfig {
  readonly model: string;
  readonly data: string;
  readonly labels: string | null;
  readonly noise: NoiseKind;
  readonly sigma: number;
  readonly alpha: number;
  readonly stop: StoppingRule;
  readonly bound: BoundName;
  readonly maxSamples: number;
  readonly runnerUp: boolean;
  readonly simultaneous: boolean;
  readonly images: ImageRange;
  /** A remark on `images` where a number alone may have been meant as how many; else null. */
  readonly imagesNote: string | null;
  /** True: the data are numbers in units of their own; false: pixels. */
  readonly features: boolean;
  /** Pixels slightly beyond [0, 1] are clipped as they are read. */
  readonly clip: boolean;
  /** The three channels are reversed as they are read. */
  readonly bgr: boolean;
  readonly seed: string | null;
  readonly output: string | null;
  readonly normalisation: Normalisation;
  readonly layout: Layout | 'auto';
  readonly batch: number | null;
  readonly device: Device;
}

/** How the input of a new job is checked. */
export interface CheckConfig {
  /** False: it is not. */
  readonly check: boolean;
  /** A finding is an error. */
  readonly strict: boolean;
}

/** Returns how the input is checked. @throws OPTION_INVALID for a strict check that is not to be made */
export function checkConfig({ check, strict }: CheckConfig): CheckConfig {
  if (check || !strict) return { check, strict };
  throw optionError('--strict has no meaning with --no-check.', 'Leave one of them out.');
}

/** The output that a command is asked for. */
export interface OutputConfig {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const ALL_IMAGES: ImageRange = { start: 0, stop: null, step: 1 };

/**
 * Makes the job of its flags and checks it. A number that is none is NaN until `checkJob` names it.
 * @param command the one that begins it
 * @throws OPTION_INVALID, PAIR_NOT_OFFERED, SCHEDULE_TOO_LONG or BUDGET_TOO_SMALL, one sentence each
 */
export function jobConfig(command: string, flags: JobFlags): JobConfig {
  const { model, data, stop: rule } = flags;
  refusePixelFlags(flags);
  const stop = stoppingRule(flags);
  const config: JobConfig = {
    model,
    data,
    labels: flags.labels ?? null,
    noise: flags.noise,
    sigma: numberOf(flags.sigma),
    alpha: numberOf(flags.alpha),
    bound: flags.bound ?? DEFAULT_BOUNDS[rule],
    stop,
    maxSamples: numberOf(flags.maxSamples),
    runnerUp: flags.runnerUp,
    simultaneous: flags.simultaneous,
    images: flags.images === undefined ? ALL_IMAGES : parseImages(flags.images),
    imagesNote: aloneNote(flags.images ?? ''),
    features: flags.features,
    clip: flags.clip,
    bgr: flags.bgr,
    seed: flags.seed === undefined ? null : plainSeed(flags.seed),
    output: flags.output ?? null,
    normalisation: normalisationOf(flags),
    layout: flags.layout,
    batch: flags.batch === undefined ? null : numberOf(flags.batch),
    device: flags.device,
  };
  const [fault] = checkJob({ ...config, images: upToAnyData(config.images) });
  if (fault) throw faultError(fault, command, flags);
  return config;
}

/** Returns the name of a job; null if it has none. @throws OPTION_INVALID */
export function nameConfig({ name }: { readonly name?: string | undefined }): string | null {
  if (name === undefined) return null;
  if (name.trim() !== '' && name.length <= MAX_JOB_NAME) return name;
  throw optionError(`--name is not 1 to ${MAX_JOB_NAME} characters.`, 'Give a short name, or leave it out.');
}

/** @throws OPTION_INVALID for a flag of pixels where the values are none */
export function refusePixelFlags({ features, clip, bgr }: Pick<JobFlags, 'features' | 'clip' | 'bgr'>): void {
  const flag = clip ? '--clip' : bgr ? '--bgr' : null;
  if (!features || flag === null) return;
  throw optionError(
    `${flag} is for pixels, and with --features the values are none.`,
    `Leave ${flag} or --features out.`,
  );
}

export function outputConfig({ json, quiet, verbose }: OutputConfig): OutputConfig {
  return { json, quiet, verbose };
}

/**
 * Checks the job again once its images are known: what all of them claim together depends on their number.
 *
 * @throws OPTION_INVALID, BUDGET_TOO_SMALL
 */
export function requireClaimOf(config: JobConfig, images: JobImages, command: string): void {
  const [fault] = checkJob({ ...config, images }, images);
  if (fault) throw faultError(fault, command, {});
}

/** As in Python a stop beyond the last image is the last image: no data set has more than this. */
const upToAnyData = ({ start, stop, step }: ImageRange): ImageRange => ({
  start,
  stop: stop === null ? null : Math.min(stop, MAX_IMAGES),
  step,
});

/** Returns the remark that a number alone needs. */
function aloneNote(images: string): string | null {
  const number = /^\s*(\d+)\s*$/.exec(images)?.[1];
  if (number === undefined || number === '0') return null;
  return `--images ${number} is image ${number} alone; the first ${number} are --images 0:${number}.`;
}

/** Without leading zeros, so that equal seeds are equal texts; other texts stay as they are, and are refused. */
const plainSeed = (text: string): string => (/^\d{1,20}$/.test(text) ? BigInt(text).toString() : text);

function stoppingRule(flags: JobFlags): StoppingRule {
  const { stop: kind, minGain, n0, keepCounts, radii, totalSamples } = flags;
  if (kind !== 'gain' && kind !== 'two-stage') {
    refuseWithout('--min-gain', minGain, '--stop gain or --stop two-stage');
  }
  if (kind !== 'fixed') {
    refuseWithout('--n0', n0, '--stop fixed');
    if (keepCounts) refuseWithout('--keep-counts', '', '--stop fixed');
  }
  if (kind !== 'target') refuseWithout('--radii', radii, '--stop target');
  if (kind !== 'budget') refuseWithout('--total-samples', totalSamples, '--stop budget');
  switch (kind) {
    case 'gain':
    case 'two-stage':
      return { kind, minGain: minGain === undefined ? SPEC_DEFAULTS.minGain : minGainOf(minGain) };
    case 'target':
      return { kind, radii: radii === undefined ? [] : partsOf(radii) };
    case 'fixed':
      return {
        kind,
        selection: n0 === undefined ? SPEC_DEFAULTS.selection : numberOf(n0),
        ...(keepCounts ? { keepCounts: true } : {}),
      };
    case 'budget':
      return { kind, totalSamples: numberOf(totalSamples ?? '') };
    case 'predict':
      return { kind };
  }
}

function minGainOf(text: string): number {
  const names = Object.keys(MIN_GAIN_NAMES) as (keyof typeof MIN_GAIN_NAMES)[];
  return /^[a-z]/i.test(text) ? MIN_GAIN_NAMES[parseChoice('--min-gain', text, names)] : numberOf(text);
}

function refuseWithout(flag: string, given: string | undefined, needed: string): void {
  if (given === undefined) return;
  throw optionError(`${flag} has no meaning without ${needed}.`, `Leave ${flag} out, or add ${needed}.`);
}

function normalisationOf({ inputScale, mean, std }: JobFlags): Normalisation {
  const numbersOf = (text: string) => partsOf(text).map(numberOf);
  return {
    inputScale: numberOf(inputScale),
    mean: mean === undefined ? [0] : numbersOf(mean),
    std: std === undefined ? [1] : numbersOf(std),
  };
}
