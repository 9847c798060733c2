import { describe, expect, it } from 'vitest';
import { ONE, floorOf, fractionOf, fractionOfNumber, toDouble, unitsOf } from '../arithmetic/fixed-point.js';
import { binomialSum, binomialTerm } from './binomial-sum.js';
import { lookShares } from './look-shares.js';
import { mixtureReaches, wealthOf, wealthOfLevel } from './mixture-sum.js';
import { deltaOfRadius, drawnError, inScales } from './noise-tail.js';
import { SpendingLimits } from './spending-limits.js';

const units = (decimal: string): bigint => floorOf(fractionOf(decimal)!);

/** Reference values: mpmath, 60 digits, by direct sums and by quadrature. */
describe('binomial sums', () => {
  it.each([
    [100, '0.1', 3, 0.007836487121184399],
    [1000, '0.03', 10, 0.00001812991346796455],
    [100_000, '0.5', 49_500, 0.0007911799394257978],
    [300_000, '0.001', 220, 7.505276378826849e-7],
  ])('of n = %d, δ = %s and %d failures hold the reference', (n, delta, f, reference) => {
    const { lower, upper } = binomialSum({ n, rate: units(delta) }, f)!;
    expect(toDouble(lower) / reference).toBeCloseTo(1, 13);
    expect(upper >= lower && upper - lower <= (lower >> 50n) + 2n).toBe(true);
  });

  it('have terms of the reference, and none from the mean on', () => {
    const term = binomialTerm({ n: 1_000_000, rate: units('0.4') }, 400_000);
    expect(toDouble(term)).toBeCloseTo(0.0008143373049436049, 15);
    expect(binomialSum({ n: 100, rate: ONE / 10n }, 10)).toBeNull();
  });
});

describe('the mixture', () => {
  it.each([
    [100, 0, '0.08', 1304.896286322042],
    [99, 1, '0.12', 3329.127175848095],
    [90, 10, '0.25', 330.9032512736549],
    [12, 3, '0.5', 7.060873710537004],
  ])(
    'of %d successes, %d failures and δ = %s reaches the reference, and no more',
    (k, f, delta, reference) => {
      const reaches = (wealth: number) =>
        mixtureReaches(k, f, units(delta), wealthOfLevel(fractionOfNumber(1 / wealth)));
      expect(reaches(reference * (1 - 1e-12))).toBe(true);
      expect(reaches(reference * (1 + 1e-12))).toBe(false);
      expect(mixtureReaches(k, f, units(delta), wealthOf(ONE / 2n, ONE))).toBe(true);
    },
  );
});

describe('the tails of noises', () => {
  it('are 0 beyond what samples can prove', () => {
    const beyond = { numerator: 1000n, denominator: 1n };
    for (const kind of ['gaussian', 'laplace', 'uniform'] as const)
      expect(deltaOfRadius(kind, beyond)).toEqual({ lower: 0n, upper: 1n });
    expect(inScales(fractionOf('0.5')!, { scale: 0.25 })).toEqual({ numerator: 500n, denominator: 250n });
  });

  it('grow by the error of the sampler', () => {
    expect(drawnError(undefined)).toBe(0n);
    const lattice = { step: '1/255', ratio: '63.75', largest: 588, dimension: 3072 };
    expect(toDouble(drawnError(lattice))).toBeCloseTo((3072 * 1177) / 2 ** 64, 25);
  });
});

describe('shares of looks', () => {
  const sharing = {
    looks: [64, 128, 256],
    alpha: 0.001,
    quantile: 3.09,
    nearest: { z: 0.002, delta: 0.4992 },
    kind: 'gaussian',
    matchedGain: 0.02,
  } as const;
  const sum = (shares: readonly number[]) => shares.reduce((a, b) => a + b, 0);

  it.each([
    sharing,
    { ...sharing, matchedGain: null },
    { ...sharing, matchedGain: 0 },
    { ...sharing, matchedGain: 1e9 },
    { ...sharing, kind: 'laplace' as const },
    { ...sharing, kind: 'uniform' as const },
  ])('add up to 1 and none is 0 (%j)', (one) => {
    for (const tested of [
      { z: 1, delta: 0.1587 },
      { z: 0, delta: 0.5 },
    ]) {
      const shares = lookShares(one, tested);
      expect(sum(shares)).toBeCloseTo(1, 14);
      expect(Math.min(...shares)).toBeGreaterThan(0.03);
    }
  });
});

describe('the table of spending', () => {
  const looks = [4, 9, 20];
  const level = 0.05;

  /** Returns the limits of a null from its definition, every probability added up in doubles. */
  function rowOf(delta: number): number[] {
    let budget = 0;
    return looks.map((n) => {
      budget += level / looks.length;
      let [count, sum] = [-1, 0];
      for (let f = 0, term = (1 - delta) ** n; f <= n; f++) {
        if (sum + term > budget * (1 - 1e-9)) break;
        [count, sum] = [f, sum + term];
        term *= ((n - f) * delta) / ((f + 1) * (1 - delta));
      }
      budget -= sum;
      return count;
    });
  }

  const limits = (deltas: readonly number[], first = 0) =>
    new SpendingLimits({
      looks,
      first,
      levelOf: () => unitsOf(level),
      sharesOf: () => looks.map(() => 1 / looks.length),
      deltaAt: (i) => {
        const delta = deltas[i - first];
        return delta === undefined ? null : { lower: unitsOf(delta), upper: unitsOf(delta) + 1n };
      },
    });

  it('is that of its definition, null by null, with the running minimum', () => {
    const deltas = [0.9, 0.7, 0.6, 0.62, 0.5, 0.4, 0.3, 0.2, 0.1];
    const found = limits(deltas, -2);
    let lowest = looks.map((n) => n);
    const rows = deltas.map((delta) => (lowest = lowest.map((one, k) => Math.min(one, rowOf(delta)[k]!))));
    looks.forEach((n, look) => {
      for (let f = 0; f <= n; f++) {
        const last = rows.findLastIndex((row) => row[look]! >= f);
        expect(found.certified(look, f)).toBe(last < 0 ? null : last - 2);
      }
    });
    expect(found.size).toBe(9);
    expect(found.nearTies).toBe(0);
  });

  it('counts limits that hang on the last bits of a share', () => {
    // P(Bin(4, ½) = 0) = 1/16 is the budget but for less than one part in 1e12.
    const exact = 1 / 16 / (1 - 1e-9);
    const near = new SpendingLimits({
      looks: [4],
      first: 0,
      levelOf: () => unitsOf(exact),
      sharesOf: () => [1],
      deltaAt: (i) => (i === 0 ? { lower: ONE / 2n, upper: ONE / 2n } : null),
    });
    expect(near.nearTies).toBe(1);
  });
});
