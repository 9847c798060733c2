import { closest, distance } from 'fastest-levenshtein';
import { flagName } from '../cli/command/flag.js';
import { optionError } from '../cli/command/parse.js';
import type { Taken } from './taken.js';

/** Options by the names of their flags: numbers, texts, lists of them, and true or false. */
export type Options = Readonly<Record<string, unknown>>;

/**
 * Returns options as they are typed behind a command. An option that is undefined is not given.
 * @throws OPTION_INVALID for an option that is not taken, or a value that is none
 */
export function argumentsOf(taken: Taken, options: Options): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!Object.hasOwn(taken.flags, name)) throw unknown(taken, name);
    const flag = taken.flags[name]!;
    const long = flagName(name, flag);
    if (flag.argument === undefined) {
      if (typeof value !== 'boolean') throw notOfKind(taken, name, 'true or false');
      return value === (flag.negated !== true) ? [long] : [];
    }
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (items.length === 0 || !items.every(isPlain)) throw notOfKind(taken, name, KINDS);
    const texts = items.map(String);
    return flag.repeated ? texts.map((text) => `${long}=${text}`) : [`${long}=${texts.join(',')}`];
  });
}

const KINDS = 'a number, a text or a list of them';

const isPlain = (value: unknown): value is string | number | bigint =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';

const notOfKind = (taken: Taken, name: string, kind: string) =>
  optionError(`The option ${name} of ${taken.name} is not ${kind}.`, `Give ${kind}, or leave it out.`);

function unknown(taken: Taken, name: string) {
  const shown = shownOptions(taken);
  const nearest = closest(name, shown);
  const isNear = distance(name.toLowerCase(), nearest.toLowerCase()) <= 3;
  const remedy = isNear ? `Did you mean ${nearest}?` : `Leave it out; its options are ${shown.join(', ')}.`;
  return optionError(`${taken.name} has no option ${name}.`, remedy);
}

/** Returns the names of the options, but for those that are taken only to be refused. */
export const shownOptions = ({ flags }: Taken): string[] =>
  Object.keys(flags).filter((name) => flags[name]!.hidden !== true);
