import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedLines } from './hanging-lines.js';

const DIGEST = 'a1'.repeat(32);

describe('lines with names', () => {
  const rows = [
    ['model', `net.onnx, ${DIGEST}`],
    ['numeric class', 'cpu and some words that are too many for a line'],
  ] as const;

  it('are a line a pair where the columns are not known', () => {
    expect(namedLines(rows, Infinity)).toBe(
      `  model          net.onnx, ${DIGEST}\n  numeric class  cpu and some words that are too many for a line\n`,
    );
  });

  it('go on below the text, and a digest that has no room there is whole on a line of its own', () => {
    expect(namedLines(rows, 70)).toBe(
      `  model          net.onnx,\n    ${DIGEST}\n  numeric class  cpu and some words that are too many for a line\n`,
    );
    expect(namedLines([rows[1]], 50)).toBe(
      '  numeric class  cpu and some words that are too\n                 many for a line\n',
    );
  });

  it('keep every word, in order, and no line is wider than the columns if no word is', () => {
    const word = fc.stringMatching(/^[a-z0-9,.]{1,12}$/);
    const pair = fc.tuple(word, fc.array(word, { minLength: 1, maxLength: 20 }));
    fc.assert(
      fc.property(
        fc.array(pair, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 30, max: 120 }),
        (pairs, columns) => {
          const text = namedLines(
            pairs.map(([name, words]) => [name, words.join(' ')] as const),
            columns,
          );
          expect(text.trim().split(/\s+/)).toEqual(pairs.flatMap(([name, words]) => [name, ...words]));
          for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
