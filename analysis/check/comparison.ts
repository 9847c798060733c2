import { calibrated, meanOf, type Evidence } from './evidence.js';
import { chanceOfGain } from './exact-gain.js';

/** By the test of losses an alternative is better only if its mean loss is at most this share of the given treatment's. */
const LESS_LOSS = 0.8;
/** Losses are compared in so many steps of the largest difference. */
const LOSS_STEPS = 200;
/** By right answers alone an alternative must agree with the labels so far beyond chance (`kappaOf`). */
const LEAST_KAPPA = 0.1;
/** By losses it must agree with them so far, and be right for this share of the images. */
const LEAST_KAPPA_BY_LOSSES = 0.25;
const LEAST_RIGHT_BY_LOSSES = 0.5;

/** The test by which an alternative is better: of right answers, or of how well the scores fit the labels. */
export type Ground = 'answers' | 'scores';

/** How an alternative compares with the given treatment, by the test that decides. */
export interface Comparison {
  readonly by: Ground;
  /** Probability of such a gain if neither were better. */
  readonly chance: number;
}

/**
 * Compares the answers to some images in two treatments, by exact paired tests. Right answers decide if they are enough for the level;
 * else losses, which count only where the other treatment is right for half of the images at least and no less often than the given one.
 * @param given null if the model does not take images that are prepared as given
 * @param labels one an image
 */
export function compare(
  given: Evidence | null,
  other: Evidence,
  labels: readonly number[],
  level: number,
): Comparison {
  const kappa = kappaOf(other.plain, labels);
  const gains = gainsOf(given, other, labels);
  const byAnswers: Comparison = { by: 'answers', chance: kappa < LEAST_KAPPA ? 1 : chanceOfGain(gains) };
  const right = rightOf(other, labels);
  const isGood = kappa >= LEAST_KAPPA_BY_LOSSES && right >= LEAST_RIGHT_BY_LOSSES * labels.length;
  if (given === null || byAnswers.chance <= level || !isGood || right < rightOf(given, labels))
    return byAnswers;
  const byScores: Comparison = { by: 'scores', chance: chanceOfLosses(given, other, labels) };
  return byScores.chance < byAnswers.chance ? byScores : byAnswers;
}

function chanceOfLosses(given: Evidence, other: Evidence, labels: readonly number[]): number {
  // At the best temperature of each, treatments that only make scores larger do not differ (Guo et al., ICML 2017).
  const [before, after] = [given, other].map((one) => calibrated(one, labels).losses) as [number[], number[]];
  if (meanOf(after) > LESS_LOSS * meanOf(before)) return 1;
  const gains = before.map((loss, image) => loss - after[image]!);
  const step = Math.max(...gains.map(Math.abs)) / LOSS_STEPS;
  return chanceOfGain(gains.map((gain) => Math.round(gain / step)));
}

/** Returns how many images are right without noise. */
export const rightOf = ({ plain }: Evidence, labels: readonly number[]): number =>
  labels.filter((label, image) => plain[image] === label).length;

/** Returns for each image 1 where only the second is right, −1 where only the first is, else 0. */
export function gainsOf(first: Evidence | null, second: Evidence, labels: readonly number[]): number[] {
  return labels.map(
    (label, image) => Number(second.plain[image] === label) - Number(first?.plain[image] === label),
  );
}

/**
 * Returns how far the answers agree with the labels beyond chance (Cohen 1960): 1 if all are right, 0 if no more are than if the same
 * answers were given to the images in any order, as where all images, or all answers, have one class.
 */
export function kappaOf(answers: ArrayLike<number>, labels: readonly number[]): number {
  const images = labels.length;
  const votes = Array.from(answers);
  const count = (values: readonly number[], one: number) => values.filter((value) => value === one).length;
  const classes = [...new Set(labels)];
  const byChance =
    classes.reduce((sum, one) => sum + count(votes, one) * count(labels, one), 0) / images ** 2;
  const right = labels.filter((label, image) => votes[image] === label).length;
  return byChance === 1 ? 0 : (right / images - byChance) / (1 - byChance);
}
