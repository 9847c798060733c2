import { addCounts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import { compileDecision } from '../../coordinator/core/look.js';
import type { Decision } from '../../coordinator/core/decision.js';
import type { DrawnNoise } from '../../coordinator/core/repeated-looks.js';
import { looksFor } from '../../statistics/schedule.js';
import { PILOT } from '../../statistics/two-stage.js';
import { binomialLaw } from './binomial-law.js';
import { countsOfFailures } from '../../coordinator/core/counts-of-failures.js';
import { ONE_IMAGE } from './one-image.js';
import { ExpectationSum, type Law } from './expectation.js';
import { heldRadius } from './held-radius.js';

/** The radii of a rule that bounds samples which chose nothing: by look and failures, computed when first asked for. */
class FreshRadii {
  readonly #known = new Map<number, Float64Array>();

  constructor(private readonly decision: Decision) {}

  /** Returns how many samples are between the first look and this one. */
  samplesOf(look: number): number {
    const { looks } = this.decision;
    return looks[look]! - looks[0]!;
  }

  /** Returns the radius that so many failures of those samples certify, behind this many failures before; 0 for none. */
  radius(look: number, failures: number, failuresBefore: number): number {
    const known = this.#of(look);
    if (Number.isNaN(known[failures])) known[failures] = this.#compute(look, failures, failuresBefore);
    return known[failures]!;
  }

  #of(look: number): Float64Array {
    const known = this.#known.get(look) ?? new Float64Array(this.samplesOf(look) + 1).fill(NaN);
    this.#known.set(look, known);
    return known;
  }

  #compute(look: number, failures: number, failuresBefore: number): number {
    const first = countsOfFailures(failuresBefore, this.decision.looks[0]!);
    const prefixes = [first];
    prefixes[look] = addCounts(first, countsOfFailures(failures, this.samplesOf(look)));
    const { held } = this.decision.at(look, prefixes, null);
    return heldRadius(this.decision, held);
  }
}

/** The parts of a claim that bounds samples which chose nothing. */
export type FreshClaim = Pick<Claim, 'alpha'> & { readonly maxSamples: number };

/**
 * Returns the exact law of `fixed` with `clopper-pearson`, whose selection never errs.
 *
 * @param selection samples that choose the class (n0); `maxSamples` more bound it
 * @param radii wanted radii, ascending
 * @throws ImpossibleClaim as `compileDecision`
 */
export function fixedLaw(
  { alpha, selection, maxSamples }: FreshClaim & { readonly selection: number },
  noise: DrawnNoise,
  radii: readonly number[] = [],
): Law {
  const stop = { kind: 'fixed', selection } as const;
  const decision = decisionOf(alpha, stop, maxSamples, noise);
  const fresh = new FreshRadii(decision);
  return (delta) => {
    const sum = new ExpectationSum(radii);
    const { first, mass } = binomialLaw(maxSamples, delta);
    mass.forEach((share, i) => sum.add(share, selection + maxSamples, fresh.radius(1, first + i, 0)));
    return sum.mean();
  };
}

/**
 * Returns the exact law of `two-stage`.
 *
 * @param radii wanted radii, ascending
 * @throws ImpossibleClaim as `compileDecision`
 */
export function twoStageLaw(
  { alpha, minGain, maxSamples }: FreshClaim & { readonly minGain: number },
  noise: DrawnNoise,
  radii: readonly number[] = [],
): Law {
  const decision = decisionOf(alpha, { kind: 'two-stage', minGain }, maxSamples, noise);
  const fresh = new FreshRadii(decision);
  const due = Array.from({ length: PILOT + 1 }, (_, failures) =>
    decision.due([countsOfFailures(failures, PILOT)]),
  );
  return (delta) => {
    const sum = new ExpectationSum(radii);
    const pilot = binomialLaw(PILOT, delta);
    pilot.mass.forEach((share, i) => {
      const failuresBefore = pilot.first + i;
      const look = due[failuresBefore]!;
      const samples = decision.looks[look]!;
      if (look === 0) {
        sum.add(share, samples, 0);
        return;
      }
      const { first, mass } = binomialLaw(fresh.samplesOf(look), delta);
      mass.forEach((part, j) =>
        sum.add(share * part, samples, fresh.radius(look, first + j, failuresBefore)),
      );
    });
    return sum.mean();
  };
}

function decisionOf(alpha: number, stop: Claim['stop'], maxSamples: number, noise: DrawnNoise): Decision {
  const bound = 'clopper-pearson';
  const looks = looksFor(stop, bound, maxSamples);
  return compileDecision({ alpha, bound, stop, looks, images: ONE_IMAGE }, noise);
}
