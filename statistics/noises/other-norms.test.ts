import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Norm } from '../../shared/job.js';
import { otherNorms, type AnyNorm } from './other-norms.js';

const NORMS: Readonly<Record<AnyNorm, (x: readonly number[]) => number>> = {
  l1: (x) => x.reduce((sum, v) => sum + Math.abs(v), 0),
  l2: (x) => Math.hypot(...x),
  linf: (x) => Math.max(...x.map(Math.abs)),
};
const vectors = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 12 });

describe.each<[Norm, string[], string[]]>([
  ['l2', ['l1', 'linf'], ['1', '√3072']],
  ['l1', ['l2', 'linf'], ['√3072', '3072']],
])('a radius in %s', (norm, names, divisors) => {
  it('is worth so much in the other norms', () => {
    const found = otherNorms(norm, 3072);
    expect(found.map((one) => one.norm)).toEqual(names);
    expect(found.map((one) => one.divisor)).toEqual(divisors);
    for (const { divisor, factor } of found) {
      const exact = divisor.startsWith('√') ? 3072 ** -0.5 : 1 / Number(divisor);
      expect(factor).toBeLessThanOrEqual(exact);
      expect(factor).toBeGreaterThan(exact * (1 - 2e-12));
    }
    expect(otherNorms(norm, 1).map(({ factor }) => factor)).toEqual([1, 1]);
  });

  it('holds every perturbation that is smaller than what it is worth in another norm', () => {
    fc.assert(
      fc.property(vectors, (x) => {
        for (const other of otherNorms(norm, x.length)) {
          // Of norm R times the factor in the other norm: at most R in this one.
          const radius = NORMS[other.norm](x) / other.factor;
          expect(NORMS[norm](x)).toBeLessThanOrEqual(radius * (1 + 1e-13));
        }
      }),
    );
  });

  it.each([2, 3, 100, 3072])('is worth no more, with %i elements', (dimension) => {
    const worst: Readonly<Record<string, number[]>> = {
      l1: [1, ...new Array<number>(dimension - 1).fill(0)],
      l2: new Array<number>(dimension).fill(1),
      linf: new Array<number>(dimension).fill(1),
    };
    for (const other of otherNorms(norm, dimension)) {
      const x = worst[other.norm]!;
      expect((NORMS[other.norm](x) / other.factor) * (1 - 2e-12)).toBeLessThan(NORMS[norm](x));
    }
  });
});
