import type { Decision, Held } from '../../coordinator/core/decision.js';
import { NO_COUNTS, type Counts } from '../../shared/counts.js';
import { binomialLaw, convolve, type Law } from './chain.js';

/**
 * The law of the whole procedure, through the same `Decision` that the coordinator calls: which looks are reached
 * depends on the stopping rule, and what is held depends on all looks before. Two classes, exact.
 */

interface Group {
  readonly held: Held | null;
  readonly law: Law;
}

export interface ProcedureLaw {
  /** P(the image ever holds a wrong certificate), whether or not a later look would replace it. */
  readonly error: number;
  /** P(a certificate is held in the end). */
  readonly certified: number;
  /** Mean number of samples. */
  readonly samples: number;
}

/** Votes of two classes, as counts. */
export function twoClasses(first: number, second: number): Counts {
  const kept = [first, second].map((votes, c) => [c, votes] as const).filter(([, votes]) => votes > 0);
  return { classes: kept.map(([c]) => c), votes: kept.map(([, votes]) => votes), invalid: 0 };
}

/** Returns true if a certificate is wrong, where class 0 fails with probability `delta` and class 1 with 1 − delta. */
function isWrong(held: Held | null, delta: number): boolean {
  return held !== null && held.deltaUpper < (held.classIndex === 0 ? delta : 1 - delta);
}

/** The law of a rule that may stop at every look, `gain` or `target`: states are the counts and what is held. */
export function repeatedLaw(decision: Decision, delta: number): ProcedureLaw {
  let groups: Group[] = [{ held: null, law: { first: 0, mass: Float64Array.of(1) } }];
  const total = { error: 0, certified: 0, samples: 0 };
  decision.looks.forEach((n, look) => {
    const step = binomialLaw(n - (decision.looks[look - 1] ?? 0), delta);
    const next = new Map<string, { held: Held | null; mass: Map<number, number> }>();
    for (const group of groups) {
      const { law, dropped } = convolve(group.law, step);
      total.error += dropped;
      law.mass.forEach((mass, i) => {
        const failures = law.first + i;
        const prefixes = Array<Counts>(look).fill(NO_COUNTS);
        prefixes.push(twoClasses(n - failures, failures));
        const { held, stop } = decision.at(look, prefixes, group.held);
        if (isWrong(held, delta)) total.error += mass;
        if (stop !== null || isWrong(held, delta)) {
          total.samples += mass * n;
          if (held !== null) total.certified += mass;
          return;
        }
        const key = held === null ? '' : `${held.classIndex}/${held.deltaUpper}`;
        const kept = next.get(key) ?? { held, mass: new Map<number, number>() };
        kept.mass.set(failures, (kept.mass.get(failures) ?? 0) + mass);
        next.set(key, kept);
      });
    }
    groups = [...next.values()].map(({ held, mass }) => ({ held, law: lawOf(mass) }));
  });
  if (groups.length > 0) throw new Error('the last look did not stop');
  return total;
}

/** The law of `fixed`: the votes of the selection and those after it are independent. */
export function fixedLaw(decision: Decision, delta: number): ProcedureLaw {
  const [n0, all] = decision.looks as readonly [number, number];
  const selection = binomialLaw(n0, delta);
  const fresh = binomialLaw(all - n0, delta);
  const total = { error: 0, certified: 0, samples: all };
  selection.mass.forEach((weight, i) => {
    const first = selection.first + i;
    const chosen = twoClasses(n0 - first, first);
    fresh.mass.forEach((mass, j) => {
      const failures = first + fresh.first + j;
      const { held } = decision.at(1, [chosen, twoClasses(all - failures, failures)], null);
      if (held !== null) total.certified += weight * mass;
      if (isWrong(held, delta)) total.error += weight * mass;
    });
  });
  return total;
}

function lawOf(mass: ReadonlyMap<number, number>): Law {
  const states = [...mass.keys()];
  const first = Math.min(...states);
  const dense = new Float64Array(Math.max(...states) - first + 1);
  mass.forEach((m, state) => (dense[state - first] = m));
  return { first, mass: dense };
}
