import { ImpossibleClaim } from '../../statistics/impossible-claim.js';
import type { Planned, PlannedMeans, Planner } from './planner.js';

/** A plan that is enough, and what it gives. */
export interface Enough {
  readonly planned: Planned;
  readonly means: PlannedMeans;
}

/** A question: what means must be for a plan to be enough. */
export type Wanted = (means: PlannedMeans) => boolean;

/** No more samples an image than this are looked for. */
export const MOST_SEARCHED = 1_000_000;
/** Prices that are tried, from few samples to many: a person types one of them. */
export const PRICES = [
  0.5, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.015, 0.01, 0.007, 0.005, 0.003, 0.002, 0.0015, 0.001,
] as const;

/** --max-samples that are tried for `target`, ascending. */
const TARGET_BUDGETS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

/**
 * Returns the fixed number of samples that is enough where one less is not, by bisection; null if `most` are not. More samples give no less but
 * for steps of single counts, so that a smaller number may be enough by chance.
 */
export function leastFixed(
  planner: Planner,
  {
    alpha,
    selection,
    most = MOST_SEARCHED,
  }: { readonly alpha: number; readonly selection: number; readonly most?: number },
  wanted: Wanted,
): Enough | null {
  const at = (n: number): Enough => {
    const planned = { rule: 'fixed', alpha, n, selection } as const;
    return { planned, means: planner.means(planned) };
  };
  let high = 1;
  while (high < most && !wanted(at(high).means)) high = Math.min(most, 4 * high);
  let found = at(high);
  if (!wanted(found.means)) return null;
  let low = Math.floor(high / 4);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const tried = at(middle);
    if (wanted(tried.means)) {
      high = middle;
      found = tried;
    } else low = middle;
  }
  return found;
}

/** --max-samples and α of the plans of `gain` that are looked through. */
interface GainPlans {
  readonly alpha: number;
  readonly n: number;
}

/** Returns the largest price of `gain` with `spending` among `PRICES` that is enough; null if none is. */
export function leastGain(planner: Planner, of: GainPlans, wanted: Wanted): Enough | null {
  return firstEnough(planner, gainPlans(of), wanted);
}

/** Returns the smallest price of `gain` with `spending` among `PRICES` that takes at most so many samples an image; null if none does. */
export function mostGain(planner: Planner, of: GainPlans, samples: number): Enough | null {
  const plans = gainPlans(of);
  const dearer = firstEnough(planner, plans, (means) => means.samples > samples);
  const at = dearer === null ? plans.length : plans.indexOf(dearer.planned);
  return at === 0 ? null : enough(planner, plans[at - 1]!);
}

const gainPlans = ({ alpha, n }: GainPlans): Planned[] =>
  PRICES.map((minGain): Planned => ({ rule: 'gain', bound: 'spending', alpha, n, minGain }));

/** Returns the smallest --max-samples among `TARGET_BUDGETS` with which `target` is enough for one radius; null if none is. */
export function leastTarget(
  planner: Planner,
  { alpha, target }: { readonly alpha: number; readonly target: string },
  wanted: Wanted,
): Enough | null {
  const plans = TARGET_BUDGETS.map((n): Planned => ({ rule: 'target', alpha, n, targets: [target] }));
  return firstEnough(planner, plans, wanted);
}

/** Returns the first of some plans that is enough, by bisection: those behind it give no less. Null if none is. */
function firstEnough(planner: Planner, plans: readonly Planned[], wanted: Wanted): Enough | null {
  let low = -1;
  let high = plans.length;
  let found: Enough | null = null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const tried = enough(planner, plans[middle]!);
    if (tried !== null && wanted(tried.means)) {
      high = middle;
      found = tried;
    } else low = middle;
  }
  return found;
}

/** Returns what a plan gives; null if it can certify nothing. */
function enough(planner: Planner, planned: Planned): Enough | null {
  try {
    return { planned, means: planner.means(planned) };
  } catch (error) {
    if (error instanceof ImpossibleClaim) return null;
    throw error;
  }
}
