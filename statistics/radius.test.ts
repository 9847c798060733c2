import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { gaussian } from './noises/gaussian.js';
import { upperTail, upperTailQuantile } from './normal.js';
import {
  certifiedRadius,
  printDown,
  printLowerProbability,
  printSignificantUp,
  printUp,
  publishedDelta,
} from './radius.js';

const deltas = fc.double({ min: 1e-300, max: 0.4999, noNaN: true });
const scales = fc.double({ min: 1e-3, max: 10, noNaN: true });
const radii = fc.double({ min: 0, max: 50, noNaN: true });
const digits = fc.integer({ min: 0, max: 10 });

describe('the certified radius', () => {
  it('is below that of the bound, by no more than rounding needs', () => {
    fc.assert(
      fc.property(deltas, scales, (delta, scale) => {
        const exact = scale * upperTailQuantile(delta);
        const radius = certifiedRadius(delta, 0, gaussian, scale)!;
        expect(radius).toBeLessThan(exact);
        expect(radius).toBeLessThan(scale * upperTailQuantile(publishedDelta(delta, 0)));
        expect(exact - radius).toBeLessThan(scale * 6e-8 + exact * 1e-11);
      }),
    );
  });

  it('is null where the bound does not prove a majority, and never infinite', () => {
    for (const delta of [0.5, 0.4999999999, 0.7, 1, 2, NaN, Infinity, 0, -0.1]) {
      expect(certifiedRadius(delta, 0, gaussian, 1)).toBeNull();
    }
    expect(certifiedRadius(5e-324, 0, gaussian, 1)).toBeLessThan(39);
    expect(certifiedRadius(0.49999, 0, gaussian, 1)).toBeGreaterThan(0);
  });

  it('of a certified z is below σ · z', () => {
    for (let i = 1; i < 2500; i++) {
      const radius = certifiedRadius(upperTail(i / 500), 0, gaussian, 0.5)!;
      expect(radius).toBeLessThan((i / 500) * 0.5);
      expect(radius).toBeGreaterThan((i / 500) * 0.5 - 4e-6);
    }
  });

  it('comes with a failure probability above the raw one, at most 1', () => {
    expect(publishedDelta(0.25, 0)).toBeGreaterThan(0.25);
    expect(publishedDelta(1, 0)).toBe(1);
  });
});

describe('the certified radius with a bound on the runner-up', () => {
  // From 40 digits: the mean of −Φ⁻¹((δ + t)(1 + 2e-8)) of both bounds, less 1e-12 of it, for t = 0 and t = 2^-10 (1 − 2^-32).
  it.each([
    [0.4666864205448417, 0.412715916617701, 0.152083065120937, 0.149601235015221],
    [0.6967052312971226, 0.2002356836199688, 0.162915946483509, 0.159777153093992],
    [0.650562649275733, 0.1902751173111883, 0.245021461389313, 0.241906828098042],
    [0.01730291723657872, 0.01385806926740634, 2.15711088597933, 2.1325666756543],
  ])('of the bounds %f and %f', (delta, upper, exact, withError) => {
    const t = 2 ** -10 * (1 - 2 ** -32);
    expect(certifiedRadius(delta, 0, gaussian, 1, upper)! / exact).toBeCloseTo(1, 9);
    expect(certifiedRadius(delta, t, gaussian, 0.5, upper)! / (withError / 2)).toBeCloseTo(1, 9);
  });

  it('is never below that of one count, is that where the second bound is no help, and rises as it falls', () => {
    const uppers = fc.double({ min: 1e-12, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1, noNaN: true }), uppers, uppers, (delta, one, other) => {
        const radiusOf = (upper?: number) => certifiedRadius(delta, 1e-13, gaussian, 0.25, upper) ?? 0;
        expect(radiusOf(one)).toBeGreaterThanOrEqual(radiusOf());
        expect(radiusOf(Math.min(one, other))).toBeGreaterThanOrEqual(radiusOf(Math.max(one, other)));
        if (one >= delta) expect(radiusOf(one)).toBe(radiusOf());
      }),
      { numRuns: 2000 },
    );
  });

  it('is null where the runner-up may be as likely, or a bound says nothing', () => {
    for (const [delta, upper] of [
      [0.7, 0.3],
      [0.7, 0.4],
      [0.5, 0.5],
      [1, 0.1],
      [0.6, 0.5],
      [0.6, 0.55],
      [0.6, 0],
      [0.6, NaN],
      [NaN, 0.1],
    ] as const) {
      expect(certifiedRadius(delta, 0, gaussian, 1, upper)).toBeNull();
    }
    expect(certifiedRadius(0.7, 0, gaussian, 1, 0.29)).toBeGreaterThan(0);
    expect(certifiedRadius(0.7, 0.01, gaussian, 1, 0.29)).toBeNull();
  });
});

