import { describe, expect, it } from 'vitest';

import type { CompiledBound } from './bounds/bound.js';
import { compileBound } from './bounds/bounds.js';
import { gaussian } from './noises/gaussian.js';
import { upperTailQuantile } from './normal.js';
import { clopperPearsonDelta } from './bounds/clopper-pearson.js';
import { plannedLength, stageLengths } from './two-stage.js';

const ALPHA = 0.001;
const bound = compileBound({ bound: 'clopper-pearson', alpha: ALPHA, looks: [64, 100_000] }, gaussian);

describe('the lengths of a second stage', () => {
  it('grow by a tenth, rounded up, and end with all that is left', () => {
    expect(stageLengths(100)).toEqual([
      16, 18, 20, 22, 25, 28, 31, 35, 39, 43, 48, 53, 59, 65, 72, 80, 88, 97, 100,
    ]);
    expect(stageLengths(88).slice(-2)).toEqual([80, 88]);
    const lengths = stageLengths(99_936);
    expect(lengths.at(-1)).toBe(99_936);
    for (const [k, n] of lengths.slice(0, -2).entries()) expect(lengths[k + 1]).toBe(n + Math.ceil(n / 10));
  });

  it('are one where little is left', () => {
    expect(stageLengths(17)).toEqual([16, 17]);
    expect(stageLengths(16)).toEqual([16]);
    expect(stageLengths(1)).toEqual([1]);
  });
});

describe('the planned length', () => {
  const lengths = stageLengths(99_936);

  it('is the one of most value, the definition written out', () => {
    for (const minGain of [0, 0.01, 0.02, 0.1, 1]) {
      for (const failures of [0, 1, 2, 5, 13, 25, 31, 32, 64]) {
        const values = lengths.map((n) => {
          const delta = clopperPearsonDelta(Math.floor((n * failures) / 64 + 0.5), n, ALPHA);
          const z = delta < 0.5 ? Math.floor(upperTailQuantile(delta) * 1e6) / 1e6 : 0;
          return z - (minGain / 1000) * n;
        });
        const best = Math.max(...values);
        const expected = best > 0 ? lengths[values.indexOf(best)] : 0;
        expect(plannedLength(bound, lengths, minGain, failures)).toBe(expected);
      }
    }
  });

  it('falls with the price, and is 0 where nothing is worth it', () => {
    const at = (minGain: number) => plannedLength(bound, lengths, minGain, 0);
    const planned = [0, 0.01, 0.02, 0.1, 10, 1000].map(at);
    expect(planned[0]).toBe(99_936);
    expect(planned).toEqual([...planned].sort((a, b) => b - a));
    expect(planned[2]).toBeGreaterThan(5000);
    expect(planned.at(-1)).toBe(0);
    expect(plannedLength(bound, lengths, 0.02, 40)).toBe(0);
  });

  it('is the fewest of those of equal value', () => {
    const flat: CompiledBound = { certify: () => ({ deltaUpper: 0.1, z: 1 }) };
    expect(plannedLength(flat, lengths, 0, 0)).toBe(16);
  });
});
