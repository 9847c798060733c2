import { upperTail } from '../../statistics/normal.js';
import type { CountedImage } from './population.js';

/** One possible failure probability, and the share of the images that are taken to have it. */
export interface MixingPoint {
  readonly delta: number;
  readonly share: number;
}

type Counts = Pick<CountedImage, 'failures' | 'n'>;

/** Points of the grid in z = −Φ⁻¹(δ): from images that fail nearly always to those that no number of samples sees fail. */
const [LEAST_Z, MOST_Z, STEP] = [-2.5, 6.5, 0.05];
const GRID = Array.from({ length: Math.round((MOST_Z - LEAST_Z) / STEP) + 1 }, (_, j) => LEAST_Z + j * STEP);
const DELTAS = GRID.map(upperTail);
/** Rounds of the EM algorithm, and the change of each number below which it ends before. */
const ROUNDS = 400;
const SETTLED = 1e-6;
/** No component is narrower than this: a narrow one would follow the noise of single images. */
const NARROWEST = 0.25;

/** Images that never failed, whose counts are likeliest at the end of the grid, begin here. */
const FARTHEST_START = 4;
/** Points of less than this share of an image are left out. */
const SMALLEST_SHARE = 1e-9;

/** A normal law of z, and the share of the images that follow it. */
interface Component {
  readonly mean: number;
  readonly deviation: number;
  readonly share: number;
}

/**
 * Returns for each image the law of its failure probability given its own counts and those of all others: the posterior under the law that the
 * images are taken to come from, z = −Φ⁻¹(δ) in two normal laws, fitted to the counts by maximum likelihood (empirical Bayes, EM on a grid of z).
 * The mixing law that is fitted without a form puts every image that never failed on a few points, δ = 0 among them: it says nothing of how
 * radii grow with more samples. A form that is smooth in z does; how far to believe it is for the caller to say.
 *
 * @param images at least one
 */
export function posteriors(images: readonly Counts[]): MixingPoint[][] {
  const { rows, rowOf } = likelihoods(images);
  const weights = fittedWeights(rows);
  const known = rows.map(({ row }) => {
    const joint = row.map((likelihood, j) => likelihood * weights[j]!);
    const total = joint.reduce((a, b) => a + b, 0);
    return joint.flatMap((value, j) =>
      value > SMALLEST_SHARE * total ? [{ delta: DELTAS[j]!, share: value / total }] : [],
    );
  });
  return rowOf.map((at) => known[at]!);
}

/** The likelihood of different counts at each point of the grid, and how many images have them. */
interface Row {
  readonly row: number[];
  count: number;
}

function likelihoods(images: readonly Counts[]): { rows: Row[]; rowOf: number[] } {
  const places = new Map<string, number>();
  const rows: Row[] = [];
  const rowOf = images.map(({ failures, n }) => {
    const key = `${failures}/${n}`;
    const at = places.get(key) ?? rows.push({ row: likelihoodOf(failures, n), count: 0 }) - 1;
    places.set(key, at);
    rows[at]!.count += 1;
    return at;
  });
  return { rows, rowOf };
}

/** Returns the likelihood of counts at each point of the grid, 1 at the largest. */
function likelihoodOf(failures: number, n: number): number[] {
  const logs = DELTAS.map((delta) => failures * Math.log(delta) + (n - failures) * Math.log1p(-delta));
  const most = Math.max(...logs);
  return logs.map((log) => Math.exp(log - most));
}

/** Fits two normal laws of z, and returns the share of the images at each point of the grid. */
function fittedWeights(rows: readonly Row[]): number[] {
  let components = start(rows);
  for (let round = 0, moved = Infinity; round < ROUNDS && moved > SETTLED; round++) {
    const next = improved(rows, components);
    moved = Math.max(...next.map((one, k) => distance(one, components[k]!)));
    components = next;
  }
  return sumOf(components.map(densityOf));
}

const distance = (a: Component, b: Component): number =>
  Math.max(Math.abs(a.mean - b.mean), Math.abs(a.deviation - b.deviation), Math.abs(a.share - b.share));

/** Begins with one law for the lower half of the images and one for the upper half, as their counts show them. */
function start(rows: readonly Row[]): Component[] {
  const places = rows
    .flatMap(({ row, count }) => Array<number>(count).fill(GRID[row.indexOf(1)]!))
    .map((z) => Math.min(FARTHEST_START, z))
    .sort((a, b) => a - b);
  return [0.25, 0.75].map((at) => ({
    mean: places[Math.floor(at * places.length)]!,
    deviation: 1,
    share: 0.5,
  }));
}

/** Returns a component as its share at each point of the grid. */
function densityOf({ mean, deviation, share }: Component): number[] {
  const density = GRID.map((z) => Math.exp(-0.5 * ((z - mean) / deviation) ** 2));
  const total = density.reduce((a, b) => a + b, 0);
  return density.map((value) => (share * value) / total);
}

const sumOf = (laws: readonly number[][]): number[] =>
  GRID.map((_, j) => laws.reduce((sum, law) => sum + law[j]!, 0));

/** One round of EM: how much of each image belongs to each component and point, and the components that follow. */
function improved(rows: readonly Row[], components: readonly Component[]): Component[] {
  const laws = components.map(densityOf);
  const both = sumOf(laws);
  const held = GRID.map(() => 0);
  for (const { row, count } of rows) {
    let total = 0;
    for (let j = 0; j < row.length; j++) total += row[j]! * both[j]!;
    for (let j = 0; j < row.length; j++) held[j]! += (count * row[j]!) / total;
  }
  const images = rows.reduce((sum, { count }) => sum + count, 0);
  return laws.map((law) => {
    const masses = law.map((value, j) => value * held[j]!);
    const mass = masses.reduce((a, b) => a + b, 0);
    const mean = masses.reduce((sum, value, j) => sum + value * GRID[j]!, 0) / mass;
    const spread = masses.reduce((sum, value, j) => sum + value * (GRID[j]! - mean) ** 2, 0) / mass;
    return { mean, deviation: Math.max(NARROWEST, Math.sqrt(spread)), share: mass / images };
  });
}
