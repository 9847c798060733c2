import { CHANGES, type Candidate, type Change } from './candidates.js';
import {
  calibrated,
  informationOf,
  meanOf,
  mostFrequent,
  type Calibrated,
  type Evidence,
} from './evidence.js';
import { chanceOfGain } from './exact-gain.js';

/** The level of the tests with labels: a treatment that is right is called wrong at most so often, all alternatives together. */
const LEVEL = 0.01;
/** Two tests are made of each alternative: of right answers, and of losses. */
const TESTS = 2;
/** By the test of losses an alternative is better only if its mean loss is at most this share of the given treatment's. */
const LESS_LOSS = 0.8;
/** Losses are compared in so many steps of the largest difference. */
const LOSS_STEPS = 200;
/** Below this mean loss nothing can be clearly better. */
const NO_LOSS = 0.1;
/** Alternatives that are no worse than the best by more than chance gives this often are told apart by their likelihood. */
const EQUAL = 0.1;
/** Treatments whose likelihoods are within a factor of e to this are told apart by how usual they are. */
const INDISTINCT = 2;
/** Standard deviation of the logarithm of a trained network's temperature, which is about 1. */
const TEMPERATURE_SPREAD = 0.3;

/** Without labels nothing is proved. These are strict, so that a note is rare: see `suspectWithoutLabels`. */
const WITHOUT_LABELS = { images: 50, least: 0.55, most: 0.4, times: 1.5, largest: 0.5, near: 0.05 } as const;

/** An alternative and what the model answered in it. */
export interface Tried {
  readonly candidate: Candidate;
  readonly evidence: Evidence;
}

/** An alternative that is right where the given one is not. */
export interface Better {
  readonly tried: Tried;
  /** Probability of such a gain if neither were better, before the correction for the number of alternatives; null without labels. */
  readonly chance: number | null;
}

/**
 * Returns for each kind of change the level of one comparison (Bonferroni): the kinds have equal shares of the whole level, and the
 * alternatives of a kind equal shares of that, those that are not run included.
 */
export function levelsOf(candidates: readonly Candidate[]): (change: Change) => number {
  return (change) => {
    const ofKind = candidates.filter((candidate) => candidate.change === change).length;
    return LEVEL / TESTS / CHANGES.length / ofKind;
  };
}

/** Returns true if some alternative could still be found clearly better: with no image wrong, or with no loss, it would be. */
export function canBeBettered(
  given: Evidence,
  labels: readonly number[],
  candidates: readonly Candidate[],
): boolean {
  const wrong = labels.length - rightOf(given, labels);
  const levelOf = levelsOf(candidates);
  const byRight = candidates.some(({ change }) => 2 ** -wrong <= levelOf(change));
  return byRight || meanOf(calibrated(given, labels).losses) > NO_LOSS;
}

/**
 * Returns the alternative that is clearly right, by exact paired tests at the level of `levelsOf`: one that answers more images without noise
 * rightly than the given treatment does, or no fewer and with scores that fit the labels clearly better. Of several, the best; of those that
 * are as good as the best, the one that a trained network is likeliest to have been trained with; where that does not tell, the most usual. Null if none is.
 * @param given null if the model does not take images that are prepared as given
 * @param labels one an image
 * @param all the alternatives, run or not
 */
export function clearlyBetter(
  given: Evidence | null,
  tried: readonly Tried[],
  labels: readonly number[],
  all: readonly Candidate[],
): Better | null {
  const levelOf = levelsOf(all);
  const better = tried
    .map((one) => ({ tried: one, chance: chanceOf(given, one.evidence, labels) }))
    .filter(({ tried: { candidate }, chance }) => chance <= levelOf(candidate.change));
  if (better.length === 0) return null;
  const right = ({ tried: { evidence } }: Better) => rightOf(evidence, labels);
  const best = better.reduce((a, b) => (right(b) > right(a) ? b : a));
  const asGood = better.filter(
    ({ tried: { evidence } }) => chanceOfGain(gainsOf(evidence, best.tried.evidence, labels)) > EQUAL,
  );
  const unlikely = asGood.map(({ tried: { evidence } }) => unlikelihood(evidence, labels));
  const least = Math.min(...unlikely);
  return asGood[unlikely.findIndex((one) => one <= least + INDISTINCT)]!;
}

/** Returns the smaller probability by chance of the two tests. */
function chanceOf(given: Evidence | null, other: Evidence, labels: readonly number[]): number {
  const byRight = chanceOfGain(gainsOf(given, other, labels));
  if (given === null || rightOf(other, labels) < rightOf(given, labels)) return byRight;
  // At the best temperature of each, treatments that only make scores larger do not differ (Guo et al., ICML 2017).
  const [before, after] = [given, other].map((one) => calibrated(one, labels).losses) as [number[], number[]];
  if (meanOf(after) > LESS_LOSS * meanOf(before)) return byRight;
  const gains = before.map((loss, image) => loss - after[image]!);
  const step = Math.max(...gains.map(Math.abs)) / LOSS_STEPS;
  return Math.min(byRight, chanceOfGain(gains.map((gain) => Math.round(gain / step))));
}

/** Returns −log, but for a constant, of the likelihood of the labels and of a temperature that is near 1 for a trained network, at the best temperature. */
function unlikelihood(evidence: Evidence, labels: readonly number[]): number {
  const cost = ({ losses, temperature }: Calibrated) =>
    losses.length * meanOf(losses) + (Math.log(temperature) / TEMPERATURE_SPREAD) ** 2 / 2;
  return cost(calibrated(evidence, labels, cost));
}

const rightOf = ({ plain }: Evidence, labels: readonly number[]): number =>
  labels.filter((label, image) => plain[image] === label).length;

/** Returns for each image 1 where only the second is right, −1 where only the first is, else 0. */
function gainsOf(first: Evidence | null, second: Evidence, labels: readonly number[]): number[] {
  return labels.map(
    (label, image) => Number(second.plain[image] === label) - Number(first?.plain[image] === label),
  );
}

/**
 * Returns an alternative to suspect without labels: one in which the votes of noisy copies follow those of their images, over many classes,
 * while in the given treatment half of the images have one class and noise or sameness leaves little information. The most usual one of
 * those that tell nearly as much as the best. Null where images or evidence are too few. It is a suspicion: no test stands behind it.
 */
export function suspectWithoutLabels(given: Evidence, tried: readonly Tried[]): Better | null {
  const { images, least, most, times, largest, near } = WITHOUT_LABELS;
  const known = informationOf(given);
  if (known === null || given.plain.length < images) return null;
  if (known > most || mostFrequent(given.plain).share < largest) return null;
  const told = tried.map((one) => ({ one, told: informationOf(one.evidence) ?? 0 }));
  const best = Math.max(0, ...told.map((each) => each.told));
  if (best < Math.max(least, times * known)) return null;
  const found = told.find((each) => each.told >= best - near)!;
  return { tried: found.one, chance: null };
}
