import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fractionOfNumber } from '../../analysis/verify/arithmetic/fixed-point.js';
import { RowContext, further } from '../../analysis/verify/rows/context.js';
import { compileDecision } from '../../coordinator/core/look.js';
import type { BoundName, NoiseKind } from '../../shared/job.js';
import { inScales } from '../../analysis/verify/proofs/noise-tail.js';
import { resultJob, type ResultJob } from '../support/result-files.js';

/** The two implementations agree: what the one certifies the other one proves, and no more than that. */

const noises = fc.constantFrom<NoiseKind>('gaussian', 'laplace', 'uniform');
const counts = fc
  .record({ n: fc.integer({ min: 16, max: 20_000 }), share: fc.double({ min: 0, max: 0.55, noNaN: true }) })
  .map(({ n, share }) => ({ n, failures: Math.floor(n * share ** 2 * 1.8) }));

function agree(asked: ResultJob, look: number, n: number, failures: number): void {
  const job = resultJob(asked);
  const context = RowContext.of(job, job.claim.alpha)!;
  const decision = compileDecision(job.claim, job.draw.noise);
  const certified = decision.bound.certify(look, failures, n);
  const standing = { look, n, failures, rival: failures };
  if (certified === null) {
    expect(context.provesRadius(standing, fractionOfNumber(1e-5))).toBe(false);
    return;
  }
  const radius = decision.radiusOf(certified.deltaUpper)!;
  const z = inScales(fractionOfNumber(radius), job.draw.noise);
  expect(context.provesRadius(standing, z)).toBe(true);
  expect(context.provesRadius(standing, further(z))).toBe(false);
}

describe('both implementations', () => {
  it.each<[BoundName, ResultJob]>([
    ['anytime', { bound: 'anytime' }],
    ['clopper-pearson', { bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20 } }],
  ])('certify the same with %s', (_, asked) => {
    fc.assert(
      fc.property(counts, noises, fc.constantFrom(1e-9, 0.001, 0.05, 0.25), ({ n, failures }, noise, alpha) =>
        agree({ ...asked, noise, alpha }, 1, n, failures),
      ),
      { numRuns: 60 },
    );
  });

  it('certify the same with the table of spending', () => {
    const claims = fc.record({
      maxSamples: fc.integer({ min: 64, max: 1500 }),
      alpha: fc.constantFrom(0.0001, 0.001, 0.05),
      minGain: fc.constantFrom(0, 0.01, 0.1, 3),
      noise: noises,
    });
    fc.assert(
      fc.property(
        claims,
        fc.array(fc.double({ min: 0, max: 0.5, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (claim, shares) => {
          const { minGain, ...rest } = claim;
          const asked: ResultJob = { ...rest, stop: { kind: 'gain', minGain } };
          const { looks } = resultJob(asked).claim;
          looks.forEach((n, look) => {
            for (const share of shares) agree(asked, look, n, Math.floor(n * share));
          });
        },
      ),
      { numRuns: 6 },
    );
  });
});