describe('printing', () => {
  it('rounds a radius down, by less than a unit', () => {
    fc.assert(
      fc.property(radii, digits, (value, places) => {
        const printed = Number(printDown(value, places));
        expect(printed).toBeLessThanOrEqual(value);
        expect(value - printed).toBeLessThan(10 ** -places * (1 + 1e-4));
        expect(printDown(value, places)).toMatch(
          places === 0 ? /^\d+$/ : new RegExp(`^\\d+\\.\\d{${places}}$`),
        );
      }),
    );
  });

  it('rounds a failure probability up and its complement down', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), digits, (value, places) => {
        const printed = Number(printUp(value, places));
        expect(printed).toBeGreaterThanOrEqual(value);
        expect(printed - value).toBeLessThan(10 ** -places * (1 + 1e-4));
        expect(Number(printLowerProbability(value, places))).toBeCloseTo(1 - printed, 12);
      }),
      { numRuns: 500 },
    );
    expect(printLowerProbability(8.07e-5, 6)).toBe('0.999919');
    expect(printUp(8.07e-5, 6)).toBe('0.000081');
    expect(printUp(1, 4)).toBe('1.0000');
  });

  it('does not trust a product that rounds across a unit', () => {
    // 10^d · value rounds to a whole number although value is below it, or above it.
    let crossedDown = 0;
    let crossedUp = 0;
    for (let units = 1; units < 20_000; units++) {
      const below = nextDown(units / 1e4);
      const above = nextUp(units / 1e4);
      if (Math.floor(below * 1e4) === units) crossedDown += 1;
      if (Math.ceil(above * 1e4) === units) crossedUp += 1;
      expect(Number(printDown(below, 4))).toBeLessThanOrEqual(below);
      expect(Number(printUp(above, 4))).toBeGreaterThanOrEqual(above);
    }
    expect(crossedDown).toBeGreaterThan(0);
    expect(crossedUp).toBeGreaterThan(0);
  });
});

describe('significant digits', () => {
  it('are rounded up, by less than one of the last digit', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true }).filter((value) => value >= 1e-300),
        fc.integer({ min: -299, max: 0 }),
        fc.integer({ min: 1, max: 6 }),
        (mantissa, exponent, digits) => {
          for (const value of [mantissa, Math.max(1e-300, mantissa * 10 ** exponent)]) {
            const printed = printSignificantUp(value, digits);
            expect(printed).toMatch(/^\d(\.\d+)?e[-+]\d+$/);
            expect(Number(printed)).toBeGreaterThanOrEqual(value);
            expect(Number(printed) / value - 1).toBeLessThan(10 ** (1 - digits) * (1 + 1e-9));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    [0.001, '1.00e-3'],
    [0.0010000001, '1.01e-3'],
    [4.98301655e-5, '4.99e-5'],
    [9.991e-7, '1.00e-6'],
    [1e-300, '1.00e-300'],
    [1, '1.00e+0'],
  ])('of %f are %s', (value, printed) => expect(printSignificantUp(value, 3)).toBe(printed));
});

function nextUp(value: number): number {
  return value + value * 2 ** -53 === value ? value + value * 2 ** -52 : value + value * 2 ** -53;
}

function nextDown(value: number): number {
  return value - value * 2 ** -53;
}
