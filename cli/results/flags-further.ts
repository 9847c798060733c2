import { farthestRadius, type FarthestRadius } from '../../analysis/results/farthest-radius.js';
import { claimOf, type ClaimSpec } from '../../coordinator/core/claim-of.js';
import type { Claim, Job } from '../../shared/job.js';
import { MAX_SAMPLES, MAX_TOTAL_SAMPLES } from '../../shared/job-limits.js';
import { DEFAULT_BOUNDS, SPEC_DEFAULTS } from '../../shared/job-spec.js';
import { ImpossibleClaim } from '../../statistics/impossible-claim.js';
import { PILOT } from '../../statistics/two-stage.js';

/** A choice in place of a job's, and the flags that make it. */
interface Offer {
  readonly flags: string;
  readonly spec: ClaimSpec;
}

/** More is offered by these factors. */
const FACTORS = [2, 10] as const;

/**
 * Returns flags that certify a larger radius than a job can, as they are typed beside its others; null if none of those tried do. More of
 * what ends the curve need not go further: α is then spent on more looks. So every offer is computed before it is made.
 */
export function flagsFurther(job: Job, { radius, samples }: FarthestRadius): string | null {
  if (samples === null) return null;
  const goesFurther = ({ spec }: Offer): boolean => reachedBy(job, spec) > radius;
  return offersOf(job.claim, samples).find(goesFurther)?.flags ?? null;
}

/** Returns the farthest radius of a job with another claim; 0 where there can be no such job. */
function reachedBy(job: Job, spec: ClaimSpec): number {
  try {
    return farthestRadius({ ...job, claim: claimOf(spec, job.claim.images) })?.radius ?? 0;
  } catch (error) {
    // Twice as many samples may be more looks than `spending` has.
    if (error instanceof ImpossibleClaim) return 0;
    throw error;
  }
}

/** Returns what may go further, what is closest to the job first. @param samples that prove the farthest radius */
function offersOf(claim: Claim, samples: number): Offer[] {
  const { stop } = claim;
  const spec = specOf(claim);
  const more = moreSamples(spec);
  if (stop.kind === 'fixed') return more;
  const drawn = samples + (stop.kind === 'two-stage' ? PILOT : 0);
  const first = drawn >= spec.maxSamples ? more : [];
  const others = stop.kind === 'budget' ? largerTotals(spec, stop.totalSamples) : smallerGains(spec);
  return [...first, ...others, fixedOf(spec)];
}

function specOf({ alpha, bound, stop, looks, runnerUp, simultaneous }: Claim): ClaimSpec {
  const maxSamples = looks.at(-1)! - (stop.kind === 'fixed' ? stop.selection : 0);
  const both = { runnerUp: runnerUp === true, simultaneous: simultaneous === true };
  return { alpha, bound, stop, maxSamples, ...both };
}

function moreSamples(spec: ClaimSpec): Offer[] {
  return FACTORS.map((factor) => factor * spec.maxSamples)
    .filter((maxSamples) => maxSamples <= MAX_SAMPLES)
    .map((maxSamples) => ({ flags: `--max-samples ${maxSamples}`, spec: { ...spec, maxSamples } }));
}

function largerTotals(spec: ClaimSpec, total: number): Offer[] {
  return FACTORS.map((factor) => factor * total)
    .filter((totalSamples) => totalSamples <= MAX_TOTAL_SAMPLES)
    .map((totalSamples) => ({
      flags: `--total-samples ${totalSamples}`,
      spec: { ...spec, stop: { kind: 'budget', totalSamples } },
    }));
}

function smallerGains(spec: ClaimSpec): Offer[] {
  const { stop } = spec;
  if (stop.kind !== 'gain' && stop.kind !== 'two-stage') return [];
  return FACTORS.map((factor) => Number((stop.minGain / factor).toPrecision(6))).map((minGain) => ({
    flags: `--min-gain ${minGain}`,
    spec: { ...spec, stop: { ...stop, minGain } },
  }));
}

function fixedOf(spec: ClaimSpec): Offer {
  const { maxSamples } = spec;
  const stop = { kind: 'fixed', selection: SPEC_DEFAULTS.selection } as const;
  return {
    flags: `--stop fixed --max-samples ${maxSamples}`,
    spec: { ...spec, stop, bound: DEFAULT_BOUNDS.fixed },
  };
}
