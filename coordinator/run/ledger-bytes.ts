import { Grid } from '../core/grid.js';
import type { Job } from '../../shared/job.js';
import type { JobImages } from '../../shared/job-spec.js';

/** Names of image and range, microseconds, and what holds them together. */
const SHARD_BYTES = 32;
/** A class and its votes. */
const VOTE_BYTES = 4;
/** Noise spreads the votes of a shard over a few classes; more than this, in all shards at once, is no classifier. */
const CLASSES = 128;

/** Number of images of a range. */
export const countOf = ({ start, stop, step }: JobImages): number => Math.ceil((stop - start) / step);

/** What the records of a job may take if every image needs its whole budget: most stop long before. */
export function ledgerBytesOf({ draw, claim }: Job): number {
  const shards = new Grid(draw.segments).segments.flat();
  const ofImage = shards.reduce((bytes, { begin, end }) => {
    return bytes + SHARD_BYTES + VOTE_BYTES * Math.min(draw.classes, end - begin, CLASSES);
  }, 0);
  return countOf(claim.images) * ofImage;
}
