import { InvalidArgumentError, Option } from 'commander';
import type { Range } from '../../shared/range.js';
import { optionError, parseChoice, parseNumber } from './parse.js';

/**
 * The declarations of flags: one object a flag. From it follow what commander parses, the types of the values that the
 * code of a verb receives, `--config`, `--print-config`, the variables SMOOTHCERT_*, and docs/configuration.md.
 */

/**
 * `job`: the flag is a part of the job, and another value for the same folder is refused. `run`: it says how this one
 * command runs and what it shows, and is free to change on resume.
 */
export type Decides = 'job' | 'run';

interface Described {
  /** For --help and docs/configuration.md; a default that is no value of the flag stands in it as "(default: …)". */
  readonly help: string;
  readonly decides: Decides;
  /** It may be set in the environment: by SMOOTHCERT_ and its own name, or by SMOOTHCERT_ and this text. */
  readonly env?: true | string;
  /** It is parsed, and not shown: so that it can be refused with a reason. */
  readonly hidden?: true;
}

/** A flag without a value: true where it is given. */
export interface SwitchFlag extends Described {
  readonly argument?: undefined;
  /** It is --no-…, and false where it is given. */
  readonly negated?: true;
}

/** A flag with a value. */
export interface ValueFlag extends Described {
  /** The value as --help shows it, for example "<file>". */
  readonly argument: string;
  readonly preset?: string;
  /** The command cannot do without it; a text says what to do where it is missing. */
  readonly needed?: true | string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** Values that it does not take; they are parsed, and not shown among the choices: so that they can be refused with a reason. */
  readonly refused?: readonly string[];
  /** Returns what to choose instead of a word that is no choice; null where it says nothing. */
  readonly instead?: (word: string) => string | null;
  /** Its value is a number of this range. */
  readonly number?: Range;
  /** It may be given several times, once a value. */
  readonly repeated?: true;
}

export type Flag = SwitchFlag | ValueFlag;

/** Flags by the names of their values (`maxSamples` is --max-samples), below one heading of --help. */
export interface FlagGroup {
  /** Null: below "Options:", which comes first. */
  readonly heading: string | null;
  readonly flags: Readonly<Record<string, Flag>>;
}

type Plain<F> = F extends { choices: readonly (infer Choice)[] }
  ? Choice | (F extends { refused: readonly (infer Refused)[] } ? Refused : never)
  : F extends { number: Range }
    ? number
    : string;
type Given<F> = F extends { repeated: true } ? readonly string[] : Plain<F>;

/** The type of a flag's value: undefined where it may be missing. */
export type ValueOf<F> = F extends { argument: string }
  ? F extends { preset: string } | { needed: true | string }
    ? Given<F>
    : Given<F> | undefined
  : boolean;

type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never;

/** The flags of several groups, by name. */
export type FlagsOf<G extends readonly FlagGroup[]> = Intersection<G[number]['flags']>;

/** The values of the flags of several groups, by name. */
export type ValuesOf<G extends readonly FlagGroup[]> = {
  readonly [Name in keyof FlagsOf<G>]: ValueOf<FlagsOf<G>[Name]>;
};

/** Returns `max-samples` of `maxSamples`. */
export const kebabOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Returns the flag as it is typed, for example --max-samples. */
export function flagName(name: string, flag: Flag): string {
  return `--${flag.argument === undefined && flag.negated ? 'no-' : ''}${kebabOf(name)}`;
}

/** An option of commander that knows its declaration. */
export class DeclaredOption extends Option {
  constructor(
    name: string,
    readonly flag: Flag,
  ) {
    const long = flagName(name, flag);
    super(flag.argument === undefined ? long : `${long} ${flag.argument}`, flag.help);
    if (flag.env !== undefined) this.env(`SMOOTHCERT_${flag.env === true ? variable(long) : flag.env}`);
    if (flag.hidden) this.hideHelp();
    if (flag.argument === undefined) return;
    if (flag.preset !== undefined) this.default(flag.preset);
    if (flag.repeated) this.argParser(gather);
  }
}

const variable = (long: string): string => long.slice(2).toUpperCase().replaceAll('-', '_');

function gather(value: string, before: readonly string[] | undefined): string[] {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return [...(before ?? []), value];
}

/**
 * Returns the value of a flag as its declaration types it, from what commander holds.
 * @param command whose help says more. @throws OPTION_INVALID for a value that is no choice or no number of the range
 */
export function typedValue(command: string, name: string, flag: Flag, held: unknown): unknown {
  if (flag.argument === undefined) return held === undefined ? flag.negated === true : held;
  if (typeof held !== 'string') return held;
  const long = flagName(name, flag);
  if (flag.refused?.includes(held)) return held;
  if (flag.choices) return parseChoice(long, held, flag.choices, flag.instead);
  return flag.number ? parseNumber(long, held, flag.number, command) : held;
}

/** @throws OPTION_INVALID naming every flag that the command cannot do without and that is missing, those of the job first */
export function refuseMissing(
  command: string,
  flags: Readonly<Record<string, Flag>>,
  held: Readonly<Record<string, unknown>>,
): void {
  const missing = Object.entries(flags).filter(
    ([name, flag]) => 'needed' in flag && held[name] === undefined,
  ) as [string, ValueFlag][];
  const [first] = missing;
  if (!first) return;
  const names = (decides: Decides) =>
    missing.filter(([, flag]) => flag.decides === decides).map(([name, flag]) => flagName(name, flag));
  const { needed } = first[1];
  throw optionError(
    `${command} needs ${[...names('job'), ...names('run')].join(', ')}.`,
    typeof needed === 'string' ? needed : `See smoothcert ${command} --help.`,
  );
}
