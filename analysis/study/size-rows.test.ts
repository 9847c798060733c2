import { describe, expect, it } from 'vitest';

import { makeDrawing } from '../../test/support/drawings.js';
import { clopperPearsonLower, normalQuantile } from '../../test/harness/binomial.js';
import { shownRadii, sizeRows } from './size-rows.js';

const ALPHA = 0.001;
const SCALE = 0.5;
/** p: 0.98, 0.9, 0.6, of a wrong class 0.995. */
const DRAWING = makeDrawing(
  [8, 30, 200],
  [
    { failures: [0, 0, 4] },
    { failures: [1, 4, 20] },
    { failures: [4, 14, 80] },
    { failures: [0, 0, 1], label: 5 },
  ],
  { scale: SCALE },
);

/** The radius of Clopper and Pearson, by other code. */
function radius(failures: number, n: number): number {
  const lower = clopperPearsonLower(n - failures, n, ALPHA);
  return lower > 0.5 ? SCALE * normalQuantile(lower) : 0;
}

function mass(k: number, n: number, delta: number): number {
  let value = (1 - delta) ** (n - k);
  for (let i = 0; i < k; i++) value *= (delta * (n - i)) / (i + 1);
  return value;
}

/** Returns the mean of a function of the failures of an image of this probability. */
const expectation = (n: number, delta: number, of: (failures: number) => number) =>
  Array.from({ length: n + 1 }, (_, f) => mass(f, n, delta) * of(f)).reduce((a, b) => a + b, 0);

describe('the rows of a drawing', () => {
  const rows = sizeRows(DRAWING);
  const [tooFew, few, most] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];

  it('have the radii of the first samples, those of a wrong class apart', () => {
    const radii = [0, 4, 14, 0].map((failures) => radius(failures, 30));
    expect(few.n).toBe(30);
    expect(few.measured.meanRadius).toBeCloseTo((radii[0]! + radii[1]! + radii[2]! + radii[3]!) / 4, 6);
    expect(few.measured.acr).toBeCloseTo((radii[0]! + radii[1]! + radii[2]!) / 4, 6);
    expect(few.measured.certified).toBe(0.75);
    expect(few.cap).toBeCloseTo(radius(0, 30), 6);
    expect(few.cap).toBeCloseTo(SCALE * normalQuantile(ALPHA ** (1 / 30)), 6);
  });

  it('expect what every number of failures gives, by its probability', () => {
    const deltas = [0.02, 0.1, 0.4, 0.005];
    const means = deltas.map((delta) => expectation(30, delta, (failures) => radius(failures, 30)));
    expect(few.predicted.meanRadius).toBeCloseTo(means.reduce((a, b) => a + b, 0) / 4, 6);
    expect(few.predicted.acr).toBeCloseTo((means[0]! + means[1]! + means[2]!) / 4, 6);
    const reached = (r: number) =>
      deltas
        .slice(0, 3)
        .reduce(
          (sum, delta) => sum + expectation(30, delta, (failures) => (radius(failures, 30) >= r ? 1 : 0)) / 4,
          0,
        );
    expect(shownRadii(SCALE)).toEqual([0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
    few.predicted.accuracy.forEach((share, j) =>
      expect(share).toBeCloseTo(reached(shownRadii(SCALE)[j]!), 6),
    );
  });

  it('have the standard error of the mean radius that the votes of these images give by chance', () => {
    const variances = [0.02, 0.1, 0.4, 0.005].map((delta) => {
      const mean = expectation(30, delta, (failures) => radius(failures, 30));
      return expectation(30, delta, (failures) => (radius(failures, 30) - mean) ** 2);
    });
    expect(few.standardError).toBeCloseTo(Math.sqrt(variances.reduce((a, b) => a + b, 0)) / 4, 6);
    expect(tooFew.standardError).toBe(0);
  });

  it('certify nothing where unanimous votes cannot', () => {
    expect(tooFew).toMatchObject({ cap: 0, measured: { meanRadius: 0, certified: 0 } });
    expect(tooFew.predicted).toMatchObject({ meanRadius: 0, certified: 0 });
  });

  it('say at which radius the fewest are left of what all samples certify, and how many z/√n allows', () => {
    // At 30 samples no radius above the cap of 0.411 is certified; at 200 two right images reach it, with 0.771 and 0.526 at most.
    const lost = [4, 20].map((failures) => radius(failures, 200));
    expect(lost[1]).toBeGreaterThan(few.cap);
    expect(few.drop.largest).toBe(0.5);
    expect(few.drop.at).toBeGreaterThan(radius(4, 30));
    expect(few.drop.at).toBeLessThan(lost[1]!);
    expect(few.drop.theorem46).toBeCloseTo(3.290526731491894 / Math.sqrt(30), 9);
    expect(most.drop).toMatchObject({ largest: 0, mean: 0 });
    // Every right image is certified to a radius less: the mean over the radii up to four scales is the sum of these, over four scales.
    expect(few.drop.mean).toBeCloseTo((most.measured.acr - few.measured.acr) / (4 * SCALE), 1);
  });

  it('have the mean of Theorem 4.3 for Gaussian noise alone', () => {
    const shore = (p: number) => 5.063 * (p ** 0.135 - (1 - p) ** 0.135);
    const radii = [0.98, 0.9, 0.6, 0.995].map((p) => {
      const lower = p - 3.290526731491894 * Math.sqrt((p * (1 - p)) / 200);
      return lower > 0.5 ? SCALE * shore(lower) : 0;
    });
    expect(most.theorem43).toBeCloseTo(radii.reduce((a, b) => a + b, 0) / 4, 9);
    const other = makeDrawing([200], [{ failures: [4] }], { kind: 'laplace' });
    expect(sizeRows(other)[0]!.theorem43).toBeNull();
  });
});
