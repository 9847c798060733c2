import { binomialTail } from './binomial.js';
import { logM } from './confidence-sequence.js';
import { ImpossibleClaim } from './impossible-claim.js';
import { PILOT } from './two-stage.js';

/**
 * The rule `predict`: whether a class is the most likely outcome, and no radius. A class and the outcome that comes closest to it are
 * compared: among the votes for one of the two, the class must have so many that "it is no more likely than the other" is refuted.
 * docs/guarantee.md has the proofs; each test below says what it needs.
 */
export interface PairTest {
  /** Returns true if `votes` for the class against `runnerUp` for the closest other outcome refute, at level `alpha`, that it is no more likely. */
  readonly refutes: (votes: number, runnerUp: number, alpha: number) => boolean;
  /** Returns the smallest level at which they do, rounded up, at most 1; never below 1e-300, where doubles end. */
  readonly pValue: (votes: number, runnerUp: number) => number;
}

/** Under the null at its hardest, half of the votes for one of the two are for the class. */
const EVEN = 0.5;
/** Asked for beyond the theorem, on the logarithm. */
const LOG_SLACK = 1e-9;
const SMALLEST_P_VALUE = 1e-300;

/**
 * The test that may be made at every look: the wealth M of the confidence sequence, of the class's votes against those of the closest
 * other outcome. Guarantee: for one class, chosen by other samples, that is no more likely than some other outcome,
 * P(it refutes at any look) ≤ alpha.
 */
export const SEQUENCE_TEST: PairTest = {
  refutes: (votes, runnerUp, alpha) => logM(votes, runnerUp, EVEN) >= LOG_SLACK - Math.log(alpha),
  pValue: (votes, runnerUp) => printable(Math.exp(LOG_SLACK - logM(votes, runnerUp, EVEN))),
};

/**
 * The test for one look: the two-sided binomial test of the class with most votes against the second one, as in Cohen et al.'s PREDICT.
 * Guarantee: P(it refutes for a class that is no more likely than some other outcome) ≤ alpha, although the same votes chose the two
 * (K. Hung, W. Fithian: Rank verification for exponential families, Annals of Statistics 47, 2019). Not for several looks.
 */
export const TWO_SIDED_TEST: PairTest = {
  refutes: (votes, runnerUp, alpha) => twoSidedP(votes, runnerUp) <= alpha,
  pValue: (votes, runnerUp) => printable(twoSidedP(votes, runnerUp)),
};

/** Returns 2 · P(Bin(votes + runnerUp, ½) ≤ runnerUp), made larger by more than it may be wrong; above 1 where the class does not lead. */
function twoSidedP(votes: number, runnerUp: number): number {
  return 2 * binomialTail(runnerUp, votes + runnerUp, EVEN) * (1 + LOG_SLACK);
}

const printable = (p: number): number => Math.min(1, Math.max(p, SMALLEST_P_VALUE));

/** Looks come after every so many samples behind the pilot, and later at steps of a tenth of them, rounded up to it. */
const STEP = 16;

/**
 * Returns the looks of `predict` with early stopping: 64, the pilot, which chooses the class and at which nothing is decided; then 64 + n
 * for n = 16, 32, 48 … to 160, and n ← 16 · ⌈(n + ⌈n/10⌉)/16⌉, all below `maxSamples`; then `maxSamples`. Dense at first, because twelve
 * votes that all agree decide at α = 0.001; a tenth later, because a look then costs a message and no image overshoots by more.
 *
 * @throws BUDGET_TOO_SMALL where nothing is left behind the pilot
 */
export function predictLooks(maxSamples: number): number[] {
  if (maxSamples <= PILOT) {
    throw new ImpossibleClaim({ reason: 'nothing-behind-pilot', samples: maxSamples, pilot: PILOT });
  }
  const looks = [PILOT];
  for (let n = STEP; PILOT + n < maxSamples; n = nextLength(n)) looks.push(PILOT + n);
  return [...looks, maxSamples];
}

const nextLength = (n: number): number => STEP * Math.ceil((n + Math.ceil(n / 10)) / STEP);

/** Standard errors on the hopeful side before an image is given up. */
const HOPE = 2;

/**
 * Returns true if a class is not expected to be decided within the budget: if the votes for it and the closest other outcome go on at
 * their rate, the other one two standard errors less often than it was seen, the test of the last look does not refute. A forecast; to
 * abstain is never an error.
 *
 * @param drawn samples behind the pilot so far, at least 1. @param most all that there may be behind it
 */
export function isOutOfReach(
  votes: number,
  runnerUp: number,
  alpha: number,
  { drawn, most }: { readonly drawn: number; readonly most: number },
): boolean {
  const both = votes + runnerUp;
  if (both === 0) return false;
  const rate = runnerUp / both;
  const hopeful = Math.max(0, rate - HOPE * Math.sqrt(Math.max(rate * (1 - rate), 1 / both) / both));
  const expected = Math.floor((both * most) / drawn);
  const against = Math.floor(hopeful * expected);
  return !SEQUENCE_TEST.refutes(expected - against, against, alpha);
}
