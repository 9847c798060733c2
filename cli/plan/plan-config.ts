import { MAX_ALPHA, MAX_SAMPLES, MIN_ALPHA, isPlainDecimal } from '../../shared/job-limits.js';
import type { NoiseKind } from '../../shared/job.js';
import { isWithin, describeRange, type Range } from '../../shared/range.js';
import {
  PRIORS,
  PRIOR_NAMES,
  priorPopulation,
  type PriorParameters,
  type PriorWanted,
} from '../../analysis/populations/priors.js';
import { MIN_GAIN_NAMES } from '../certify/job-flags.js';
import { checkRadii } from '../certify/fault-words.js';
import type { ValuesOf } from '../command/flag.js';
import { numberOf, optionError, parseChoice, partsOf } from '../command/parse.js';
import type { PLAN_GROUPS } from './plan-flags.js';

export type PlanFlags = ValuesOf<typeof PLAN_GROUPS>;

/** Where the images of a plan come from. */
export type SourceWanted =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'prior'; readonly prior: PriorWanted }
  | { readonly kind: 'pilot' };

/** A certified accuracy that is asked for. */
export interface Reach {
  /** A plain decimal. */
  readonly radius: string;
  /** 0 to 1. */
  readonly share: number;
}

/** `plan`, checked. Null: not given. */
export interface PlanConfig {
  readonly source: SourceWanted;
  readonly sigma: number | null;
  readonly noise: NoiseKind;
  readonly tableSamples: number;
  /** Part of the radius that may be lost, 0 to 1. */
  readonly loss: number | null;
  readonly reach: readonly Reach[];
  readonly hours: number | null;
  readonly rate: number | null;
  readonly price: number | null;
  readonly count: number | null;
  readonly samples: readonly number[] | null;
  /** As they are typed. */
  readonly radii: readonly string[] | null;
  readonly alphas: readonly number[] | null;
  readonly selections: readonly number[];
  readonly prices: readonly number[];
  readonly out: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
  /** The flags, for the pilot. */
  readonly flags: PlanFlags;
}

const SAMPLES: Range = { least: 1, most: MAX_SAMPLES, whole: true };
const ALPHA: Range = { least: MIN_ALPHA, most: MAX_ALPHA };
const PRICE: Range = { above: 0, most: 1000 };
/** Loss that is asked about where nothing else is. */
const USUAL_LOSS = 0.05;
/** Rows of a plan may be so many: a list is typed by a person. */
export const MOST_VALUES = 64;

/** Checks the flags of `plan`. @throws OPTION_INVALID, one sentence */
export function planConfig(flags: PlanFlags): PlanConfig {
  const { sigma, noise, tableSamples, hours, rate, price, count, json, quiet } = flags;
  const source = sourceOf(flags);
  const reach = flags.reach === undefined ? [] : partsOf(flags.reach).map(reachOf);
  const asked = flags.loss !== undefined || reach.length > 0 || hours !== undefined;
  if (hours !== undefined && rate === undefined && source.kind !== 'pilot') {
    throw optionError(
      '--hours needs --rate: how many samples a second are drawn.',
      'Add --rate: smoothcert certify prints it in the line "time" of its summary, as samples/s.',
    );
  }
  const radii = flags.radii === undefined ? null : partsOf(flags.radii);
  if (radii !== null) checkRadii(radii);
  if (flags.out === '') throw optionError('--out is empty.', 'Name a folder for the plan.');
  return {
    source,
    sigma: sigma ?? null,
    noise,
    tableSamples,
    loss: flags.loss === undefined ? (asked ? null : USUAL_LOSS) : flags.loss / 100,
    reach,
    hours: hours ?? null,
    rate: rate ?? null,
    price: price ?? null,
    count: count ?? null,
    samples: listOf('--samples', flags.samples, SAMPLES),
    radii,
    alphas: listOf('--alpha', flags.alpha, ALPHA),
    selections: listOf('--n0', flags.n0, SAMPLES) ?? [],
    prices: flags.minGain === undefined ? Object.values(MIN_GAIN_NAMES) : partsOf(flags.minGain).map(priceOf),
    out: flags.out ?? (source.kind === 'pilot' ? 'plan' : null),
    json,
    quiet,
    flags,
  };
}

