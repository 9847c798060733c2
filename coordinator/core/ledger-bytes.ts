import type { Job } from '../../shared/job.js';
import { imageCount } from '../../shared/job-spec.js';
import { Grid } from './grid.js';

/** Bytes of a shard in a record but for its votes: image, range, microseconds, and what frames them. */
const SHARD_BYTES = 32;
/** Bytes of a class and its number of votes. */
const VOTE_BYTES = 4;
/** Noise spreads the votes of a shard over a few classes: a model that gets votes for more, in every shard, classifies nothing. */
const CLASSES = 128;

/** Returns how many bytes the records of a job take at most, about: if every image needs its whole budget, and most stop long before. */
export function ledgerBytesOf({ draw, claim }: Job): number {
  const shards = new Grid(draw.segments).segments.flat();
  const perImage = shards.reduce((bytes, { begin, end }) => {
    return bytes + SHARD_BYTES + VOTE_BYTES * Math.min(draw.classes, end - begin, CLASSES);
  }, 0);
  return imageCount(claim.images) * perImage;
}
