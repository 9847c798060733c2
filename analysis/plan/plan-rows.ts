import { ImpossibleClaim } from '../../statistics/impossible-claim.js';
import { REFERENCE_SAMPLES, paperFigures, type PaperFigures } from './paper-figures.js';
import type { Planned, PlannedMeans, Planner } from './planner.js';

/** The rows that a plan is asked for: every combination of these. */
export interface PlanRequest {
  /** Samples of the bound of `fixed`. */
  readonly samples: readonly number[];
  /** --max-samples of the rules that stop early. */
  readonly mostSamples: readonly number[];
  readonly alphas: readonly number[];
  /** --n0 of `fixed`. */
  readonly selections: readonly number[];
  /** --min-gain of `gain` and `two-stage`. */
  readonly prices: readonly number[];
  /** Radii of `target` as they are typed, ascending, above 0; empty: no such row. */
  readonly targets: readonly string[];
}

/** One row of a plan. */
export interface PlanRow {
  readonly planned: Planned;
  readonly means: PlannedMeans;
  /** Of `fixed` under Gaussian noise; null otherwise. */
  readonly paper: PaperFigures | null;
}

/**
 * Yields the rows of a plan, those of `fixed` first. A rule that could certify nothing with so few samples has no row.
 *
 * @param planner that compares accuracies at `comparedRadii`
 */
export function* planRows(planner: Planner, request: PlanRequest): Generator<PlanRow> {
  for (const alpha of request.alphas) {
    for (const selection of request.selections) yield* fixedRows(planner, request.samples, alpha, selection);
    for (const n of request.mostSamples) {
      for (const planned of earlyPlans(request, alpha, n)) {
        const row = possibleRow(planner, planned);
        if (row !== null) yield row;
      }
    }
  }
}

function* fixedRows(
  planner: Planner,
  samples: readonly number[],
  alpha: number,
  selection: number,
): Generator<PlanRow> {
  const at = (n: number) => ({ rule: 'fixed', alpha, n, selection }) as const;
  const isGaussian = planner.population.noise.kind === 'gaussian';
  for (const n of samples) {
    const planned = at(n);
    const means = planner.means(planned);
    const paper = isGaussian
      ? paperFigures(planner, planned, means, planner.means(at(REFERENCE_SAMPLES)))
      : null;
    yield { planned, means, paper };
  }
}

function earlyPlans({ prices, targets }: PlanRequest, alpha: number, n: number): Planned[] {
  return [
    ...prices.map((minGain): Planned => ({ rule: 'gain', bound: 'spending', alpha, n, minGain })),
    ...prices.map((minGain): Planned => ({ rule: 'gain', bound: 'anytime', alpha, n, minGain })),
    ...prices.map((minGain): Planned => ({ rule: 'two-stage', alpha, n, minGain })),
    ...(targets.length === 0 ? [] : [{ rule: 'target', alpha, n, targets } as const]),
  ];
}

/** Returns the row of a rule; of `target` with as many of the radii as so many samples can reach. Null if it can certify nothing. */
function possibleRow(planner: Planner, planned: Planned): PlanRow | null {
  try {
    return { planned, means: planner.means(planned), paper: null };
  } catch (error) {
    if (!(error instanceof ImpossibleClaim)) throw error;
    if (planned.rule !== 'target' || planned.targets.length === 1) return null;
    return possibleRow(planner, { ...planned, targets: planned.targets.slice(0, -1) });
  }
}
