import { CHANGES, type Candidate, type Change } from './candidates.js';
import { compare, gainsOf, rightOf, type Comparison, type Ground } from './comparison.js';
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
/** Below this mean loss nothing can be clearly better. */
const NO_LOSS = 0.1;
/** Alternatives that are no worse than the best by more than chance gives this often are told apart by their likelihood. */
const EQUAL = 0.1;
/** Treatments whose likelihoods are within a factor of e to this are told apart by the number of flags. */
const NEARLY_INDISTINCT = 6;
/** Those of as many flags whose likelihoods are within a factor of e to this, by how usual they are. */
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
  /** The test that says so; null without labels. */
  readonly by: Ground | null;
  /** By that test, probability of such a gain if neither were better, before the correction for the number of alternatives; null without labels. */
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
 * Returns the alternative to take if the given treatment is clearly wrong: if, by exact paired tests at the level of `levelsOf`, some
 * alternative answers more images rightly without noise, or no fewer, and at least half of all, with scores that fit the labels clearly better.
 * Of the alternatives that are then as right as the best, and each better at `LEVEL`, it is one that a trained network is likely to have been
 * trained with; where that does not tell, one that takes few flags; then the most usual. Null if the given treatment may be right.
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
  const compared = tried.map((one): Compared => {
    const level = levelOf(one.candidate.change);
    return { tried: one, level, ...compare(given, one.evidence, labels, level) };
  });
  const better = compared.filter(({ chance, level }) => chance <= level);
  if (better.length === 0) return null;
  const right = ({ tried: { evidence } }: Compared) => rightOf(evidence, labels);
  const best = better.reduce((a, b) => (right(b) > right(a) ? b : a));
  const {
    tried: taken,
    by,
    chance,
  } = likeliest(
    compared
      .filter((one) => one.chance <= LEVEL)
      .filter(
        ({ tried: { evidence } }) => chanceOfGain(gainsOf(evidence, best.tried.evidence, labels)) > EQUAL,
      ),
    labels,
  );
  return { tried: taken, by, chance };
}

/** An alternative, compared with the given treatment. */
interface Compared extends Comparison {
  readonly tried: Tried;
  readonly level: number;
}

/** Returns the likeliest of some alternatives that are equally right: of those that hardly differ one of few flags, then the first. */
function likeliest(equals: readonly Compared[], labels: readonly number[]): Compared {
  const costs = equals.map((one) => ({ one, cost: unlikelihood(one.tried.evidence, labels) }));
  const within = (some: typeof costs, limit: number) => {
    const least = Math.min(...some.map(({ cost }) => cost));
    return some.filter(({ cost }) => cost <= least + limit);
  };
  const nearly = within(costs, NEARLY_INDISTINCT);
  const flags = Math.min(...nearly.map(({ one }) => one.tried.candidate.flags));
  const fewest = nearly.filter(({ one }) => one.tried.candidate.flags === flags);
  return within(fewest, INDISTINCT)[0]!.one;
}

/** Returns −log, but for a constant, of the likelihood of the labels and of a temperature that is near 1 for a trained network, at the best temperature. */
function unlikelihood(evidence: Evidence, labels: readonly number[]): number {
  const cost = ({ losses, temperature }: Calibrated) =>
    losses.length * meanOf(losses) + (Math.log(temperature) / TEMPERATURE_SPREAD) ** 2 / 2;
  return cost(calibrated(evidence, labels, cost));
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
  return { tried: found.one, by: null, chance: null };
}
