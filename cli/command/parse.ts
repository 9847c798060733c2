import { closest, distance } from 'fastest-levenshtein';
import type { ImageRange } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';
import { describeRange, isWithin, type Range } from '../../shared/range.js';

/** Returns the error of a wrong flag or value: one sentence, and what to write instead. */
export function optionError(message: string, remedy: string): SmoothcertError {
  return new SmoothcertError('OPTION_INVALID', message, remedy);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Returns the number that a text writes in decimals; NaN if it writes none. */
export const numberOf = (text: string): number => (NUMBER.test(text.trim()) ? Number(text) : NaN);

/**
 * Parses a decimal number and checks its range. @param command whose help says more.
 * @throws OPTION_INVALID naming the flag, the value and the range
 */
export function parseNumber(flag: string, text: string, range: Range, command: string): number {
  const value = numberOf(text);
  if (isWithin(value, range)) return value;
  throw optionError(`${flag} ${text} is not ${describeRange(range)}.`, `See smoothcert ${command} --help.`);
}

/** Returns the parts of a comma-separated list. */
export const partsOf = (text: string): string[] => text.split(',').map((part) => part.trim());

/** Returns one of a few words. @param instead what to choose for a word that is none of them. @throws OPTION_INVALID with the nearest word, or all of them */
export function parseChoice<T extends string>(
  flag: string,
  text: string,
  choices: readonly T[],
  instead: (word: string) => string | null = () => null,
): T {
  const found = choices.find((choice) => choice === text);
  if (found) return found;
  const nearest = closest(text.toLowerCase(), [...choices]);
  const guess = distance(text.toLowerCase(), nearest) <= 3 ? `Did you mean ${nearest}? ` : '';
  const hint = instead(text) ?? guess;
  throw optionError(`${flag} ${text} is not a choice.`, `${hint}Choose one of: ${choices.join(', ')}.`);
}

/** Returns the error of --images that name no range, whatever is wrong with it. */
export const imagesError = (text: string): SmoothcertError =>
  optionError(
    `--images ${text} is not start:stop:step.`,
    'Write for example 0:1000 for the first thousand or ::10 for every tenth image.',
  );

/** Parses start:stop:step as in Python; every part may be left out. @throws OPTION_INVALID */
export function parseImages(text: string): ImageRange {
  const match = /^(\d*)(?::(\d*))?(?::(\d*))?$/.exec(text.trim());
  if (!match || text.trim() === '') throw imagesError(text);
  const [, start, stop, step] = match;
  if (stop === undefined) {
    const only = Number(start);
    return { start: only, stop: only + 1, step: 1 };
  }
  const range = {
    start: Number(start || 0),
    stop: stop === '' ? null : Number(stop),
    step: Number(step || 1),
  };
  if (range.step < 1 || (range.stop !== null && range.stop <= range.start)) throw imagesError(text);
  return range;
}
