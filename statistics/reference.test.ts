import { describe, expect, it } from 'vitest';

import reference from '../test/fixtures/bounds.json' with { type: 'json' };
import { clopperPearsonDelta } from './bounds/clopper-pearson.js';
import { anytimeDelta, logM, sequenceDelta } from './confidence-sequence.js';
import { gaussian } from './noises/gaussian.js';
import { upperTail, upperTailQuantile } from './normal.js';
import { certifiedRadius, printDown, printLowerProbability, printUp, publishedDelta } from './radius.js';
import { buildSpendingTable, evenShares, spendingRow } from './spending-table.js';

/**
 * test/fixtures/bounds.json holds bounds computed with 40-digit arithmetic, as strings of 25 digits. Failure
 * probabilities are compared (near 1 the other one has no digits left); what is published is compared as exact
 * rational numbers, so that no rounding of the comparison can hide a radius that is too large.
 */

/** The sign of a − b, where `a` is a double and `b` a decimal string, without rounding. */
function compareExactly(a: number, b: string): number {
  const [left, leftScale] = decimalOf(exactDecimal(a));
  const [right, rightScale] = decimalOf(b);
  const difference = left * 10n ** BigInt(rightScale) - right * 10n ** BigInt(leftScale);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** All decimal digits of a double in (0, 1000): it is an integer over 2^1074. */
function exactDecimal(value: number): string {
  let exponent = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent += 1;
  }
  return `${BigInt(scaled) * 5n ** BigInt(exponent)}e-${exponent}`;
}

/** A decimal string as an integer and the number of decimals. */
function decimalOf(text: string): [bigint, number] {
  const [mantissa = '', power = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const decimals = fraction.length - Number(power);
  const digits = BigInt(whole + fraction);
  return decimals >= 0 ? [digits, decimals] : [digits * 10n ** BigInt(-decimals), 0];
}

/** Largest relative error that is accepted on a raw bound. */
const tolerance = (n: number): number => (n <= 1e6 ? 1e-9 : 1e-8);

function expectSound(raw: number, row: { n: number; deltaUpper: string; z: string | null }): void {
  expect(Math.abs(raw / Number(row.deltaUpper) - 1)).toBeLessThan(tolerance(row.n));
  if (raw === 1) return;
  expect(compareExactly(publishedDelta(raw, 0), row.deltaUpper)).toBe(1);
  const radius = certifiedRadius(raw, 0, gaussian, 1);
  if (radius === null) return;
  expect(compareExactly(radius, row.z!)).toBe(-1);
  expect(Number(row.z) - radius).toBeLessThan(1e-7);
  expect(compareExactly(Number(printDown(radius, 6)), row.z!)).toBe(-1);
  const printed = printUp(publishedDelta(raw, 0), 12);
  expect(compareExactly(Number(row.deltaUpper), printed)).toBe(-1);
  expect(
    BigInt(printed.replace('.', '')) +
      BigInt(printLowerProbability(publishedDelta(raw, 0), 12).replace('.', '')),
  ).toBe(10n ** 12n);
}

describe('against the reference values', () => {
  it('compares exactly', () => {
    expect(compareExactly(0.1, '0.1')).toBe(1);
    expect(compareExactly(0.5, '0.5000000000000000000000000')).toBe(0);
    expect(compareExactly(0.3, '0.3')).toBe(-1);
    expect(compareExactly(3e-9, '3e-9')).toBe(-1);
    expect(compareExactly(3e-9, '2.99999999999999998e-9')).toBe(1);
    expect(compareExactly(12.5, '12.50001')).toBe(-1);
  });

  it('Clopper-Pearson: all rows', () => {
    expect(reference.clopper_pearson).toHaveLength(315);
    for (const row of reference.clopper_pearson) {
      expectSound(clopperPearsonDelta(row.f, row.n, Number(row.alpha)), row);
    }
  });

  it('the confidence sequence: all one-sided rows, for all three mixtures', () => {
    const rows = reference.confidence_sequence.filter((row) => row.kind === 'one');
    expect(rows).toHaveLength(495);
    for (const row of rows) {
      const raw = sequenceDelta(row.f, row.n, Number(row.alpha), row.b);
      if (row.deltaUpper === null) expect(raw).toBeGreaterThan(1 - 1e-11);
      else expectSound(raw, { n: row.n, deltaUpper: row.deltaUpper, z: row.z });
    }
  });

  it('the wealth M: all one-sided rows', () => {
    const rows = reference.log_martingale.filter((row) => row.one);
    expect(rows).toHaveLength(7);
    for (const row of rows) {
      expect(Math.abs(logM(row.n - row.f, row.f, Number(row.delta)) - Number(row.logM))).toBeLessThan(1e-11);
    }
  });

  it('the normal tail and its quantile', () => {
    for (const { delta, z } of reference.probit) {
      const conditioning = 1e-16 / upperTail(0); // of δ near ½
      expect(Math.abs(upperTailQuantile(Number(delta)) - Number(z))).toBeLessThanOrEqual(
        3e-11 * Number(z) + conditioning,
      );
      expect(Math.abs(upperTail(Number(z)) / Number(delta) - 1)).toBeLessThan(1e-12);
    }
    for (const { alpha, z } of reference.z_alpha) {
      expect(Math.abs(upperTailQuantile(Number(alpha)) / Number(z) - 1)).toBeLessThan(1e-14);
    }
  });

  it('spending, at the constant level of the reference', () => {
    const { schedule, alpha, D_rows, Dmono_rows, z_first11 } = reference.union_carry;
    const options = { looks: schedule, level: () => alpha, shares: evenShares(schedule), noise: gaussian };
    for (const [i, row] of Object.entries(D_rows)) {
      expect(spendingRow(options, upperTail(Number(i) / 500))).toEqual(row);
    }
    const table = buildSpendingTable(options);
    for (const [i, row] of Object.entries(Dmono_rows)) {
      const z = Number(i) / 500;
      row.forEach((most, look) => {
        if (most >= 0 && z > 0) expect(table.certifiedZ(look, most)).toBeGreaterThanOrEqual(z);
        expect(table.certifiedZ(look, most + 1) ?? 0).toBeLessThan(Math.max(z, 0.001));
      });
    }
    z_first11.forEach((row, look) => {
      expect(row.map((_, failures) => table.certifiedZ(look, failures))).toEqual(row);
    });
  });

  it('the most failures that a null can be rejected with', () => {
    const most = (n: number, accepted: (failures: number) => boolean): number => {
      let low = -1;
      let high = n;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (accepted(middle)) low = middle;
        else high = middle;
      }
      return low;
    };
    for (const { z0, alpha, n, max_failures } of reference.target_thresholds) {
      const delta = upperTail(z0);
      expect(most(n, (f) => sequenceDelta(f, n, alpha) <= delta)).toBe(max_failures);
    }
    for (const { z0, alpha, n, max_failures } of reference.cp_thresholds) {
      const delta = upperTail(z0);
      expect(most(n, (f) => clopperPearsonDelta(f, n, alpha) <= delta)).toBe(max_failures);
    }
  });

  it('Theorem C is never below the plain sequence of the reference', () => {
    const rows = reference.confidence_sequence.filter((row) => row.kind === 'one' && row.b === 0.5);
    for (const row of rows) {
      const alpha = Number(row.alpha);
      const raw = anytimeDelta(row.f, row.n, alpha);
      if (raw === null) continue;
      expect(compareExactly(publishedDelta(raw, 0), row.deltaUpper!)).toBe(1);
      expect(raw).toBeLessThan(sequenceDelta(row.f, row.n, alpha / 2) * (1 + 1e-12));
    }
  });
});
