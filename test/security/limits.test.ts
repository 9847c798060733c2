import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';

/** docs/limits.md says what the code does. */

const ROW = /^\| ([^|]+?) +\| ([\d,.e]+) +\| `([^`]+)` `([^`]+)` +\| ([^|]+?) +\|$/gm;
const rows = [...readFileSync(path.join(ROOT, 'docs/limits.md'), 'utf8').matchAll(ROW)];

const WORDS: Readonly<Record<string, number>> = { HOUR_MS: 3_600_000 };

/** The number that a source gives a constant, or a field of an object. */
function valueIn(file: string, name: string): number {
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  const found = new RegExp(`\\b${name} ?[=:] ((?:[\\d_.e]+|HOUR_MS|\\*\\*?|<<|-| )+)`).exec(source);
  if (!found) throw new Error(`${file} has no number ${name}`);
  return differenceOf(found[1]!.trim());
}

/** Of what the sources write: 2 ** 31 - 1, 24 * HOUR_MS, 64 << 10. */
const differenceOf = (text: string): number =>
  text
    .split(' - ')
    .map(productOf)
    .reduce((a, b) => a - b);
const productOf = (text: string): number =>
  text
    .split(' * ')
    .map(powerOf)
    .reduce((a, b) => a * b);
function powerOf(text: string): number {
  const [base, exponent] = text
    .split(/ \*\* | << /)
    .map((one) => WORDS[one] ?? Number(one.replaceAll('_', '')));
  if (exponent === undefined) return base!;
  return text.includes('<<') ? base! * 2 ** exponent : base! ** exponent;
}

describe('the limits in the documents', () => {
  it.each(rows.map(([, what, number, file, name]) => [what!, number!, file!, name!]))(
    '%s: %s',
    (_, number, file, name) => {
      expect(valueIn(file, name)).toBe(Number(number.replaceAll(',', '')));
    },
  );

  it('are all read here', () => {
    const lines = readFileSync(path.join(ROOT, 'docs/limits.md'), 'utf8').match(
      /^\| .*`\w+(\/[\w.-]+)+` `/gm,
    );
    expect(rows.length).toBe(lines?.length);
    expect(rows.length).toBeGreaterThan(50);
  });
});
