import { leaderOf, subtractCounts, totalOf, votesOf, type Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import { budgetTooSmall } from '../../statistics/impossible-claim.js';
import { imageAlpha } from '../../statistics/simultaneous.js';
import { isOutOfReach, SEQUENCE_TEST, TWO_SIDED_TEST, type PairTest } from '../../statistics/predict.js';
import { runnerUpVotes } from './class-votes.js';
import { prefixAt, type LookOutcome, type Prediction, type Rule } from './decision.js';

/**
 * The rule `predict`, with each of its bounds: a class and no radius. Guarantee of both: for every image, P(a class is predicted that is no
 * more likely than some other outcome) ≤ imageAlpha(claim), for any number of classes; an invalid vote is an outcome that no class can be.
 */

const UNDECIDED: LookOutcome = { held: null, stop: null };

/**
 * Returns the rule `predict` that stops early. The samples before the first look choose the class. Those behind it test, at every
 * look, whether the class is more likely than the outcome that comes closest to it. No error is shared out among classes or looks: if the class
 * is no more likely than some outcome j, a prediction implies that the test of the class against j alone refutes, because j has no
 * more votes than the closest one.
 *
 * @throws BUDGET_TOO_SMALL if votes that all agree would decide nothing
 */
export function earlyPredictRule(claim: Claim): Rule {
  const { looks } = claim;
  const alpha = imageAlpha(claim);
  const [pilot, last] = [looks[0]!, looks.length - 1];
  const most = looks[last]! - pilot;
  if (!SEQUENCE_TEST.refutes(most, 0, alpha)) throw budgetTooSmall(claim);
  return {
    ahead: 1,
    due: (prefixes) => Math.max(1, prefixes.length),
    at(look, prefixes) {
      if (look === 0) return UNDECIDED;
      const first = prefixAt(0, looks, prefixes);
      const fresh = subtractCounts(prefixAt(look, looks, prefixes), first);
      const classIndex = leaderOf(first);
      if (classIndex === null) return { held: null, stop: 'futile' };
      const pair = pairOf(classIndex, fresh);
      const prediction = predictionOf(SEQUENCE_TEST, pair, look, alpha);
      if (prediction !== null) return { held: null, prediction, stop: 'decided' };
      if (look === last) return { held: null, stop: 'budget' };
      const futile = isOutOfReach(pair.votes, pair.runnerUp, alpha, { drawn: totalOf(fresh), most });
      return futile ? { held: null, stop: 'futile' } : UNDECIDED;
    },
  };
}

/**
 * Returns the rule `predict` with one look: Cohen et al.'s PREDICT. The same votes choose the class and test it.
 *
 * @throws BUDGET_TOO_SMALL if votes that all agree would decide nothing
 */
export function fixedPredictRule(claim: Claim): Rule {
  const { looks } = claim;
  const alpha = imageAlpha(claim);
  if (!TWO_SIDED_TEST.refutes(looks[0]!, 0, alpha)) throw budgetTooSmall(claim);
  return {
    ahead: 0,
    due: () => 0,
    at(look, prefixes) {
      const counts = prefixAt(look, looks, prefixes);
      const classIndex = leaderOf(counts);
      const prediction =
        classIndex === null ? null : predictionOf(TWO_SIDED_TEST, pairOf(classIndex, counts), look, alpha);
      return { held: null, stop: 'budget', ...(prediction === null ? {} : { prediction }) };
    },
  };
}

/** The votes for a class, and those for the outcome that comes closest to it. */
interface Pair {
  readonly classIndex: number;
  readonly votes: number;
  readonly runnerUp: number;
}

const pairOf = (classIndex: number, counts: Counts): Pair => ({
  classIndex,
  votes: votesOf(counts, classIndex),
  runnerUp: runnerUpVotes(classIndex, counts),
});

/** Returns the prediction of a class if its votes decide it; null if they do not. */
function predictionOf(
  test: PairTest,
  { classIndex, votes, runnerUp }: Pair,
  look: number,
  alpha: number,
): Prediction | null {
  if (!test.refutes(votes, runnerUp, alpha)) return null;
  return { classIndex, look, pValue: test.pValue(votes, runnerUp) };
}
