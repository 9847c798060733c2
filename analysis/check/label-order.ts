import { kappaOf } from './comparison.js';
import { chanceOfGain } from './exact-gain.js';

/** The level of the tests of labels: right labels are called wrong at most so often. */
const LEVEL = 0.005;
const TESTS = 5;
/** The answers must agree with the labels, as they are read, so far beyond chance: those of one class, to images of one class, do not. */
const LEAST_KAPPA = 0.25;
/** A permutation is believed only if it makes at least this share of the images right: a bad model's mistakes have a pattern, too. */
const LEAST_PERMUTED = 0.5;
/** A permutation is believed instead of a shift or an order of names only if it makes more of the images right by this share: both explain the latter. */
const CLEARLY_MORE = 0.1;
/** A shift wraps around only if there are more classes: of two it swaps them, and a shift is not the cause. */
const SWAPPED = 2;
/** Below so many classes the order of names as text is that of their numbers. */
const TWO_DIGITS = 11;

/** How labels differ from the classes of the model. */
export type LabelFault =
  /** Each label is too large by `by`, which is 1 or −1; the last class may have become the first, or the first the last. */
  | { readonly kind: 'shifted'; readonly by: 1 | -1; readonly classes: number }
  /** Labels are numbered in the order of names as text (0, 1, 10, 11, 2, …), the classes as numbers; or, `reverse`, the other way round. */
  | { readonly kind: 'name-order'; readonly reverse: boolean }
  /** Another assignment of labels to classes explains the answers. */
  | { readonly kind: 'permuted'; readonly classOf: ReadonlyMap<number, number> };

/** A fault of the labels, and how many of the images it was tested on it makes right. */
export interface LabelFinding {
  readonly fault: LabelFault;
  readonly right: number;
  readonly before: number;
  readonly images: number;
}

/**
 * Returns how the labels are wrong, if another reading of them makes clearly more answers right (an exact paired test, corrected for the number of readings): off by one, in
 * the order of names as text, or permuted. A permutation is found on every second image and tested on the others. Null if none does.
 * @param plain the model's classes; −1 for none
 * @param labels one an image
 * @param names of the classes by label, from the folders that pictures lie in; null if there are none
 */
export function labelFaultOf(
  plain: ArrayLike<number>,
  labels: readonly number[],
  classes: number,
  names: readonly string[] | null,
): LabelFinding | null {
  const all = labels.map((_, image) => image);
  const around = (label: number) => (classes > SWAPPED ? (label + classes) % classes : label);
  const readings: { fault: LabelFault; read: (label: number) => number }[] = [
    { fault: { kind: 'shifted', by: 1, classes }, read: (label) => around(label - 1) },
    { fault: { kind: 'shifted', by: -1, classes }, read: (label) => around(label + 1) },
    ...orders(classes, names),
  ];
  const found = readings.map(({ fault, read }) => tested(fault, read, all, plain, labels));
  const halves = [0, 1].map((rest) => all.filter((image) => image % 2 === rest)) as [number[], number[]];
  const classOf = assignmentOn(halves[0], plain, labels);
  const permuted = tested(
    { kind: 'permuted', classOf },
    (label) => classOf.get(label) ?? label,
    halves[1],
    plain,
    labels,
  );
  const simple = found
    .filter((finding) => finding !== null)
    .reduce<LabelFinding | null>((a, b) => (a === null || gainOf(b) > gainOf(a) ? b : a), null);
  if (permuted === null || permuted.right < LEAST_PERMUTED * permuted.images) return simple;
  return simple === null || gainOf(permuted) > gainOf(simple) + CLEARLY_MORE ? permuted : simple;
}

/** Returns the share of the images that become right, less those that become wrong. */
const gainOf = ({ right, before, images }: LabelFinding): number => (right - before) / images;

function tested(
  fault: LabelFault,
  read: (label: number) => number,
  images: readonly number[],
  plain: ArrayLike<number>,
  labels: readonly number[],
): LabelFinding | null {
  const before = images.map((image) => Number(plain[image] === labels[image]));
  const after = images.map((image) => Number(plain[image] === read(labels[image]!)));
  const due = images.map((image) => read(labels[image]!));
  const answers = images.map((image) => plain[image]!);
  if (kappaOf(answers, due) < LEAST_KAPPA) return null;
  if (chanceOfGain(after.map((right, at) => right - before[at]!)) > LEVEL / TESTS) return null;
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return { fault, right: sum(after), before: sum(before), images: images.length };
}

/** Returns the readings of labels whose order is that of names as text, where it is another than that of their numbers. */
function orders(
  classes: number,
  names: readonly string[] | null,
): { fault: LabelFault; read: (label: number) => number }[] {
  const numbers = names?.map(numberIn) ?? Array.from({ length: classes }, (_, at) => at);
  if (numbers.length < TWO_DIGITS || !numbers.every(Number.isInteger)) return [];
  const asText = names === null ? numbers.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)) : numbers;
  const ascending = asText.toSorted((a, b) => a - b);
  const toNumber = (label: number) => ascending.indexOf(asText[label]!);
  const toText = (label: number) => asText.indexOf(ascending[label]!);
  return [
    { fault: { kind: 'name-order', reverse: false }, read: toNumber },
    { fault: { kind: 'name-order', reverse: true }, read: toText },
  ];
}

/** Returns the number at the end of a name, as in "class_10"; NaN if there is none. */
export const numberIn = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? NaN);

/** Returns a class for each label, the pairs that occur most often first, no class twice. */
function assignmentOn(
  images: readonly number[],
  plain: ArrayLike<number>,
  labels: readonly number[],
): Map<number, number> {
  const counts = new Map<string, { label: number; vote: number; count: number }>();
  for (const image of images) {
    const [label, vote] = [labels[image]!, plain[image]!];
    const key = `${label} ${vote}`;
    const count = (counts.get(key)?.count ?? 0) + 1;
    counts.set(key, { label, vote, count });
  }
  const classOf = new Map<number, number>();
  const taken = new Set<number>();
  for (const { label, vote } of [...counts.values()].sort((a, b) => b.count - a.count)) {
    if (classOf.has(label) || taken.has(vote)) continue;
    classOf.set(label, vote);
    taken.add(vote);
  }
  return classOf;
}
