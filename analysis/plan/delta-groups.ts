import { upperTail, upperTailQuantile } from '../../statistics/normal.js';
import type { Population } from '../populations/population.js';
import type { DeltaGroup } from './means.js';

/** More different failure probabilities than this are put on a grid. */
const MOST_GROUPS = 2_000;
/** Steps of the grid in z = −Φ⁻¹(δ), and where it ends: farther out an image is as good as one that always abstains, or never fails. */
const STEP = 0.005;
const [LEAST_Z, MOST_Z] = [-1.5, 6.5];

/** Images of one failure probability, counted. */
interface Counted {
  all: number;
  right: number;
}

/**
 * Returns the images of a population by failure probability, ascending: what is computed once is counted for all of them. Of more than 2,000
 * different ones each image is divided between the two nearest points of a grid in z, nearer ones getting more: what is expected of a rule is
 * smooth in z, so that its mean over the images is changed by less than 1e-4 noise scales.
 */
export function deltaGroups({ images }: Population): DeltaGroup[] {
  const counts = new Map<number, Counted>();
  for (const { delta, right, share = 1 } of images) add(counts, delta, share, right !== false);
  const total = images.reduce((sum, { share = 1 }) => sum + share, 0);
  const kept = counts.size > MOST_GROUPS ? onGrid(counts) : counts;
  return [...kept]
    .sort(([a], [b]) => a - b)
    .map(([delta, { all, right }]) => ({ delta, share: all / total, right: right / total }));
}

function onGrid(counts: ReadonlyMap<number, Counted>): Map<number, Counted> {
  const grid = new Map<number, Counted>();
  for (const [delta, { all, right }] of counts) {
    const place = zOf(delta) / STEP;
    const below = Math.floor(place);
    for (const [point, part] of [
      [below, below + 1 - place],
      [below + 1, place - below],
    ] as const) {
      if (part === 0) continue;
      const at = delta === 0 ? 0 : upperTail(point * STEP);
      add(grid, at, part * (all - right), false);
      add(grid, at, part * right, true);
    }
  }
  return grid;
}

/** Returns −Φ⁻¹(δ), within the ends of the grid. @param delta 0 to 1 */
export function zOf(delta: number): number {
  if (delta === 0) return MOST_Z;
  return delta === 1 ? LEAST_Z : Math.min(MOST_Z, Math.max(LEAST_Z, upperTailQuantile(delta)));
}

function add(counts: Map<number, Counted>, delta: number, images: number, right: boolean): void {
  const group = counts.get(delta) ?? { all: 0, right: 0 };
  counts.set(delta, group);
  group.all += images;
  if (right) group.right += images;
}
