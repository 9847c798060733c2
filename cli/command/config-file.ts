import { readFile, stat } from 'node:fs/promises';
import type { Command, Option } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { parse, stringify } from 'yaml';
import { optionError } from './parse.js';

/** Flags that a configuration file cannot hold: they are about the file, or about one call. */
const NOT_IN_FILES = new Set(['config', 'printConfig', 'help']);

/** More is no list of flags. */
export const LARGEST_CONFIG = 32 * 1024;
/** Values are numbers, texts and lists of them. The parser of YAML takes a call of itself for each level, and thousands end the process. */
const DEEPEST = 16;

/** The name of a flag as a file and the command line spell it, without the dashes: `max-samples`. */
const keyOf = (option: Option): string => option.long!.slice(2);

const optionsOf = (command: Command): Option[] =>
  command.options.filter((option) => !NOT_IN_FILES.has(option.attributeName()));

/**
 * Fills in from a YAML or JSON file what neither the command line nor the environment gave. Its keys are the flags'
 * names; lists may be written as lists. @throws OPTION_INVALID for an unreadable file, an unknown key or a wrong value
 */
export async function applyConfigFile(command: Command, file: string): Promise<void> {
  const options = optionsOf(command);
  for (const [key, value] of Object.entries(await readConfig(file))) {
    const option = options.find((o) => keyOf(o) === key);
    if (!option) throw unknownKey(file, key, options.filter(({ hidden }) => !hidden).map(keyOf));
    const name = option.attributeName();
    const source = command.getOptionValueSource(name);
    if (source !== undefined && source !== 'default') continue;
    command.setOptionValueWithSource(name, valueOf(file, key, option, value), 'config');
  }
}

/** The values in force, as a file that `--config` takes: every flag that has one. */
export function printConfig(command: Command): string {
  const values = optionsOf(command).flatMap((option) => {
    const value: unknown = command.getOptionValue(option.attributeName());
    // A flag --no-… is true where it is not given, and its name says the opposite of its value.
    if (option.negate) return value === false ? [[keyOf(option), true]] : [];
    return value === undefined ? [] : [[keyOf(option), value]];
  });
  return stringify(Object.fromEntries(values));
}

async function readConfig(file: string): Promise<Record<string, unknown>> {
  const remedy = 'Write one flag a line, for example: sigma: 0.25';
  const unreadable = (error: unknown) => {
    throw optionError(
      `--config ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? ''}).`,
      remedy,
    );
  };
  const { size } = await stat(file).catch(unreadable);
  if (size > LARGEST_CONFIG)
    throw optionError(`--config ${file} has more than ${LARGEST_CONFIG} bytes.`, remedy);
  const text = await readFile(file, 'utf8').catch(unreadable);
  if (isDeep(text)) throw optionError(`--config ${file} is nested too deeply.`, remedy);
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 0, intAsBigInt: true, logLevel: 'error' });
  } catch (error) {
    const words = error instanceof Error ? error.message.split('\n')[0]!.replace(/:$/, '').slice(0, 200) : '';
    throw optionError(`--config ${file} is neither YAML nor JSON: ${words}.`, remedy);
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Record<string, unknown>;
  }
  throw optionError(`--config ${file} does not hold names and values.`, remedy);
}

/** Returns true if a parser might meet more than DEEPEST levels: by brackets, by list marks in a row, or by indentation. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) return true;
  }
  const marks = new RegExp(`^\\s*(?:[-?:]\\s+){${DEEPEST},}`, 'm');
  return marks.test(text) || new RegExp(`^\\s{${4 * DEEPEST},}\\S`, 'm').test(text);
}

/** Returns the value as the command line would have held it: text, or true for a flag without a value. */
function valueOf(file: string, key: string, option: Option, value: unknown): string | boolean {
  if (option.isBoolean() || option.negate) {
    if (typeof value === 'boolean') return value !== option.negate;
    throw optionError(`${key} in ${file} is not true or false.`, `Write ${key}: true or leave it out.`);
  }
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (items.length > 0 && items.every((item) => ['string', 'number', 'bigint'].includes(typeof item))) {
    return items.join(',');
  }
  throw optionError(
    `${key} in ${file} is not a number, a text or a list of them.`,
    `Write it as on the command line: ${key}: …`,
  );
}

function unknownKey(file: string, key: string, known: string[]) {
  const nearest = closest(key, known);
  const hint = distance(key, nearest) <= 3 ? `Did you mean ${nearest}? ` : '';
  return optionError(`${file} has an unknown key ${key}.`, `${hint}Keys are the names of the flags.`);
}
