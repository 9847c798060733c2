import type { Population } from '../populations/population.js';
import type { FixedPlan } from './fixed-means.js';
import type { DeltaGroup } from './means.js';
import type { PlannedMeans, Planner } from './planner.js';
import { dropOf46, paperZ, radiusOf43, ratioOf45, thetaOf } from './paper-formulas.js';

/** The paper's formulas for one number of samples, beside what is exact for the population. Gaussian noise only. */
export interface PaperFigures {
  /** The two-sided z that the formulas use. */
  readonly z: number;
  /** Mean over the images of Theorem 4.3, beside `Means.meanRadius`; in the units of the noise's scale. */
  readonly meanRadius43: number;
  /** Θ of Theorem 4.5 for the β of the population, and the part of the average radius that it says is kept. */
  readonly theta: number;
  readonly ratio45: number;
  /** The part that is kept of the mean radius of the reference, exactly. */
  readonly ratioExact: number;
  /** Theorem 4.6: the most certified accuracy that is lost. */
  readonly drop46: number;
  /** The loss against the reference, exactly: averaged over radii up to four noise scales, and the largest one with the radius at which it is. */
  readonly dropMean: number;
  readonly dropMost: number;
  readonly dropMostAt: number;
  /** The theorems that do not hold here, each with its assumption and both numbers, a sentence each. */
  readonly violated: readonly string[];
}

/** The reference of losses: the field's number of samples. */
export const REFERENCE_SAMPLES = 100_000;
/** Radii at which losses of accuracy are compared: so many up to `FARTHEST` noise scales. */
const RADII = 400;
const FARTHEST = 4;
/** Theorems 4.3 and 4.5 say "about": they are said to claim too much where they promise more than this beyond what is exact. */
const [TOLERANCE_43, TOLERANCE_45] = [0.02, 0.01];

/** Returns the radii at which accuracies are compared, ascending. */
export const comparedRadii = ({ scale }: Population['noise']): number[] =>
  Array.from({ length: RADII }, (_, i) => ((i + 1) * FARTHEST * scale) / RADII);

/**
 * Returns the paper's figures for one plan of `fixed`.
 *
 * @param planner that compares accuracies at `comparedRadii`. @param exact means of the plan. @param reference means of `REFERENCE_SAMPLES`
 */
export function paperFigures(
  { groups, population, compared }: Planner,
  { alpha, n }: FixedPlan,
  exact: PlannedMeans,
  reference: PlannedMeans,
): PaperFigures {
  const { scale } = population.noise;
  const theta = thetaOf(betaOf(groups));
  const losses = reference.compared.map((share, j) => share - exact.compared[j]!);
  const dropMost = Math.max(...losses);
  const figures = {
    z: paperZ(alpha),
    meanRadius43: scale * groups.reduce((sum, one) => sum + one.share * radiusOf43(one.delta, n, alpha), 0),
    theta,
    ratio45: ratioOf45(theta, n, alpha),
    ratioExact: reference.meanRadius === 0 ? 1 : exact.meanRadius / reference.meanRadius,
    drop46: dropOf46(n, alpha),
    dropMean: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    dropMost,
    dropMostAt: compared[losses.indexOf(dropMost)]!,
  };
  return { ...figures, violated: violations(figures, exact.meanRadius) };
}

/** Returns the smallest p of the images that can be certified at all: those with p ≥ ½. */
function betaOf(groups: readonly DeltaGroup[]): number {
  const largest = groups.filter(({ delta }) => delta <= 0.5).at(-1);
  // Beyond, the population is too narrow for the theorem to be about.
  return Math.min(0.99, 1 - (largest?.delta ?? 0.5));
}

function violations(figures: Omit<PaperFigures, 'violated'>, meanRadius: number): string[] {
  const { meanRadius43, ratio45, ratioExact, drop46, dropMean, dropMost, dropMostAt } = figures;
  const shown = (value: number) => value.toFixed(4);
  return [
    meanRadius43 > (1 + TOLERANCE_43) * meanRadius
      ? `4.3 over-claims here (it assumes normal votes, n large and p not near 1): a mean radius of ${shown(meanRadius43)} where ${shown(meanRadius)} can be proved`
      : null,
    ratio45 > ratioExact + TOLERANCE_45
      ? `4.5 over-claims here (it assumes p uniform on [β, 1)): ${shown(ratio45)} of the radius kept where ${shown(ratioExact)} is`
      : null,
    dropMean > drop46
      ? `4.6 is violated here even on average over radii: at most ${shown(drop46)} of certified accuracy lost where ${shown(dropMean)} is`
      : null,
    dropMost > drop46
      ? `4.6 is violated here at single radii (no radius above σΦ⁻¹(α^(1/n)) can be proved): at most ${shown(drop46)} of certified accuracy lost where ${shown(dropMost)} is at radius ${shown(dropMostAt)}`
      : null,
  ].filter((sentence) => sentence !== null);
}
