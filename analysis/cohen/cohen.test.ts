import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttainableRadii } from './attainable.js';
import { parseCohenTable, type CohenRow } from './cohen-table.js';
import { fitClaims } from './fit-claim.js';
import { digitsOf, unitOf } from './written-digits.js';

const HEADER = 'idx\tlabel\tpredict\tradius\tcorrect\ttime';
const table = (...rows: readonly string[]) => parseCohenTable([HEADER, ...rows, ''].join('\n'));

describe('a file in the form of certify.py', () => {
  it('is read row by row, with both ways of writing times', () => {
    const read = table(
      '0\t3\t3\t0.953\t1\t0:00:14.250000',
      '20\t8\t-1\t0.0\t0\t1 day, 1:00:00',
      '40\t-1\t5\t1e-05\tTrue\t14.28',
      '41\t-1\t5\t1\tFalse\tsoon',
    );
    expect(read).toEqual({
      rows: [
        { line: 2, index: 0, label: 3, predict: 3, radius: '0.953', correct: true, seconds: 14.25 },
        { line: 3, index: 20, label: 8, predict: -1, radius: '0.0', correct: false, seconds: 90_000 },
        { line: 4, index: 40, label: -1, predict: 5, radius: '1e-05', correct: true, seconds: 14.28 },
        { line: 5, index: 41, label: -1, predict: 5, radius: '1', correct: false, seconds: null },
      ],
      faults: [],
    });
  });

  it('may have names of files and classes, and no number where there is no label', () => {
    const named = `${HEADER}\tfile\tclass_name\n`;
    const read = parseCohenTable(`${named}0\t3\t3\t0.5\t1\t1\ta/1.png\tcat\n1\t-1\t-1\t0\tunknown\t1\t\t\n`)!;
    expect(read.faults).toEqual([]);
    expect(read.rows.map(({ correct }) => correct)).toEqual([true, null]);
    const cut = parseCohenTable(`${named}0\t3\t3\t0.5\t1\t1\n1\t3\t3\t0.5\tunknown\t1\ta\tb\n`)!;
    expect(cut.faults.map(({ reason }) => reason)).toEqual([
      'it has 6 cells and not 8',
      'its correct is unknown, and it has a label',
    ]);
  });

  it('may have the line ends and the mark of another system', () => {
    expect(parseCohenTable(`\uFEFF${HEADER}\r\n0\t3\t3\t0.5\t1\t1.0\r\n`)?.rows).toHaveLength(1);
  });

  it('is none with another header', () => {
    expect(parseCohenTable('idx\tlabel\tpredict\tcorrect\ttime\n')).toBeNull();
  });

  it.each([
    ['0\t3\t3\t0.5\t1', 'it has 5 cells and not 6'],
    ['x\t3\t3\t0.5\t1\t1', 'its idx is no whole number'],
    ['0\t-2\t3\t0.5\t1\t1', 'its label is no class'],
    ['0\t3\t1.5\t0.5\t1\t1', 'its predict is no class, nor −1'],
    ['0\t3\t3\t-0.5\t1\t1', 'its radius is no number of at least 0'],
    ['0\t3\t3\tnan\t1\t1', 'its radius is no number of at least 0'],
    ['0\t3\t3\t0.5\tyes\t1', 'its correct is neither 0 nor 1'],
  ])('has no row %j', (row, reason) => {
    expect(table(row)).toEqual({ rows: [], faults: [{ line: 2, reason }] });
  });
});

describe('the digits of a file', () => {
  it('are significant ones where large numbers have fewer decimals', () => {
    expect(digitsOf(['0.953', '1.23', '0.0123', '1.2'])).toEqual({ kind: 'significant', count: 3 });
  });

  it('are decimals where all numbers have as many', () => {
    expect(digitsOf(['0.953286', '1.230000', '0.012345'])).toEqual({ kind: 'decimals', count: 6 });
    expect(digitsOf(['0.95', '0.5'])).toEqual({ kind: 'decimals', count: 2 });
  });

  it('are read from exponents, too', () => {
    expect(digitsOf(['1.5e-05', '1.23'])).toEqual({ kind: 'significant', count: 3 });
    expect(digitsOf(['2e3', '1'])).toEqual({ kind: 'decimals', count: 0 });
  });

  it('say what the last one is worth', () => {
    expect(unitOf(0.0123, { kind: 'significant', count: 3 })).toBeCloseTo(0.0001, 12);
    expect(unitOf(1.23, { kind: 'significant', count: 3 })).toBeCloseTo(0.01, 12);
    expect(unitOf(0.0123, { kind: 'decimals', count: 3 })).toBeCloseTo(0.001, 12);
  });
});

describe('attainable radii', () => {
  const noise = { kind: 'gaussian', scale: 0.25 } as const;

  it('fall from the cap of unanimous votes to none', () => {
    const radii = new AttainableRadii(100_000, 0.001, noise);
    // σ · Φ⁻¹(α^(1/n)) = .25 · 3.811 (Cohen et al. print .953 for it).
    expect(radii.radius(0)).toBeCloseTo(0.95286, 4);
    expect(radii.radius(50_000)).toBe(0);
    expect(radii.within(0.952, 0.954)).toEqual({ least: 0, most: 0 });
    expect(radii.within(0.954, 1)).toBeNull();
  });

  it('are found again from any radius', () => {
    const radii = new AttainableRadii(1000, 0.01, noise);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 450 }), (failures) => {
        const radius = radii.radius(failures);
        expect(radii.within(radius, radius)).toEqual({ least: failures, most: failures });
      }),
    );
  });
});

describe('the claim of a file that does not say it', () => {
  const noise = { kind: 'gaussian', scale: 0.5 } as const;
  const alphas = [0.001, 0.01, 0.05];
  const supposed = alphas.map((alpha) => ({ n: 100_000, alpha }));
  /** A log of so many images, written as `write` writes a radius. */
  const log = (alpha: number, write: (radius: number) => string): readonly CohenRow[] => {
    const radii = new AttainableRadii(100_000, alpha, noise);
    const failures = [0, 0, 1, 2, 3, 5, 9, 17, 40, 111, 3000, 20_000];
    const rows = failures.map((f, i) => `${i}\t1\t1\t${write(radii.radius(f))}\t1\t0.5`);
    return table(...rows, '99\t1\t-1\t0.0\t0\t0.5')!.rows;
  };
  const python = (radius: number) => `${Number(radius.toPrecision(3))}`;
  const down = (radius: number) => (Math.floor(radius * 1e6) / 1e6).toFixed(6);

  it.each(alphas)('is found at α = %s, from three significant digits', (alpha) => {
    const [best, ...others] = fitClaims(log(alpha, python), noise, supposed);
    expect(best).toMatchObject({ alpha, n: 100_000, rounding: 'nearest', unexplained: 0 });
    for (const other of others.filter((fit) => fit.alpha !== alpha))
      expect(other.unexplained).toBeGreaterThan(0);
  });

  it('is found with rounding down, and the failures of every row with it', () => {
    const rows = log(0.01, down);
    const [best] = fitClaims(rows, noise, supposed);
    expect(best).toMatchObject({ alpha: 0.01, rounding: 'down', unexplained: 0 });
    expect(best!.explained.get(rows[3]!)).toEqual({ least: 2, most: 2 });
    expect(best!.explained.has(rows.at(-1)!)).toBe(false);
  });

  it('is none where no row has a radius', () => {
    expect(fitClaims(table('0\t1\t-1\t0.0\t0\t1')!.rows, noise, supposed)).toEqual([]);
  });
});
