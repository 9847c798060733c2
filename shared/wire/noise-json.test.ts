import { describe, expect, it } from 'vitest';
import type { NoiseSpec } from '../job.js';
import { Check } from './check.js';
import { noiseOf } from './noise-json.js';

const lattice = { step: '1/510', ratio: '63.75', largest: 530, dimension: 3072 };
const noise = { kind: 'gaussian', scale: 0.125, generator: 'g', version: 1 };

function read(value: unknown): NoiseSpec {
  const check = new Check();
  const found = noiseOf(check, 'noise', value);
  check.refuseMessage('a noise');
  return found;
}

describe('the noise in the JSON of a job', () => {
  it('is read with a lattice, and without one', () => {
    expect(read(noise)).toEqual(noise);
    expect(Object.keys(read(noise))).not.toContain('lattice');
    expect(read({ ...noise, lattice })).toEqual({ ...noise, lattice });
  });

  it('of the lattice generator is not read without one', () => {
    expect(() => read({ ...noise, generator: 'philox4x32-10/lattice' })).toThrow('noise.lattice is missing');
  });

  it.each([
    ['step', '1'],
    ['step', '2'],
    ['step', '4/3'],
    ['step', `1/${'9'.repeat(38)}`],
    ['ratio', '32'],
    ['ratio', `33.${'3'.repeat(61)}`],
    ['ratio', '16384'],
    ['largest', 1],
    ['largest', 2 ** 31 - 1],
    ['dimension', 1],
    ['dimension', 2 ** 32 - 1],
  ])('takes the %s %s', (field, value) => {
    expect(read({ ...noise, lattice: { ...lattice, [field]: value } }).lattice).toMatchObject({
      [field]: value,
    });
  });

  it.each([
    ['step', ['', '0', '1/0', '0/1', '1/1', '2/4', '01', '1/010', '0.5', '-1', '1/2/3', ' 1', '1\n', 1]],
    ['step', [`1/${'9'.repeat(39)}`, null, undefined]],
    [
      'ratio',
      ['', '0', '31.9', '16384.5', '1e3', '-33', '.5', '33.', `33.${'3'.repeat(62)}`, 63.75, null, undefined],
    ],
    ['largest', [0, -1, 1.5, 2 ** 31, '530', null, undefined]],
    ['dimension', [0, -1, 1.5, 2 ** 32, '3072', null, undefined]],
  ])('refuses what no %s can be', (field, values) => {
    for (const value of values)
      expect(() => read({ ...noise, lattice: { ...lattice, [field]: value } }), String(value)).toThrow(
        expect.objectContaining({
          code: 'MESSAGE_MALFORMED',
          message: expect.stringContaining(`noise.lattice.${field}`) as string,
        }) as Error,
      );
  });

  it.each([
    ['is null', null],
    ['is undefined', undefined],
    ['is a text', '1/255'],
    ['is empty', {}],
    ['has one field more', { ...lattice, offset: '0' }],
  ])('refuses a lattice that %s', (_, value) => {
    expect(() => read({ ...noise, lattice: value })).toThrow(/noise\.lattice/);
  });

  it('refuses a noise with another field', () => {
    expect(() => read({ ...noise, grid: lattice })).toThrow(/has not exactly the fields/);
    expect(() => read({ ...noise, lattice, grid: 1 })).toThrow(/has not exactly the fields/);
  });
});
