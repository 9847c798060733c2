import type { BoundName, Claim, RuleName } from '../../shared/job.js';
import type { Noise } from '../noises/noise.js';

/** The parts of a claim that a bound is made from. `alpha` is the level of one image: simultaneous.ts makes it of a claim's. */
export type BoundClaim = Pick<Claim, 'alpha' | 'looks' | 'matchedGain' | 'runnerUp'>;

/** The certificate that counts give at one look. */
export interface Certified {
  /** Raw upper bound on the failure probability, below ½ where it is the only bound; radius.ts makes of it what may be published. */
  readonly deltaUpper: number;
  /**
   * Only of a claim with the runner-up (runner-up.ts), which may have a deltaUpper of ½ and more: the raw upper bound on the probability of
   * the likeliest other outcome. At most deltaUpper.
   */
  readonly runnerUpUpper?: number;
  /**
   * The radius of the bounds in units of the noise's scale (of Gaussian noise −Φ⁻¹(deltaUpper) for one count), a positive multiple of
   * 1e-6: what stopping rules compare, and what is stored.
   */
  readonly z: number;
}

/** A bound made ready for one claim and one noise. */
export interface CompiledBound {
  /**
   * Returns what `failures` of `n` samples certify at the look with this index; null if nothing. For the bounds that look
   * repeatedly, n is the schedule's number of samples at that look, or a smaller one, above that of the look before, at the last look of an
   * image that is not drawn further. Invalid votes are failures.
   *
   * @param runnerUp votes of the outcome that has most of them but for the class, invalid ones being one outcome. Only the bounds of a claim
   * with the runner-up look at it; left out, all failures are taken for its votes, which certifies no more than is true
   */
  certify(look: number, failures: number, n: number, runnerUp?: number): Certified | null;
}

/** By stopping rule: null where the bound is offered with it, otherwise the reason why not, as the end of a sentence. */
type Pairs = Readonly<Record<RuleName, string | null>>;

/** The rule `gain` leaves the looks to the bound: ascending numbers of samples that end with the budget. */
type Schedule =
  | { readonly rules: Pairs & { readonly gain: null }; readonly looks: (maxSamples: number) => number[] }
  | { readonly rules: Pairs & { readonly gain: string }; readonly looks: null };

interface Common {
  readonly name: BoundName;
  /** Follows the name where a person chooses, if it must be known there; null if not. */
  readonly remark: string | null;
  compile(claim: BoundClaim, noise: Noise): CompiledBound;
}

/** Errs at most alpha: what it certifies is a certificate. */
export type ProvenBound = Common & Schedule & { readonly proves: true };

/** Certifies nothing, at any look; what it gives instead is for study, and marked approximate. */
export type Approximation = Common &
  Schedule & {
    readonly proves: false;
    /** A sentence for job.json: what the radii are instead of certificates. */
    readonly note: string;
    /** Returns an approximate failure probability; null if there is none. 0 ≤ failures ≤ n, n ≥ 1. */
    approximate(failures: number, n: number, alpha: number): number | null;
  };

/**
 * A way from counts to an upper bound on the probability that a noisy copy of an image does not get the class. One file of
 * this folder each; bounds.ts lists them.
 */
export type Bound = ProvenBound | Approximation;

/** Why the bounds on a radius are not offered with `predict`. */
export const NO_RADIUS = 'it claims a class and no radius';

/** Why the bounds for many looks are not offered with the rules that look once. */
export const ONE_LOOK =
  'it looks once, at a number of samples chosen beforehand, where a bound made for many looks only gives a smaller radius';
