import { BOUNDS } from '../../statistics/bounds/bounds.js';
import type { ImageResult, ResultSet } from './result-set.js';

/** The images that count for a certified accuracy, and at which radii. All shares are of ALL images of a job, decided or not. */

/** Returns true if labels are known, so that only right certificates count; without labels all of them do. */
export const isLabelled = ({ results }: ResultSet): boolean => results.some(({ label }) => label !== null);

/** Returns true if a job proves radii: not with `predict`, and not with a bound that proves nothing. */
export const provesRadii = ({ job: { claim } }: ResultSet): boolean =>
  claim.stop.kind !== 'predict' && BOUNDS[claim.bound].proves;

/** Returns true if every image of the job has ended. */
export const isComplete = ({ images, results }: ResultSet): boolean => results.length === images;

/**
 * Returns true if a job's images may be taken for a sample of a population: not while it goes on, as the images that end first are not like the others,
 * and not where they share samples, as their outcomes then depend on each other.
 */
export const isSample = (set: ResultSet): boolean => isComplete(set) && set.job.claim.stop.kind !== 'budget';

/** Returns the radii of the certificates that count, ascending. */
export function countedRadii(set: ResultSet): Float64Array {
  const labelled = isLabelled(set);
  const counts = ({ outcome, correct }: ImageResult): boolean =>
    outcome === 'certified' && (!labelled || correct === true);
  return Float64Array.from(set.results.filter(counts), ({ radius }) => radius).sort();
}

/** Returns how many of these radii are at least `radius`. @param radii ascending */
export function countFrom(radii: Float64Array, radius: number): number {
  let [low, high] = [0, radii.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (radii[middle]! >= radius) high = middle;
    else low = middle + 1;
  }
  return radii.length - low;
}
