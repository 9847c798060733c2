import { kappaOf } from './comparison.js';
import { NO_VOTE, type Evidence } from './evidence.js';

/** Fewer lost answers are not remarked: a model that was trained with noise of the same σ loses so many, too. */
const SOME = 0.2;
/** Where the noisy copies agree with their images so little beyond chance, it is remarked; of images of one class, where half are lost. */
const LARGEST_KAPPA = 0.5;
const MANY = 0.5;
/** Fewer images tell too little. */
const ENOUGH_IMAGES = 20;

/** The answers that noise takes from a model. */
export interface LostToNoise {
  /** Noisy copies with another class than their image. */
  readonly lost: number;
  /** Noisy copies of images that are right, or, without labels, that have a class. */
  readonly copies: number;
  /** True if only images that are right without noise were counted; false without labels. */
  readonly ofRight: boolean;
}

/**
 * Returns how many noisy copies do not have the class of their image, if they agree with it little beyond chance: of the images that are
 * right without noise, or, without labels, of all. Null if few are lost, or if there are too few images or no copies.
 */
export function lostToNoise(
  { plain, noisy }: Evidence,
  labels: readonly number[] | null,
): LostToNoise | null {
  const each = noisy.length / plain.length;
  const votes = Array.from(plain);
  const counted = votes.map((vote, image) => (labels === null ? vote !== NO_VOTE : vote === labels[image]));
  if (each === 0 || counted.filter(Boolean).length < ENOUGH_IMAGES) return null;
  const imageOf = (copy: number) => Math.floor(copy / each);
  const answers = Array.from(noisy).filter((_, copy) => counted[imageOf(copy)]);
  const due = Array.from(noisy, (_, copy) => votes[imageOf(copy)]!).filter(
    (_, copy) => counted[imageOf(copy)],
  );
  const lost = answers.filter((vote, copy) => vote !== due[copy]).length;
  const share = lost / due.length;
  const severalClasses = new Set(due).size > 1;
  const many = severalClasses ? share >= SOME && kappaOf(answers, due) <= LARGEST_KAPPA : share >= MANY;
  return many ? { lost, copies: due.length, ofRight: labels !== null } : null;
}
