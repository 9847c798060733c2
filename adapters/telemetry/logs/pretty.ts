import type { Line } from './lines.js';

/** Formats a line for people: time, level, job, sentence, cause and remedy. Stack traces are indented, so that they do not look like lines. */
export function pretty({ level, message, fields, stack }: Line, time: Date): string {
  const { job, code, error, remedy, more, words } = fields;
  const below = [code, error].filter((part) => part !== undefined).join(': ');
  const text = [
    time.toISOString(),
    level,
    ...(job === undefined ? [] : [job]),
    message,
    ...(below === '' ? [] : [`(${below})`]),
    remedy,
    more === undefined ? undefined : `(and ${more} more like it within a minute)`,
    words,
  ];
  const first = text.filter((part) => part !== undefined).join(' ');
  return [first, ...(stack ?? []).map((line) => `    ${line}`)].map((line) => `${line}\n`).join('');
}
