import type { Better } from './clearly-better.js';
import { figuresOf, mostFrequent, type Evidence, type Figures } from './evidence.js';
import type { LabelFinding } from './label-order.js';
import type { UnitFault } from './unit-faults.js';

/** Votes are all for one class from this share on; labels are not while theirs is at most `SPREAD`. */
const ONE_CLASS = 0.95;
const SPREAD = 0.75;
/** Fewer images say nothing of the spread of votes. */
const ENOUGH_IMAGES = 20;

/** The findings of a check, most telling first. The sentences are the command line's. */
export type Finding =
  | UnitFault
  /** The model does not take images that are prepared as given. */
  | { readonly kind: 'unfit' }
  /** Another treatment of the pixels is clearly right. */
  | {
      readonly kind: 'better';
      readonly better: Better;
      readonly given: Figures | null;
      readonly found: Figures;
    }
  | { readonly kind: 'labels'; readonly finding: LabelFinding }
  /** Nearly all images, or all noisy copies of images of several classes, have one class. */
  | { readonly kind: 'one-class'; readonly class: number; readonly share: number; readonly noisy: boolean };

export interface Grounds {
  /** Null if the model does not take images that are prepared as given. */
  readonly given: Evidence | null;
  readonly labels: readonly number[] | null;
  readonly units: readonly UnitFault[];
  readonly better: Better | null;
  readonly labelFinding: LabelFinding | null;
}

/** Returns all findings, the one to mend first at the start. */
export function findingsOf({ given, labels, units, better, labelFinding }: Grounds): readonly Finding[] {
  const figures = given && figuresOf(given, labels);
  // Whatever else is found of pixels that were lost follows from that.
  if (units.some(({ kind }) => kind === 'dark')) return units;
  const found: Finding[] = [];
  if (better !== null) {
    const after = figuresOf(better.tried.evidence, labels);
    found.push({ kind: 'better', better, given: figures, found: after });
  } else if (given === null) found.push({ kind: 'unfit' });
  if (labelFinding !== null) found.push({ kind: 'labels', finding: labelFinding });
  found.push(...units);
  const oneClass = figures && oneClassOf(figures, labels);
  return oneClass === null ? found : [...found, oneClass];
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
