import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isOutOfReach, predictLooks, SEQUENCE_TEST, TWO_SIDED_TEST } from './predict.js';

/** 2 · P(Bin(votes + runnerUp, ½) ≤ runnerUp), with whole numbers but for the last division. */
function exactTwoSided(votes: number, runnerUp: number): number {
  const n = BigInt(votes + runnerUp);
  let term = 1n;
  let sum = 0n;
  for (let j = 0n; j <= BigInt(runnerUp); j++) {
    sum += term;
    term = (term * (n - j)) / (j + 1n);
  }
  // 60 bits behind the point are enough to divide in doubles.
  return Math.min(1, Number((sum << 961n) >> n) / 2 ** 960);
}

const UNDECIDED = [
  [0, 0],
  [0, 5],
  [50, 50],
  [49, 51],
] as const;

describe('the test at every look', () => {
  /** 1/M by quadrature of ∫ (2 − v²)^k v^(2f) dv over [0, 1], 40 digits (mpmath): another form of the integral than the code's. */
  it.each([
    [12, 0, 6.95645771649638e-4],
    [16, 0, 4.98301655197423e-5],
    [17, 1, 4.74491504409874e-4],
    [30, 2, 1.40618544161572e-6],
    [60, 20, 1.67242180210138e-4],
    [200, 120, 5.21553096356993e-4],
    [2600, 2300, 5.53679790465297e-3],
  ])('of %i votes against %i has the p-value %f, rounded up', (votes, runnerUp, p) => {
    const found = SEQUENCE_TEST.pValue(votes, runnerUp);
    expect(found).toBeGreaterThanOrEqual(p);
    expect(found / p - 1).toBeLessThan(2e-9);
    expect(SEQUENCE_TEST.refutes(votes, runnerUp, p * (1 + 1e-8))).toBe(true);
    expect(SEQUENCE_TEST.refutes(votes, runnerUp, p)).toBe(false);
  });

  it('takes these numbers of votes at least, with 0, 1, 2 and 3 against the class', () => {
    const fewest = (alpha: number, runnerUp: number): number => {
      for (let votes = 0; ; votes++)
        if (SEQUENCE_TEST.refutes(votes, runnerUp, alpha)) return votes + runnerUp;
    };
    const found = [0.25, 0.05, 0.001, 1e-6, 1e-12].map((alpha) => [0, 1, 2, 3].map((s) => fewest(alpha, s)));
    expect(found).toEqual([
      [3, 7, 11, 14],
      [6, 11, 14, 18],
      [12, 17, 21, 25],
      [22, 28, 33, 37],
      [43, 49, 55, 60],
    ]);
  });

  it('refutes nothing for a class that does not lead', () => {
    for (const [votes, runnerUp] of UNDECIDED) {
      expect(SEQUENCE_TEST.refutes(votes, runnerUp, 0.25)).toBe(false);
      expect(SEQUENCE_TEST.pValue(votes, runnerUp)).toBe(1);
    }
  });
});

describe('the test at one look', () => {
  it('has the p-value of the two-sided binomial test, rounded up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 450 }), fc.integer({ min: 0, max: 450 }), (votes, runnerUp) => {
        const exact = exactTwoSided(votes, runnerUp);
        const found = TWO_SIDED_TEST.pValue(votes, runnerUp);
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact * (1 + 3e-9));
      }),
    );
  });

  /** Exact sums in 40 digits (mpmath), which scipy's binomtest agrees with. */
  it.each([
    [10, 0, 0.001953125],
    [11, 0, 0.0009765625],
    [60, 30, 0.00206026568096308],
    [51, 49, 0.920410762612821],
    [1100, 900, 8.45708953550393e-6],
    [50_600, 49_400, 1.49671910914373e-4],
  ])('gives %i votes against %i the p-value %f', (votes, runnerUp, p) => {
    expect(TWO_SIDED_TEST.pValue(votes, runnerUp) / p - 1).toBeLessThan(2e-9);
    expect(TWO_SIDED_TEST.refutes(votes, runnerUp, p * (1 + 1e-8))).toBe(true);
    expect(TWO_SIDED_TEST.refutes(votes, runnerUp, p * (1 - 1e-12))).toBe(false);
  });

  it('abstains at a tie, and where there are no votes', () => {
    for (const votes of [0, 1, 50, 5000]) expect(TWO_SIDED_TEST.pValue(votes, votes)).toBe(1);
    expect(TWO_SIDED_TEST.refutes(5000, 5000, 0.25)).toBe(false);
  });
});

