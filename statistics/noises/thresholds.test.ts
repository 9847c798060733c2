import { describe, expect, it } from 'vitest';
import { NOISE_KINDS, type NoiseKind } from '../../shared/job.js';
import references from '../../test/fixtures/lattice.json' with { type: 'json' };
import { cpuMs } from '../../test/support/cpu-time.js';
import { upperTail } from '../normal.js';
import { thresholdsOf } from './thresholds.js';

/** Some thresholds of each law, right to the last bit: computed by mpmath with 60 digits. */
interface Reference {
  readonly kind: NoiseKind;
  readonly rho: string;
  readonly M: number;
  readonly thresholds: Readonly<Record<string, string>>;
  /** Probability of no step. */
  readonly pmf0: string;
}
const REFERENCES = references as unknown as readonly Reference[];

const ALL = 2n ** 64n;
const RATIOS = ['0.5', '0.77', '1', '3.1', '31.999', '32', '63.75', '100.4173', '255', '1020'];
const LAWS = NOISE_KINDS.flatMap((kind) => RATIOS.map((ratio) => [kind, ratio] as const));

/** Tails P(ε > x scales) in double precision, by other means. */
const TAILS: Readonly<Record<NoiseKind, (x: number) => number>> = {
  gaussian: upperTail,
  laplace: (x) => Math.exp(-x) / 2,
  uniform: (x) => Math.max(0, (1 - x) / 2),
};

describe('thresholdsOf', () => {
  it('has references of all noises', () => {
    expect(new Set(REFERENCES.map(({ kind }) => kind))).toEqual(new Set(NOISE_KINDS));
  });

  it.each(REFERENCES.map((row) => [row.kind, row.rho, row] as const))(
    'gives the bits of the reference for %s noise at %s',
    (kind, rho, { M, thresholds, pmf0 }) => {
      const { largest, values } = thresholdsOf(kind, rho);
      expect(largest).toBe(M);
      const rows = Object.entries(thresholds);
      expect(rows.length).toBeGreaterThan(13);
      for (const [k, value] of rows) expect([k, values[Number(k) + M]]).toEqual([k, BigInt(value)]);
      expect(Number(values[M]! - values[M - 1]!) / 2 ** 64).toBeCloseTo(Number(pmf0), 14);
    },
  );

  it.each(LAWS)('of %s noise at %s ascend within 0 … 2^64, and are symmetric', (kind, ratio) => {
    const { largest, values } = thresholdsOf(kind, ratio);
    expect(values).toHaveLength(2 * largest);
    const mirrored = values.toReversed().map((value) => ALL - value);
    expect(values.filter((value, index) => value !== mirrored[index])).toEqual([]);
    const probabilities = [...values, ALL].map((value, index) => value - (values[index - 1] ?? 0n));
    expect(probabilities.reduce((sum, one) => sum + one, 0n)).toBe(ALL);
    expect(probabilities.every((one) => one >= 0n)).toBe(true);
  });

  it.each(LAWS)('of %s noise at %s are the law that double precision gives', (kind, ratio) => {
    const { largest, values } = thresholdsOf(kind, ratio);
    const rho = Number(ratio);
    // An error of 2^-53 in x changes the tail by up to 100 times as much; near its end uniform noise has none to compare.
    const least = kind === 'uniform' ? 4096 : 0.51;
    const wrong: number[] = [];
    for (let k = 0; k < largest; k++) {
      const exact = 2 ** 64 * TAILS[kind]((k + 0.5) / rho);
      const tail = Number(values[largest - k - 1]!);
      if (!(Math.abs(tail - exact) < least + 3e-13 * exact)) wrong.push(k);
    }
    expect(wrong).toEqual([]);
    const beyond = TAILS[kind]((largest + 0.5) / rho);
    expect(beyond).toBeLessThan(2 ** -66);
    if (largest > 0) expect(TAILS[kind]((largest - 0.5) / rho)).toBeGreaterThan(2 ** -66);
  });

  it('of uniform noise are exact fractions, rounded', () => {
    for (const ratio of ['0.75', '63.75', '110.4181', '4096']) {
      const [whole, decimals = ''] = ratio.split('.');
      const denominator = 10n ** BigInt(decimals.length);
      const numerator = BigInt(whole! + decimals);
      const { largest, values } = thresholdsOf('uniform', ratio);
      expect(largest).toBe(Math.ceil(Number(ratio) - 0.5));
      values.forEach((value, index) => {
        const k = BigInt(index - largest);
        // 2^64 · (½ + (2k + 1)/4ρ), and ½ more before the division rounds down.
        const share = 2n * numerator + (2n * k + 1n) * denominator;
        expect(value).toBe((2n * ALL * share + 4n * numerator) / (8n * numerator));
      });
    }
  });

  it('takes the largest ratio in seconds at most', () => {
    const began = cpuMs();
    expect(thresholdsOf('gaussian', '16384').largest).toBe(151_222);
    expect(cpuMs() - began).toBeLessThan(10_000);
  });

  it('leaves no noise at a ratio of ½ where no step is possible', () => {
    expect(thresholdsOf('uniform', '0.5')).toEqual({ largest: 0, values: [] });
  });

  it('does not round what may lie on either side of a tie', () => {
    // 2^89 / 10^26: the tail beyond half a step is ½ − 5^26/2^65, in the middle of two multiples of 2^-64.
    expect(() => thresholdsOf('uniform', '6.18970019642690137449562112')).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }) as Error,
    );
    expect(thresholdsOf('uniform', '6.18970019642690137449562113').largest).toBe(6);
  });

  it('refuses what is no ratio', () => {
    expect(() => thresholdsOf('gaussian', '1e2')).toThrow(RangeError);
  });
});
