import { describe, expect, it } from 'vitest';
import { parseCohenTable } from '../cohen/cohen-table.js';
import { suggestedScale, tableImages } from './table-population.js';

const NOISE = { kind: 'gaussian', scale: 0.5 } as const;
const rowsOf = (
  ...rows: readonly (readonly [label: number, predict: number, radius: string, correct: number])[]
) =>
  parseCohenTable(
    [
      'idx\tlabel\tpredict\tradius\tcorrect\ttime',
      ...rows.map((cells, i) => [i, ...cells, '1.0'].join('\t')),
    ].join('\n'),
  )!.rows;
const supposed = { n: 100_000, alpha: null };

// Radii by scipy 1.17: 0.5 · norm.isf(beta.ppf(1 − α, f + 1, n − f)), n = 100,000, three significant digits as Python prints them.
/** α = 0.001 and 0, 1, 100, 20,000 failures. */
const THOUSANDTH = ['1.91', '1.87', '1.5', '0.414'] as const;
/** α = 0.01 and 0, 1 failures. */
const HUNDREDTH = ['1.96', '1.91'] as const;

describe('images of a file in the form of certify.py', () => {
  it('have the middle of the failures that give their radius', () => {
    const rows = rowsOf(...THOUSANDTH.map((radius) => [1, 1, radius, 1] as const));
    const { images, alpha, tried, abstained } = tableImages(rows, NOISE, supposed);
    expect({ alpha, abstained }).toEqual({ alpha: 0.001, abstained: 0 });
    expect(tried[0]).toEqual({ alpha: 0.001, unexplained: 0 });
    const failures = images.map((image) => image.failures);
    expect(failures.slice(0, 2)).toEqual([0, 1]);
    // A unit of the last digit is so many failures wide.
    expect(Math.abs(failures[2]! - 100)).toBeLessThan(6);
    expect(Math.abs(failures[3]! - 20_000)).toBeLessThan(60);
    expect(images.every(({ n, right }) => n === 100_000 && right === true)).toBe(true);
  });

  it('have the level that explains most of them, found and not believed', () => {
    const rows = rowsOf(...HUNDREDTH.map((radius) => [1, 1, radius, 1] as const), [1, 2, '0.414', 0]);
    const found = tableImages(rows, NOISE, { ...supposed, alpha: 0.001 });
    expect(found.alpha).toBe(0.01);
    expect(found.tried.map(({ alpha }) => alpha)).toEqual(expect.arrayContaining([0.001, 0.01, 0.05]));
    expect(found.tried.find(({ alpha }) => alpha === 0.001)).toEqual({ alpha: 0.001, unexplained: 1 });
    expect(found.images.map(({ right }) => right)).toEqual([true, true, false]);
  });

  it('take rows that no failures explain for the nearest, and count them', () => {
    // Between the radii of 0 and 1 failures, 1.9056 and 1.8696; beyond that of none; and below that of any.
    const rows = rowsOf(
      [1, 1, '1.890000', 1],
      [1, 1, '1.880000', 1],
      [1, 1, '1.990000', 1],
      [1, 1, '0.000001', 1],
    );
    const { images, tried } = tableImages(rows, NOISE, { n: 100_000, alpha: 0.001 });
    expect(tried[0]!.unexplained).toBe(4);
    expect(images.slice(0, 3).map(({ failures }) => failures)).toEqual([0, 1, 0]);
    expect(images[3]!.failures).toBeGreaterThan(49_000);
  });

  it('that abstained are spread evenly over p from 0.3 to 0.5, and wrong', () => {
    const rows = rowsOf([1, -1, '0.0', 0], [1, 1, '1.91', 1], [1, -1, '0.0', 0]);
    const { images, abstained } = tableImages(rows, NOISE, supposed);
    expect(abstained).toBe(2);
    expect(images[0]!.failures / images[0]!.n).toBeCloseTo(0.55, 12);
    expect(images[2]!.failures / images[2]!.n).toBeCloseTo(0.65, 12);
    expect(images.map(({ right }) => right)).toEqual([false, true, false]);
  });

  it('have no label where the file has none, and no radius where it is 0', () => {
    const rows = rowsOf([-1, 4, '1.91', 0], [-1, -1, '0.0', 0], [2, 2, '0', 1]);
    const { images } = tableImages(rows, NOISE, supposed);
    expect(images.map(({ right }) => right)).toEqual([null, null, true]);
    expect(images[2]!.failures).toBe(50_000);
  });

  it('say nothing of a level where no row has a radius', () => {
    const found = tableImages(rowsOf([1, -1, '0.0', 0], [1, 1, '0.0', 1]), NOISE, supposed);
    expect(found).toMatchObject({ alpha: null, tried: [], abstained: 1 });
    expect(found.images[1]).toEqual({ failures: 50_000, n: 100_000, right: true });
  });
});

describe('the σ that a file was made with', () => {
  it.each([
    [0.5, '1.91', 100_000],
    [0.5, '1.96', 100_000],
    [0.25, '0.953', 100_000],
    [1, '2.46', 1_000],
  ])('is %d where the largest radius is %s of %d samples', (sigma, radius, n) => {
    expect(suggestedScale(rowsOf([1, 1, '0.1', 1], [1, 1, radius, 1]), n)).toBe(sigma);
  });

  it('is not told by radii that no usual one explains', () => {
    expect(suggestedScale(rowsOf([1, 1, '1.234567', 1]), 100_000)).toBeNull();
    expect(suggestedScale(rowsOf([1, -1, '0.0', 0]), 100_000)).toBeNull();
  });
});
