import { boundOf } from '../../analysis/plan/planner.js';
import { costOf } from '../../analysis/plan/cost.js';
import type { Enough } from '../../analysis/plan/least.js';
import type { PaperFigures } from '../../analysis/plan/paper-figures.js';
import type { PlanRow } from '../../analysis/plan/plan-rows.js';
import type { OnePlan, RangedAnswer } from './one-plan.js';
import { csvText, type Cell } from '../../report/csv.js';

/** Returns a plan as --json has it (docs/plan.md has a table of the fields). Shares are of all images, radii in the units of σ. */
export function jsonOf(plan: OnePlan) {
  const { source, rates } = plan;
  return {
    source: {
      kind: source.kind,
      name: source.name,
      alpha: source.alpha,
      sigma: source.sigma,
      noise: source.population.noise.kind,
      images: source.images,
      labelled: source.labelled,
      samples_behind: source.resting,
      tried_alphas: source.tried,
      notes: source.notes,
      warnings: source.warnings,
    },
    planned_images: rates.images,
    samples_per_second: rates.samplesPerSecond,
    answers: plan.answers.map((answer) => answerJson(answer, plan)),
    rows: plan.rows.map((row) => rowJson(row, plan)),
  };
}

function rowJson({ planned, means, paper }: PlanRow, { rates, radii, source }: OnePlan) {
  const cost = costOf(means.samples, rates);
  // `target` asks for no radius beyond those named, so that a mean of radii says nothing of it.
  const hasMean = planned.rule !== 'target';
  return {
    rule: planned.rule,
    bound: boundOf(planned),
    n: planned.n,
    alpha: planned.alpha,
    min_gain: 'minGain' in planned ? planned.minGain : null,
    n0: planned.rule === 'fixed' ? planned.selection : null,
    targets: planned.rule === 'target' ? planned.targets : null,
    acr: hasMean && source.labelled ? means.acr : null,
    mean_radius: hasMean ? means.meanRadius : null,
    mean_samples: means.samples,
    total_samples: cost.totalSamples,
    abstained: Math.max(0, 1 - means.certified),
    farthest: means.farthest,
    certified_accuracy: radii.map((radius, j) => ({ radius, share: Math.min(1, means.accuracy[j]!) })),
    hours: cost.hours,
    cost: cost.price,
    radius_error: means.radiusError,
    paper: paper && paperJson(paper),
  };
}

function paperJson(paper: PaperFigures) {
  return {
    z: paper.z,
    mean_radius_4_3: paper.meanRadius43,
    theta: paper.theta,
    ratio_4_5: paper.ratio45,
    ratio_exact: paper.ratioExact,
    drop_4_6: paper.drop46,
    drop_exact_mean: paper.dropMean,
    drop_exact_most: paper.dropMost,
    drop_exact_most_radius: paper.dropMostAt,
    violated: paper.violated,
  };
}

function answerJson({ question, fixed, gain, target, ranges }: RangedAnswer, plan: OnePlan) {
  const of = (enough: Enough | null) => enough && rowJson({ ...enough, paper: null }, plan);
  return { question, fixed: of(fixed), gain: of(gain), target: of(target), ranges };
}

/** Returns the rows of plans as CSV (RFC 4180, lines end with LF), with a header. Radii of several plans have a line each. */
export function planCsv(plans: readonly OnePlan[]): string {
  const lines = plans.flatMap((plan) =>
    jsonOf(plan).rows.flatMap((row) =>
      row.certified_accuracy.map(({ radius, share }): Cell[] => [
        plan.source.name,
        plan.source.sigma,
        ...COLUMNS.map((column) => row[column]),
        radius,
        share,
        ...PAPER_COLUMNS.map((column) => row.paper?.[column] ?? null),
      ]),
    ),
  );
  const header = ['source', 'sigma', ...COLUMNS, 'radius', 'certified_accuracy', ...PAPER_COLUMNS];
  return csvText([header, ...lines]);
}

const COLUMNS = [
  'rule',
  'bound',
  'n',
  'alpha',
  'min_gain',
  'n0',
  'acr',
  'mean_radius',
  'mean_samples',
  'total_samples',
  'abstained',
  'farthest',
  'hours',
  'cost',
] as const;
const PAPER_COLUMNS = [
  'mean_radius_4_3',
  'ratio_4_5',
  'ratio_exact',
  'drop_4_6',
  'drop_exact_mean',
  'drop_exact_most',
  'drop_exact_most_radius',
] as const;