it('no p-value is 0, however clear the votes', () => {
  for (const test of [SEQUENCE_TEST, TWO_SIDED_TEST]) expect(test.pValue(100_000, 0)).toBe(1e-300);
});

it('each test is harder to pass the more votes are against the class', () => {
  const votes = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(votes, votes, fc.constantFrom(0.25, 0.05, 0.001), (a, b, alpha) => {
      const [most, fewer] = [Math.max(a, b), Math.min(a, b)];
      for (const { refutes } of [SEQUENCE_TEST, TWO_SIDED_TEST]) {
        if (refutes(most, fewer, alpha)) expect(refutes(most, fewer - 1, alpha)).toBe(true);
        expect(refutes(fewer, most, alpha)).toBe(false);
      }
    }),
  );
});

describe('the looks of predict', () => {
  it('begin with the pilot, are 16 samples apart to 160 behind it, then grow by a tenth', () => {
    const looks = predictLooks(100_000);
    expect(looks.slice(0, 16)).toEqual([
      64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 272, 304, 336, 368,
    ]);
    expect(looks.slice(-3)).toEqual([86_064, 94_672, 100_000]);
    expect(looks.length).toBeLessThan(90);
  });

  it('never grow by more than a tenth of what is behind the pilot and a step, whatever the budget', () => {
    fc.assert(
      fc.property(fc.integer({ min: 65, max: 1e9 }), (maxSamples) => {
        const looks = predictLooks(maxSamples);
        expect([looks[0], looks.at(-1)]).toEqual([64, maxSamples]);
        for (const [at, look] of looks.entries()) {
          const before = looks[at - 1];
          if (before === undefined) continue;
          expect(look).toBeGreaterThan(before);
          expect(look - before).toBeLessThanOrEqual((before - 64) / 10 + 17);
        }
      }),
    );
  });

  it('are refused where nothing is left behind the pilot', () => {
    expect(predictLooks(65)).toEqual([64, 65]);
    expect(() => predictLooks(64)).toThrow(expect.objectContaining({ code: 'BUDGET_TOO_SMALL' }));
  });
});

describe('an image', () => {
  const most = 100_000 - 64;

  it('is out of reach where its class trails by more than two standard errors', () => {
    expect(isOutOfReach(4, 12, 0.001, { drawn: 16, most })).toBe(true);
    expect(isOutOfReach(6, 10, 0.001, { drawn: 16, most })).toBe(false);
    expect(isOutOfReach(480, 520, 0.001, { drawn: 1000, most })).toBe(false);
    expect(isOutOfReach(460, 540, 0.001, { drawn: 1000, most })).toBe(true);
  });

  it('is out of reach where the class leads by too little for what is left of the budget', () => {
    expect(isOutOfReach(510, 490, 0.001, { drawn: 1000, most: 1100 })).toBe(true);
    expect(isOutOfReach(510, 490, 0.001, { drawn: 1000, most: 20_000 })).toBe(false);
  });

  it('is not given up for votes that went to other outcomes than the two, or for none at all', () => {
    expect(isOutOfReach(30, 10, 0.001, { drawn: 1000, most })).toBe(false);
    expect(isOutOfReach(0, 0, 0.001, { drawn: 16, most })).toBe(false);
  });
});
