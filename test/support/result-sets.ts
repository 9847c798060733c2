import { fieldsOfLine } from '../../analysis/populations/row-counts.js';
import { imageResultOf } from '../../analysis/results/image-result.js';
import type { ImageResult, ResultSet } from '../../analysis/results/result-set.js';
import type { Job } from '../../shared/job.js';
import { resultFiles, resultJob, type ResultJob } from './result-files.js';
import { voterOf, type Voter } from './jobs.js';

/** Sets of results in memory. */

/** Returns the result of an image of label 3 that is certified as class 3, but for what is given. */
export const makeResult = (image: number, fields: Partial<ImageResult> = {}): ImageResult => ({
  image,
  label: 3,
  outcome: 'certified',
  class: 3,
  correct: true,
  radius: 0.5,
  samples: 128,
  stop: 'gain',
  detail: null,
  pLower: 0.9,
  counts: { classes: [3, 5], votes: [120, 8], invalid: 0 },
  ...fields,
});

/** Fields of an image without a certificate. */
export const ABSTAINED = {
  outcome: 'abstained',
  class: null,
  correct: null,
  radius: 0,
  stop: 'abstain',
  pLower: null,
} as const satisfies Partial<ImageResult>;

/** Returns the set of these results. @param images of the job, if not as many as results */
export const makeSet = (
  results: readonly ImageResult[],
  options: { readonly job?: ResultJob; readonly label?: string; readonly images?: number } = {},
): ResultSet => {
  const images = options.images ?? results.length;
  return {
    label: options.label ?? 'a job',
    job: resultJob({ ...options.job, images: Math.max(1, images) }),
    images,
    drawn: null,
    results,
  };
};

/** Votes of images that get harder with their index: nearly all for the class, down to every third one. */
export const FADING: Voter = voterOf(7, (image) => 1 - (image % 20) / 28);

/** Returns the lines of results.jsonl of a job that is drawn to its end. */
export const linesOf = (job: Job, voter: Voter): string[] =>
  Buffer.from(resultFiles(job, voter).resultsJsonl!).toString('utf8').trim().split('\n');

/** Returns the results of a job that is drawn to its end, as they are read from results.jsonl. Labels are image mod 10. */
export function drawnSet(job: Job, voter: Voter = FADING, label = 'drawn'): ResultSet {
  const results = linesOf(job, voter).map((line) => {
    const result = imageResultOf(fieldsOfLine(line)!);
    if (result === null) throw new Error(`no result: ${line}`);
    return result;
  });
  return { label, job, images: results.length, drawn: null, results };
}
