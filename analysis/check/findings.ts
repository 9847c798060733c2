import type { Better } from './clearly-better.js';
import { figuresOf, mostFrequent, type Evidence, type Figures } from './evidence.js';
import type { LabelFinding } from './label-order.js';
import { lostToNoise, type LostToNoise } from './lost-to-noise.js';
import type { UnitFault } from './unit-faults.js';

/** Votes are all for one class from this share on; labels are not while theirs is at most `SPREAD`. */
const ONE_CLASS = 0.95;
const SPREAD = 0.75;
/** Fewer images say nothing of the spread of votes. */
const ENOUGH_IMAGES = 20;

/** Why the model does not take images that are prepared as given, and what to do: a sentence each. */
export interface Unfit {
  readonly message: string;
  readonly remedy: string;
}

/** The findings of a check, most telling first. The sentences are the command line's. */
export type Finding =
  | UnitFault
  /** The model does not take images that are prepared as given. */
  | ({ readonly kind: 'unfit' } & Unfit)
  /** Another treatment of the pixels is clearly right. */
  | {
      readonly kind: 'better';
      readonly better: Better;
      readonly given: Figures | null;
      readonly found: Figures;
    }
  | { readonly kind: 'labels'; readonly finding: LabelFinding }
  /** Nearly all images, or all noisy copies of images of several classes, have one class. */
  | { readonly kind: 'one-class'; readonly class: number; readonly share: number; readonly noisy: boolean }
  /** Many answers are lost to the noise. It may be meant so: this is a remark, and no error. */
  | { readonly kind: 'noise'; readonly lost: LostToNoise };

export interface Grounds {
  /** Null if the model does not take images that are prepared as given. */
  readonly given: Evidence | null;
  /** Null if it does. */
  readonly unfit: Unfit | null;
  readonly labels: readonly number[] | null;
  readonly units: readonly UnitFault[];
  readonly better: Better | null;
  readonly labelFinding: LabelFinding | null;
}

/** Returns all findings, the one to mend first at the start. */
export function findingsOf({
  given,
  unfit,
  labels,
  units,
  better,
  labelFinding,
}: Grounds): readonly Finding[] {
  const figures = given && figuresOf(given, labels);
  // Whatever else is found of pixels that were lost follows from that.
  if (units.some(({ kind }) => kind === 'dark')) return units;
  const found: Finding[] = [];
  if (better !== null) {
    const after = figuresOf(better.tried.evidence, labels);
    found.push({ kind: 'better', better, given: figures, found: after });
  } else if (unfit !== null) found.push({ kind: 'unfit', ...unfit });
  if (labelFinding !== null) found.push({ kind: 'labels', finding: labelFinding });
  found.push(...units);
  const oneClass = figures && oneClassOf(figures, labels);
  if (oneClass !== null) return [...found, oneClass];
  const lost = given && better === null ? lostToNoise(given, labels) : null;
  return lost === null ? found : [...found, { kind: 'noise', lost }];
}

/** Returns the class that has nearly all votes where the labels, or the votes without noise, are of several. */
function oneClassOf(
  { images, largest, largestNoisy }: Figures,
  labels: readonly number[] | null,
): Finding | null {
  if (images < ENOUGH_IMAGES) return null;
  const spread = labels === null ? null : mostFrequent(labels).share;
  const isPlain = spread === null ? largest.share === 1 : largest.share >= ONE_CLASS && spread <= SPREAD;
  if (isPlain) return { kind: 'one-class', class: largest.class, share: largest.share, noisy: false };
  if (largestNoisy === null || largestNoisy.share < ONE_CLASS || largest.share > SPREAD) return null;
  return { kind: 'one-class', class: largestNoisy.class, share: largestNoisy.share, noisy: true };
}

/** Returns true if a finding says that something is wrong, and false if it is a remark on what may be meant so. */
export const isWrong = ({ kind }: Finding): boolean => kind !== 'noise';