function sourceOf({ from, prior, pilot, model, data, sigma }: PlanFlags): SourceWanted {
  const given = [from !== undefined, prior !== undefined, pilot].filter((one) => one).length;
  if (given !== 1) {
    throw optionError(
      given === 0 ? 'plan does not know the images.' : 'plan takes one of --from, --prior and --pilot.',
      'Give --from with a folder of certificates; or --pilot with --model, --data and --sigma; or --prior, for example --prior uniform:beta=0.5.',
    );
  }
  if (from !== undefined) return { kind: 'files', paths: from };
  if (prior !== undefined) return { kind: 'prior', prior: priorOf(prior) };
  const missing = [
    model === undefined ? '--model' : null,
    data === undefined ? '--data' : null,
    sigma === undefined ? '--sigma' : null,
  ].filter((flag) => flag !== null);
  if (missing.length === 0) return { kind: 'pilot' };
  throw optionError(
    `--pilot needs ${missing.join(', ')}.`,
    `Add ${missing.join(', ')}, with the value${missing.length === 1 ? '' : 's'} that you will give smoothcert certify.`,
  );
}

/** Parses name:key=value,key=value. @throws OPTION_INVALID */
function priorOf(text: string): PriorWanted {
  const [name = '', rest] = text.split(/:(.*)/s);
  const parameters: Partial<Record<string, number>> = {};
  for (const part of rest === undefined ? [] : partsOf(rest)) {
    const match = /^([a-z]+)=(.+)$/.exec(part);
    if (!match) throw parameterError(text);
    const value = numberOf(match[2]!);
    parameters[match[1]!] = value;
  }
  const wanted = {
    name: parseChoice('--prior', name, PRIOR_NAMES),
    parameters: parameters as Partial<PriorParameters>,
  };
  // Built once to be refused here, before anything else is done.
  priorPopulation({ ...wanted, images: 1 }, { kind: 'gaussian', scale: 1 });
  return wanted;
}

function parameterError(text: string) {
  const [example] = PRIOR_NAMES;
  return optionError(
    `--prior ${text} is not a name with parameters.`,
    `Write for example --prior ${example}:${Object.entries(PRIORS[example!].usual)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')}.`,
  );
}

function reachOf(text: string): Reach {
  const [radius, share] = text.split(':').map(numberOf);
  const written = `${radius}`;
  if (isPlainDecimal(written) && isWithin(share, { above: 0, most: 1 })) return { radius: written, share };
  throw optionError(
    `--reach ${text} is not radius:share.`,
    'Write for example --reach 0.5:0.6 for 60 % at radius 0.5.',
  );
}

function priceOf(text: string): number {
  const names = Object.keys(MIN_GAIN_NAMES) as (keyof typeof MIN_GAIN_NAMES)[];
  if (/^[a-z]/i.test(text)) return MIN_GAIN_NAMES[parseChoice('--min-gain', text, names)];
  return checked('--min-gain', text, PRICE);
}

/** Returns the different numbers of a list, ascending; null if none is given. @throws OPTION_INVALID */
function listOf(flag: string, text: string | undefined, range: Range): number[] | null {
  if (text === undefined) return null;
  const parts = partsOf(text);
  if (parts.length > MOST_VALUES)
    throw optionError(`${flag} has more than ${MOST_VALUES} values.`, 'Give fewer.');
  return [...new Set(parts.map((part) => checked(flag, part, range)))].sort((a, b) => a - b);
}

function checked(flag: string, text: string, range: Range): number {
  const value = numberOf(text);
  if (isWithin(value, range)) return value;
  throw optionError(`${flag} ${text} is not ${describeRange(range)}.`, 'See smoothcert plan --help.');
}
