/** The class of an image or a noisy copy whose scores are no vote. */
export const NO_VOTE = -1;
/** The loss of an image for which the model gives the right class no chance, or no scores. */
const LARGEST_LOSS = 20;
const SUM_OF_PROBABILITIES = 1e-3;

/** The answers of a model to some images, plain and with noise. */
export interface Evidence {
  readonly classes: number;
  /** Class of each image without noise; −1 for none. */
  readonly plain: ArrayLike<number>;
  /** Classes of the noisy copies, image by image, the same number of each. */
  readonly noisy: ArrayLike<number>;
  /** Scores of each image without noise, [images × classes]. */
  readonly scores: ArrayLike<number>;
}

/** Figures of the answers to some images. Shares are from 0 to 1. */
export interface Figures {
  readonly images: number;
  readonly copies: number;
  /** Share of the images that are right without noise; null without labels. */
  readonly plain: number | null;
  /** Share of the noisy copies that are right; null without labels or copies. */
  readonly noisy: number | null;
  /** Share of the noisy copies that have the class of their image without noise; null without copies. */
  readonly agreement: number | null;
  /** Share of the most frequent class among the images without noise, and that class. */
  readonly largest: Frequency;
  /** The same among the noisy copies; null without copies. */
  readonly largestNoisy: Frequency | null;
  /** Probability of the likeliest class by softmax of the scores, on average: near 1 the scores are extreme. */
  readonly confidence: number;
}

/** A class and its share among some answers. */
export interface Frequency {
  readonly class: number;
  readonly share: number;
}

const imagesOf = ({ plain }: Evidence): number => plain.length;
const copiesOf = ({ plain, noisy }: Evidence): number => noisy.length / plain.length;

/** Computes the figures of some evidence. @param labels one an image; null without */
export function figuresOf(evidence: Evidence, labels: readonly number[] | null): Figures {
  const { plain, noisy } = evidence;
  const [images, copies] = [imagesOf(evidence), copiesOf(evidence)];
  const imageOf = (copy: number) => Math.floor(copy / copies);
  const shareOfCopies = (holds: (vote: number, image: number) => boolean) =>
    copies === 0
      ? null
      : Array.from(noisy).filter((vote, at) => holds(vote, imageOf(at))).length / noisy.length;
  return {
    images,
    copies,
    plain: labels && Array.from(plain).filter((vote, at) => vote === labels[at]).length / images,
    noisy: labels && shareOfCopies((vote, image) => vote === labels[image]),
    agreement: shareOfCopies((vote, image) => vote !== NO_VOTE && vote === plain[image]),
    largest: mostFrequent(plain),
    largestNoisy: copies === 0 ? null : mostFrequent(noisy),
    confidence: logProbabilities(evidence).reduce((sum, row) => sum + Math.exp(Math.max(...row)), 0) / images,
  };
}

/** Returns the most frequent class of some answers, the lowest of several. */
export function mostFrequent(votes: ArrayLike<number>): Frequency {
  const counts = new Map<number, number>();
  for (const vote of Array.from(votes)) counts.set(vote, (counts.get(vote) ?? 0) + 1);
  const [[first, count]] = [...counts].sort(([a, m], [b, n]) => n - m || a - b) as [[number, number]];
  return { class: first, share: count / votes.length };
}

/** Returns how much the plain votes tell about the noisy ones: mutual information, as a share of what `classes` classes can hold. 0 where all votes are for one class, or noise decides them; null without copies. */
export function informationOf({ classes, plain, noisy }: Evidence): number | null {
  const copies = noisy.length / plain.length;
  if (copies === 0) return null;
  const pairs = Array.from(noisy, (vote, at) => [plain[Math.floor(at / copies)]!, vote] as const);
  const [joint, first, second] = [
    entropyOf(pairs.map((pair) => pair.join())),
    entropyOf(pairs.map(([vote]) => vote)),
    entropyOf(pairs.map(([, vote]) => vote)),
  ];
  return (first + second - joint) / Math.log(Math.min(classes, plain.length));
}

function entropyOf(values: readonly (string | number)[]): number {
  const counts = new Map<string | number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return -[...counts.values()].reduce((sum, count) => {
    const share = count / values.length;
    return sum + share * Math.log(share);
  }, 0);
}

/** How badly the labels fit the scores of some images, once these are divided by a temperature. */
export interface Calibrated {
  /** −log of the probability of each image's label. */
  readonly losses: readonly number[];
  /** 1 leaves the scores as they are. */
  readonly temperature: number;
}

/** Temperatures that are tried: 2^−6 to 2^16 in steps of a quarter of a power. */
const TEMPERATURES = Array.from({ length: 89 }, (_, at) => 2 ** (at / 4 - 6));

/** Returns the losses of the labels at the temperature that makes `cost` least: their mean, unless something else is said. */
export function calibrated(
  evidence: Evidence,
  labels: readonly number[],
  cost: (calibrated: Calibrated) => number = ({ losses }) => meanOf(losses),
): Calibrated {
  const rows = logProbabilities(evidence);
  const lossesAt = (temperature: number) =>
    labels.map((label, image) => {
      const row = rows[image]!.map((score) => score / temperature);
      const loss = -(logSoftmax(row)[label] ?? -Infinity);
      return loss < LARGEST_LOSS ? loss : LARGEST_LOSS;
    });
  const all = TEMPERATURES.map((temperature) => ({ temperature, losses: lossesAt(temperature) }));
  return all.reduce((a, b) => (cost(b) < cost(a) ? b : a));
}

/** Returns the mean of at least one number. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns the logarithms of each image's probabilities: of scores that are probabilities already, their own. A row that is no vote has −∞. */
function logProbabilities({ scores, classes, plain }: Evidence): number[][] {
  const all = Array.from(scores);
  const rows = Array.from(plain, (_, image) => all.slice(image * classes, (image + 1) * classes));
  const valid = rows.filter((_, image) => plain[image] !== NO_VOTE);
  const areProbabilities = valid.every(
    (row) =>
      row.every((score) => score >= 0) &&
      Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) < SUM_OF_PROBABILITIES,
  );
  return rows.map((row, image) => {
    if (plain[image] === NO_VOTE) return row.map(() => -Infinity);
    return areProbabilities ? row.map(Math.log) : logSoftmax(row);
  });
}

function logSoftmax(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const sum = row.reduce((part, score) => part + Math.exp(score - largest), 0);
  return row.map((score) => score - largest - Math.log(sum));
}
