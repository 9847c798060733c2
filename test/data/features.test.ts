import { describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { importDataSet } from '../../input/convert.js';
import type { LatticeOptions } from '../../input/lattice/choose-lattice.js';
import { DataSetFile } from '../../shared/dataset/data-set-file.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { folderOfEachTest } from '../support/temporary-folder.js';
import { expectRefusal, fixture } from './support.js';

const folder = folderOfEachTest();

/** Imports numbers, of one dimension each, as features. */
async function importNumbers(numbers: readonly number[], noiseScale: number | null) {
  const data = folder.file('x.npy');
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${numbers.length}, 1), }`;
  const start = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header.padEnd(117)}\n`, 'latin1');
  writeFileSync(data, Buffer.concat([start, Buffer.from(Float64Array.from(numbers).buffer)]));
  return importFeatures(data, noiseScale);
}

function importFeatures(data: string, noiseScale: number | null) {
  const lattice: LatticeOptions = { features: true, noiseScale };
  return importDataSet({ data, into: folder.file('canonical'), lattice });
}

/** All values that were stored, as numbers. */
async function valuesOf(count: number): Promise<number[]> {
  const reader = await DataSetReader.open(folder.file('canonical'));
  try {
    const { numerator, denominator } = reader.step;
    const values: number[] = [];
    for (let image = 0; image < count; image += 1)
      for (const point of await reader.readValues(image)) values.push((point * numerator) / denominator);
    return values;
  } finally {
    await reader.close();
  }
}

const step = (numerator: number, denominator: number) => ({ numerator, denominator });

describe('with --features', () => {
  it.each<[number[], number, ReturnType<typeof step>]>([
    [[3, -17, 250_000], 8, step(1, 1)],
    [[0.1, 0.7, -12.3], 0.5, step(1, 10)],
    [[0, 1], 0.25, step(1, 1)],
  ])('numbers %j lie on their smallest common lattice, exactly', async (numbers, scale, expected) => {
    const { lattice } = await importNumbers(numbers, scale);
    expect(lattice).toEqual({ step: expected, rounding: { largest: 0, mean: 0 } });
    (await valuesOf(numbers.length)).forEach((value, at) => {
      expect(value).toBeCloseTo(numbers[at]!, 6);
    });
  });

  it.each<[number, ReturnType<typeof step>]>([
    [1, step(1, 64)],
    [0.999, step(1, 128)],
    [0.25, step(1, 256)],
    [100, step(1, 1)],
    [129, step(2, 1)],
  ])(
    'other numbers are rounded to a power of two of at most 1/64 of the scale %d',
    async (scale, expected) => {
      const numbers = [Math.PI, -Math.E, 1e4 * Math.SQRT2];
      const { lattice } = await importNumbers(numbers, scale);
      expect(lattice.step).toEqual(expected);
      const size = expected.numerator / expected.denominator;
      const values = await valuesOf(3);
      const moved = values.map((value, at) => Math.abs(value - numbers[at]!));
      for (const value of values) expect(Number.isInteger(value / size)).toBe(true);
      expect(lattice.rounding.largest).toBe(Math.max(...moved));
      expect(lattice.rounding.mean).toBeCloseTo((moved[0]! + moved[1]! + moved[2]!) / 3, 12);
      expect(lattice.rounding.largest).toBeLessThanOrEqual(size / 2);
    },
  );

  it('says in the header what was rounded, and to what', async () => {
    const { lattice } = await importNumbers([Math.PI, Math.E], 1);
    const file = await DataSetFile.open(folder.file('canonical'));
    await file.close();
    expect(file.header.lattice).toEqual(lattice);
  });

  it('takes a coarser lattice where the noise would spread over too many points of the common one', async () => {
    const { lattice } = await importNumbers([0.1, 0.7, 1e6], 10_000);
    expect(lattice.step).toEqual(step(128, 1));
  });

  it('takes numbers of any type and of eight axes', async () => {
    const { lattice, imageShape } = await importFeatures(fixture('npz/int64.npy'), 0.5);
    expect([lattice.step, imageShape]).toEqual([step(1, 1), [2, 4, 5]]);
    await importFeatures(fixture('npz/bool.npy'), 0.5);
    expect(new Set(await valuesOf(3))).toEqual(new Set([0, 1]));
    await importFeatures(fixture('npz/uint8.npy'), 0.5);
    expect(Math.max(...(await valuesOf(3)))).toBeGreaterThan(200);
  });

  it('moves no value without saying so, however large it is', async () => {
    const numbers = [1_700_000_065.5, 1_700_000_129, 1_700_000_000.25];
    expect((await importNumbers(numbers, 100)).lattice).toEqual({
      step: step(1, 1),
      rounding: { largest: 0.5, mean: 0.25 },
    });
    expect((await importNumbers([16_777_217, 3], 8)).lattice.rounding.largest).toBe(0);
    expect(await valuesOf(2)).toEqual([16_777_217, 3]);
  });

  it('needs the scale only where the lattice depends on it', async () => {
    await importNumbers([1, 2], null);
    await expectRefusal(
      importNumbers([Math.PI, Math.E], null),
      'OPTION_INVALID',
      'These features lie on no common lattice, so how fine theirs must be depends on the noise.',
    );
  });

  it('refuses what is no number and what is too far out', async () => {
    const name = folder.file('x.npy');
    const refuses = (numbers: number[], sentence: string, scale = 1) =>
      expectRefusal(importNumbers(numbers, scale), 'DATA_RANGE', sentence, `${folder.path}/`);
    await refuses([1, NaN], 'The value at index [1, 0] of x.npy is NaN.');
    await refuses(
      [1, 1e300],
      'x.npy has a value as large as 1e+300, which is too many steps of 1/64, the lattice for noise of this scale.',
    );
    await refuses(
      [Math.PI, 2 ** 31],
      'x.npy has a value as large as 2147483648, which is too many steps of 1/64, the lattice for noise of this scale.',
    );
    expect(name).toContain('x.npy');
  });

  it('refuses whatever can only be pixels', async () => {
    const pictures = fixture('images');
    await expectRefusal(
      importFeatures(pictures, 1),
      'OPTION_INVALID',
      `--features is for arrays of numbers, and ${pictures} is none that is read.`,
    );
  });
});
