import { NO_COUNTS, type Counts } from '../../shared/counts.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { freshVotes } from '../core/fresh-samples.js';
import type { ImageState } from '../core/image-state.js';
import type { JobFold } from '../core/job-fold.js';

/**
 * Yields the counts of a finished job of `fixed` or `two-stage` as the scripts for top-k certificates read them: for each image
 * the votes of every class and then the label, with single spaces, no header and no index. The counts are those of the
 * samples behind the first look, which chose nothing: they prove the certificates, and any bound for a fixed number
 * of samples may be applied to them. An image that failed, or of which no such sample was drawn, has zeros.
 *
 * Such a script takes the sum of a row for the number of samples. So invalid votes cannot be left out: if any image has
 * some, every row has their number as one more class, behind the last one, which is nobody's label.
 */
export function* topkRows(fold: JobFold, labels: ImageLabels): Generator<string> {
  const { looks } = fold.job.claim;
  const { classes } = fold.job.draw;
  const invalid = [...fold.images.values()].some((state) => countsOf(looks, state).invalid > 0);
  for (const [image, state] of fold.images) {
    const counts = countsOf(looks, state);
    const votes = new Array<number>(classes).fill(0);
    counts.classes.forEach((classIndex, at) => (votes[classIndex] = counts.votes[at]!));
    yield [...votes, ...(invalid ? [counts.invalid] : []), labels[image]].join(' ');
  }
}

function countsOf(looks: readonly number[], { ending, prefixes }: ImageState): Counts {
  const decided = ending !== null && ending.outcome !== 'failed';
  return decided ? freshVotes(looks, prefixes.length - 1, prefixes).counts : NO_COUNTS;
}
