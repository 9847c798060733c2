import type { Enough } from './least.js';
import { MOST_SEARCHED, leastFixed, leastGain, leastTarget, mostGain } from './least.js';
import { leastFixedAtRadius } from './least-at-radius.js';
import { REFERENCE_SAMPLES } from './paper-figures.js';
import type { PlannedMeans, Planner } from './planner.js';

/** The questions of a user: at most one number each. */
export interface Questions {
  /** Part of the average certified radius of n = 100,000 that may be lost, 0 to 1; null: not asked. */
  readonly loss: number | null;
  /** Certified accuracies at radii that are among the planner's. */
  readonly reach: readonly { readonly radius: string; readonly share: number }[];
  /** Samples an image that can be paid for; null: not asked. */
  readonly affordable: number | null;
}

/** The plans that answer one question: null where no plan of the rule does. */
export interface Answer {
  readonly question:
    | { readonly kind: 'loss'; readonly loss: number; readonly acr: number }
    | { readonly kind: 'reach'; readonly radius: string; readonly share: number; readonly limit: number }
    | { readonly kind: 'affordable'; readonly samples: number };
  readonly fixed: Enough | null;
  readonly gain: Enough | null;
  /** Only of a radius. */
  readonly target: Enough | null;
}

/** --max-samples of the rules that stop early. */
const MOST = REFERENCE_SAMPLES;

/** Answers the questions at one α. @param selection samples that choose the class, of `fixed` */
export function answersOf(
  planner: Planner,
  questions: Questions,
  alpha: number,
  selection: number,
): Answer[] {
  const { loss, reach, affordable } = questions;
  return [
    ...(loss === null ? [] : [lossAnswer(planner, loss, alpha, selection)]),
    ...reach.map(({ radius, share }) => reachAnswer(planner, radius, share, alpha, selection)),
    ...(affordable === null ? [] : [affordableAnswer(planner, affordable, alpha, selection)]),
  ];
}

function lossAnswer(planner: Planner, loss: number, alpha: number, selection: number): Answer {
  const { acr } = planner.means({ rule: 'fixed', alpha, n: REFERENCE_SAMPLES, selection });
  const wanted = (means: PlannedMeans) => means.acr >= (1 - loss) * acr;
  return {
    question: { kind: 'loss', loss, acr },
    fixed: leastFixed(planner, { alpha, selection, most: REFERENCE_SAMPLES }, wanted),
    gain: leastGain(planner, { alpha, n: MOST }, wanted),
    target: null,
  };
}

function reachAnswer(
  planner: Planner,
  radius: string,
  share: number,
  alpha: number,
  selection: number,
): Answer {
  const at = planner.radii.indexOf(Number(radius));
  const wanted = (means: PlannedMeans) => means.accuracy[at]! >= share;
  const limit = planner.mostAccuracy(Number(radius));
  const question = { kind: 'reach', radius, share, limit } as const;
  // Beyond what any number of samples gives nothing is searched for.
  if (limit < share) return { question, fixed: null, gain: null, target: null };
  return {
    question,
    fixed: leastFixedAtRadius(
      planner,
      { alpha, selection, radius: Number(radius), most: MOST_SEARCHED },
      wanted,
    ),
    gain: leastGain(planner, { alpha, n: MOST }, wanted),
    target: Number(radius) > 0 ? leastTarget(planner, { alpha, target: radius }, wanted) : null,
  };
}

function affordableAnswer(planner: Planner, samples: number, alpha: number, selection: number): Answer {
  const n = Math.min(MOST_SEARCHED, Math.floor(samples) - selection);
  const fixed = { rule: 'fixed', alpha, n, selection } as const;
  return {
    question: { kind: 'affordable', samples },
    fixed: n >= 1 ? { planned: fixed, means: planner.means(fixed) } : null,
    gain: mostGain(planner, { alpha, n: MOST }, samples),
    target: null,
  };
}
