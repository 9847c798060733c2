import type { Decision, Held } from '../../coordinator/core/decision.js';
import type { Counts } from '../../shared/counts.js';
import { PILOT } from '../../statistics/two-stage.js';
import { binomialLaw } from './chain.js';
import { twoClasses } from './procedure.js';

/** The certificates after each pilot, by the failures of the first class in pilot and second stage. */
export interface Stages {
  /** Samples of the second stage after this pilot, 0 for none. */
  readonly length: number;
  /** A raw bound by the failures in the second stage, and the class that it is of; Infinity for none. */
  readonly bounds: Float64Array;
  readonly classIndex: number;
}

/** A certifier of the counts at a look: the shipped decision, or one with an error planted in it. */
export type At = (look: number, prefixes: readonly Counts[]) => Held | null;

/** Every outcome of a two-stage procedure, through the same door that the coordinator uses. */
export function stagesOf(decision: Decision, at: At): Stages[] {
  return Array.from({ length: PILOT + 1 }, (_, pilotFailures) => {
    const pilot = twoClasses(PILOT - pilotFailures, pilotFailures);
    const classIndex = pilotFailures > PILOT / 2 ? 1 : 0;
    if (decision.at(0, [pilot], null).stop !== null) {
      return { length: 0, bounds: new Float64Array(), classIndex };
    }
    const due = decision.due([pilot]);
    const length = decision.looks[due]! - PILOT;
    const bounds = Float64Array.from({ length: length + 1 }, (_, failures) => {
      const prefixes: Counts[] = [pilot];
      prefixes[due] = twoClasses(PILOT - pilotFailures + length - failures, pilotFailures + failures);
      const held = at(due, prefixes);
      if (held !== null && held.classIndex !== classIndex) throw new Error('not the class of the pilot');
      return held?.deltaUpper ?? Infinity;
    });
    return { length, bounds, classIndex };
  });
}

/** Exact P(a wrong certificate), where class 0 fails with probability `delta` and class 1 with 1 − delta. */
export function errorOfStages(stages: readonly Stages[], delta: number): number {
  const pilot = binomialLaw(PILOT, delta);
  const laws = new Map<number, ReturnType<typeof binomialLaw>>();
  let error = 0;
  pilot.mass.forEach((weight, i) => {
    const { length, bounds, classIndex } = stages[pilot.first + i]!;
    if (length === 0) return;
    const law = laws.get(length) ?? binomialLaw(length, delta);
    laws.set(length, law);
    const truth = classIndex === 0 ? delta : 1 - delta;
    law.mass.forEach((mass, j) => {
      if (bounds[law.first + j]! < truth) error += weight * mass;
    });
  });
  return error;
}

/** Failure probabilities just above each bound that is attainable, thinned to about `points`, and ½. */
export function hardestOfStages(stages: readonly Stages[], points: number): number[] {
  const attainable = [...new Set(stages.flatMap(({ bounds }) => [...bounds]).filter((d) => d < 0.5))];
  const sorted = attainable.sort((a, b) => a - b);
  const every = Math.max(1, Math.floor(sorted.length / points));
  return [...sorted.filter((_, i) => i % every === 0).map((d) => d * (1 + 2 ** -50)), 0.5];
}
