import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction, powerOfTwo } from '../../shared/dataset/fraction.js';
import { NOISE_KINDS } from '../../shared/job.js';
import { fitsNoise, latticeOf } from './lattice.js';
import { thresholdsOf } from './thresholds.js';

const kinds = fc.constantFrom(...NOISE_KINDS);

describe('the lattice of noise', () => {
  it.each<[number, number, string, string, number]>([
    [255, 0.25, '1/255', '63.75', 1],
    [255, 0.12, '1/510', '61.2', 2],
    [255, 0.5, '1/255', '127.5', 1],
    [255, 1, '1/255', '255', 1],
    [1, 0.25, '1/128', '32', 128],
    [1, 1e-7, '1/536870912', '53.6870912', 2 ** 29],
    [4080, 0.25, '1/4080', '1020', 1],
    [10, 0.17677669529663687, '1/320', '56.5685424949237984', 32],
  ])('of data in steps of 1/%d at scale %d has steps of %s', (m, scale, step, ratio, refinement) => {
    const found = latticeOf(fraction(1, m), 'gaussian', scale, 10);
    expect(found.lattice).toMatchObject({ step, ratio, dimension: 10 });
    expect(found.refinement).toBe(refinement);
  });

  it('of data in steps above 1 has an exact ratio, too', () => {
    expect(latticeOf(powerOfTwo(4), 'gaussian', 1_000.5, 3).lattice).toMatchObject({
      step: '16',
      ratio: '62.53125',
    });
  });

  it('is the coarsest that has at least 32 steps a scale, contains the data, and says how far the noise goes', () => {
    const scales = fc.double({ min: 1e-3, max: 16, noNaN: true });
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 300 }), scales, (kind, m, scale) => {
        const { lattice, refinement, stepSize } = latticeOf(fraction(1, m), kind, scale, 5);
        const ratio = Number(lattice.ratio);
        expect(ratio).toBeCloseTo(scale / stepSize, 6);
        expect(ratio).toBeGreaterThanOrEqual(32);
        if (refinement > 1) expect(ratio).toBeLessThan(64);
        expect(Number.isInteger(Math.log2(refinement))).toBe(true);
        const [above, below] = lattice.step.split('/').map(BigInt) as [bigint, bigint];
        expect(above * BigInt(m * refinement)).toBe(below);
        expect(lattice.largest).toBe(thresholdsOf(kind, lattice.ratio).largest);
      }),
      { numRuns: 20 },
    );
  });

  it('is known to belong to a noise, and no other one is', () => {
    const noise = { kind: 'gaussian', scale: 0.25 } as const;
    const { lattice } = latticeOf(fraction(1, 255), 'gaussian', 0.25, 10);
    const fits = (change: Partial<typeof lattice>) =>
      fitsNoise({ ...noise, lattice: { ...lattice, ...change } });
    expect([fitsNoise(noise), fits({}), fits({ dimension: 11 })]).toEqual([true, true, true]);
    expect([fits({ largest: 587 }), fits({ largest: 589 }), fits({ ratio: '63.5' })]).toEqual([
      false,
      false,
      false,
    ]);
    expect([fits({ step: '1/510' }), fits({ step: '3/765' }), fits({ step: '3/2' })]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('refuses noise that spreads over too many steps, or over less than one of the finest', () => {
    expect(() => latticeOf(fraction(1, 4080), 'gaussian', 4.1, 5)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message:
          'Noise of scale 4.1 spreads over too many steps of 1/4080, on which the data lie: its scale may be at most 16384 of them.',
      }),
    );
    expect(() => latticeOf(fraction(1, 1), 'gaussian', 1e22, 5)).toThrow('spreads over too many steps');
    for (const scale of [1e-11, 5e-324]) {
      expect(() => latticeOf(fraction(1, 255), 'gaussian', scale, 5)).toThrow(
        expect.objectContaining({
          code: 'OPTION_INVALID',
          message: `Noise of scale ${scale} is too small beside the steps of 1/255 on which the data lie.`,
        }),
      );
    }
  });
});
