import { closest, distance } from 'fastest-levenshtein';
import { flagName, type Flag } from '../cli/command/flag.js';
import { optionError } from '../cli/command/parse.js';

/** Options by the names of their flags: numbers, texts, lists of them, and true or false. */
export type Options = Readonly<Record<string, unknown>>;

/** Flags that say how a command prints: the library prints nothing. */
export const NOT_IN_LIBRARY: ReadonlySet<string> = new Set(['printConfig', 'json', 'jsonLines', 'quiet']);

/** Returns the names of the options that a command has in the library; hidden ones are taken, to be refused with their reason. */
export const optionNames = (flags: Readonly<Record<string, Flag>>): string[] =>
  Object.keys(flags).filter((name) => !NOT_IN_LIBRARY.has(name));

/**
 * Returns options as they are typed behind a command. @param flags of the command, by name
 * @throws OPTION_INVALID for an option that the command does not have, or a value that is none
 */
export function argumentsOf(
  command: string,
  flags: Readonly<Record<string, Flag>>,
  options: Options,
): string[] {
  const names = optionNames(flags);
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const flag = flags[name];
    if (flag === undefined || !names.includes(name)) throw unknown(command, name, flags, names);
    const long = flagName(name, flag);
    if (flag.argument === undefined) {
      if (typeof value !== 'boolean') throw notOfKind(command, name, 'true or false');
      return value === (flag.negated !== true) ? [long] : [];
    }
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (items.length === 0 || !items.every(isPlain)) throw notOfKind(command, name, KINDS);
    const texts = items.map(String);
    return flag.repeated ? texts.map((text) => `${long}=${text}`) : [`${long}=${texts.join(',')}`];
  });
}

const KINDS = 'a number, a text or a list of them';

const isPlain = (value: unknown): value is string | number | bigint =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';

const notOfKind = (command: string, name: string, kind: string) =>
  optionError(`The option ${name} of ${command} is not ${kind}.`, `Give ${kind}, or leave it out.`);

function unknown(
  command: string,
  name: string,
  flags: Readonly<Record<string, Flag>>,
  names: readonly string[],
) {
  const shown = names.filter((one) => flags[one]?.hidden !== true);
  const nearest = closest(name, shown);
  const isNear = distance(name.toLowerCase(), nearest.toLowerCase()) <= 3;
  const remedy = isNear ? `Did you mean ${nearest}?` : `Leave it out; its options are ${shown.join(', ')}.`;
  return optionError(`${command} has no option ${name}.`, remedy);
}
