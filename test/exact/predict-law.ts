import type { Decision } from '../../coordinator/core/decision.js';
import { NO_COUNTS, addCounts, leaderOf, type Counts } from '../../shared/counts.js';
import { binomialLaw, convolve, type Law } from './chain.js';
import { generator } from './monte-carlo.js';
import { twoClasses } from './procedure.js';

/** The law of `predict` through the same `Decision` that the coordinator calls. Two classes, exact. */
export interface PredictionLaw {
  /** P(class 0 is predicted), and P(class 1 is). What was too small to follow counts for both. */
  readonly first: number;
  readonly second: number;
  /** Mean number of samples. */
  readonly samples: number;
}

/** Returns the law where a sample votes for class 0 with probability 1 − `delta`, and for class 1 otherwise. */
export function predictionLaw(decision: Decision, delta: number): PredictionLaw {
  const { looks } = decision;
  if (looks.length === 1) return lawOfOneLook(decision, delta);
  const total = { first: 0, second: 0, samples: 0 };
  const pilot = binomialLaw(looks[0]!, delta);
  for (const classIndex of [0, 1]) {
    let weight = 0;
    pilot.mass.forEach((mass, i) => {
      const failures = pilot.first + i;
      if (leaderOf(twoClasses(looks[0]! - failures, failures)) === classIndex) weight += mass;
    });
    const behind = lawBehindPilot(decision, classIndex, delta);
    total[classIndex === 0 ? 'first' : 'second'] += weight * behind.predicted;
    total.samples += weight * behind.samples;
  }
  return total;
}

function lawOfOneLook(decision: Decision, delta: number): PredictionLaw {
  const { looks } = decision;
  const total = { first: 0, second: 0, samples: looks[0]! };
  const law = binomialLaw(looks[0]!, delta);
  law.mass.forEach((mass, i) => {
    const failures = law.first + i;
    const { prediction } = decision.at(0, [twoClasses(looks[0]! - failures, failures)], null);
    if (prediction !== undefined) total[prediction.classIndex === 0 ? 'first' : 'second'] += mass;
  });
  return total;
}

/** Which samples of the pilot voted for the class decides nothing more: all of them stand for it. */
function lawBehindPilot(decision: Decision, classIndex: number, delta: number) {
  const { looks } = decision;
  const pilotSize = looks[0]!;
  const pilot = classIndex === 0 ? twoClasses(pilotSize, 0) : twoClasses(0, pilotSize);
  const total = { predicted: 0, samples: 0 };
  let law: Law = { first: 0, mass: Float64Array.of(1) };
  looks.slice(1).forEach((n, i) => {
    const look = i + 1;
    const step = convolve(law, binomialLaw(n - looks[look - 1]!, delta));
    total.predicted += step.dropped;
    law = step.law;
    law.mass.forEach((mass, j) => {
      const failures = law.first + j;
      const prefixes = [pilot, ...Array<Counts>(look - 1).fill(NO_COUNTS)];
      prefixes.push(addCounts(pilot, twoClasses(n - pilotSize - failures, failures)));
      const { stop, prediction } = decision.at(look, prefixes, null);
      if (stop === null) return;
      law.mass[j] = 0;
      total.samples += mass * n;
      if (prediction !== undefined) total.predicted += mass;
    });
  });
  return total;
}

/** Returns how many of the images are predicted to have a class that is no more likely than another outcome; the last outcome is an invalid vote if `invalid`. */
export function wronglyPredicted(
  decision: Decision,
  probabilities: readonly number[],
  { images, seed, invalid = false }: { images: number; seed: number; invalid?: boolean },
): { wrong: number; predicted: number } {
  const { looks } = decision;
  const uniform = generator(seed);
  const limits = probabilities.map((_, c) => probabilities.slice(0, c + 1).reduce((a, b) => a + b, 0));
  const isWrong = (c: number): boolean => probabilities.some((p, j) => j !== c && p >= probabilities[c]!);
  const total = { wrong: 0, predicted: 0 };
  for (let image = 0; image < images; image++) {
    const votes = probabilities.map(() => 0);
    const prefixes: Counts[] = [];
    for (const [look, n] of looks.entries()) {
      for (let drawn = looks[look - 1] ?? 0; drawn < n; drawn++) {
        const u = uniform();
        const outcome = limits.findIndex((limit) => u < limit);
        votes[outcome === -1 ? votes.length - 1 : outcome]! += 1;
      }
      prefixes.push(countsOf(votes, invalid));
      const { stop, prediction } = decision.at(look, prefixes, null);
      if (prediction !== undefined) {
        total.predicted += 1;
        if (isWrong(prediction.classIndex)) total.wrong += 1;
      }
      if (stop !== null) break;
    }
  }
  return total;
}

function countsOf(votes: readonly number[], invalid: boolean): Counts {
  const classes = [...votes.keys()].filter((c) => votes[c]! > 0 && !(invalid && c === votes.length - 1));
  return {
    classes,
    votes: classes.map((c) => votes[c]!),
    invalid: invalid ? votes.at(-1)! : 0,
  };
}
