import type { Decision, Held } from '../../coordinator/core/decision.js';
import type { Counts } from '../../shared/counts.js';
import { generator } from './monte-carlo.js';
import { boundIsWrong, countsOf, radiusIsWrong, statementOf } from './runner-up.js';

export interface RunnerUpSimulation {
  readonly decision: Decision;
  readonly probabilities: readonly number[];
  /** True: the last outcome is an invalid vote. */
  readonly invalid: boolean;
  readonly images: number;
  readonly seed: number;
}

/** Numbers of images for which at some look the radius was wrong, one of the bounds was wrong, and the radius that was held in the end. */
export interface RunnerUpErrors {
  radius: number;
  bound: number;
  final: number;
}

/** Any number of outcomes, by simulation with a fixed seed. `gain` may be stopped at any look by anything: all looks are judged. */
export function simulateRunnerUp(options: RunnerUpSimulation): RunnerUpErrors {
  const { decision, probabilities, invalid, images } = options;
  const uniform = generator(options.seed);
  const limits = probabilities.map((_, j) => probabilities.slice(0, j + 1).reduce((a, b) => a + b, 0));
  const [wrongRadius, wrongBound] = [radiusIsWrong(probabilities), boundIsWrong(probabilities)];
  const errors = { radius: 0, bound: 0, final: 0 };
  for (let image = 0; image < images; image++) {
    const votes = probabilities.map(() => 0);
    const prefixes: Counts[] = [];
    const seen = { radius: false, bound: false };
    let held: Held | null = null;
    let stopped = false;
    for (const [look, n] of decision.looks.entries()) {
      for (let drawn = decision.looks[look - 1] ?? 0; drawn < n; drawn++) {
        const u = uniform();
        const outcome = limits.findIndex((limit) => u < limit);
        votes[outcome === -1 ? votes.length - 1 : outcome]! += 1;
      }
      prefixes.push(countsOf(votes, invalid));
      const now = statementOf(decision, decision.at(look, prefixes, null).held);
      seen.radius ||= wrongRadius(now);
      seen.bound ||= wrongBound(now);
      if (stopped) continue;
      const outcome = decision.at(look, prefixes, held);
      held = outcome.held;
      stopped = outcome.stop !== null;
    }
    if (seen.radius) errors.radius += 1;
    if (seen.bound) errors.bound += 1;
    if (wrongRadius(statementOf(decision, held))) errors.final += 1;
  }
  return errors;
}
