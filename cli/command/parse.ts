import { closest, distance } from 'fastest-levenshtein';
import type { ImageRange } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';

/** A wrong flag or value, in one sentence and what to write instead. */
export function optionError(message: string, remedy: string): SmoothcertError {
  return new SmoothcertError('OPTION_INVALID', message, remedy);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export interface Range {
  readonly above?: number;
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/**
 * Parses a decimal number and checks its range. @param command whose help says more.
 * @throws OPTION_INVALID naming the flag, the value and the range
 */
export function parseNumber(
  flag: string,
  text: string,
  range: Range,
  unit = '',
  command = 'certify',
): number {
  const value = NUMBER.test(text.trim()) ? Number(text) : NaN;
  const { above = -Infinity, least = -Infinity, most = Infinity, whole = false } = range;
  const fits = value > above && value >= least && value <= most && Number.isFinite(value);
  if (fits && (!whole || Number.isSafeInteger(value))) return value;
  throw optionError(
    `${flag} ${text} is not ${describeRange(range)}${unit}.`,
    `See smoothcert ${command} --help.`,
  );
}

function describeRange({ above, least, most, whole }: Range): string {
  const kind = whole ? 'a whole number' : 'a number';
  const low = above !== undefined ? ` above ${above}` : least !== undefined ? ` of at least ${least}` : '';
  const high = most === undefined ? '' : `${low ? ' and' : ''} of at most ${most}`;
  return kind + low + high;
}

/** Parses a comma-separated list of numbers. */
export function parseNumbers(flag: string, text: string, range: Range): number[] {
  return text.split(',').map((part) => parseNumber(flag, part.trim(), range));
}

/** One of a few words. @throws OPTION_INVALID with the nearest word, or all of them */
export function parseChoice<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found) return found;
  const nearest = closest(text.toLowerCase(), [...choices]);
  const hint = distance(text.toLowerCase(), nearest) <= 3 ? `Did you mean ${nearest}? ` : '';
  throw optionError(`${flag} ${text} is not a choice.`, `${hint}Choose one of: ${choices.join(', ')}.`);
}

const SEED_LIMIT = 2n ** 64n;

/** A seed: decimal, 0 to 2^64 − 1. */
export function parseSeed(text: string): string {
  if (/^\d{1,20}$/.test(text) && BigInt(text) < SEED_LIMIT) return BigInt(text).toString();
  throw optionError(
    `--seed ${text} is not a whole number from 0 to 2^64 − 1.`,
    'Leave it out to have one drawn at random, as you should unless you redraw an earlier job.',
  );
}

/** start:stop:step as in Python; every part may be left out. */
export function parseImages(text: string): ImageRange {
  const match = /^(\d*)(?::(\d*))?(?::(\d*))?$/.exec(text.trim());
  const wrong = optionError(
    `--images ${text} is not start:stop:step.`,
    'Write for example 0:1000 for the first thousand or ::10 for every tenth image.',
  );
  if (!match || text.trim() === '') throw wrong;
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
  if (range.step < 1 || (range.stop !== null && range.stop <= range.start)) throw wrong;
  return range;
}
