import { imagesOf, type Job, type StoppingRule } from '../../shared/job.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { RULES } from '../../statistics/rules.js';
import { optionError } from '../command/parse.js';

/** The file that `--topk-rows` writes. */
export const TOPK_FILE = 'topk.txt';

/** The help of the flag, for every command that has it. */
export const TOPK_ROWS = `with fixed, two-stage: write ${TOPK_FILE} too, the votes of every class and the label, as scripts for top-k certificates read them`;

const REMEDY = 'Leave --topk-rows out: results.jsonl has the counts of every image and rule.';

/**
 * Refuses rows of votes that were looked at to stop: their readers apply a bound for a fixed number of samples, which
 * errs on such votes more often than it says. @throws OPTION_INVALID
 */
export function refuseRowsOfLooks(kind: StoppingRule['kind']): void {
  if (RULES[kind].firstLookChooses) return;
  throw optionError(
    `--topk-rows is not offered with --stop ${kind}: what reads them takes the number of samples for fixed, and ${kind} stops by looking at the votes.`,
    'Certify into a new folder with --stop fixed or --stop two-stage; results.jsonl has the counts of every rule.',
  );
}

/**
 * Refuses rows without labels that are classes: their readers certify the class that the label names, and take −1 for
 * the last one. @throws OPTION_INVALID
 */
export function refuseRowsWithoutLabels({ claim, draw }: Job, labels: ImageLabels | null): void {
  if (labels === null) throw optionError('--topk-rows needs labels, and there are none.', REMEDY);
  const other = imagesOf(claim).find((image) => !(labels[image]! >= 0 && labels[image]! < draw.classes));
  if (other === undefined) return;
  throw optionError(
    `--topk-rows needs labels that are classes: image ${other} has ${labels[other]!}, and the model has classes 0 to ${draw.classes - 1}.`,
    REMEDY,
  );
}

/** Refuses rows of some of the images: without an index nobody could tell of which. @throws OPTION_INVALID */
export function refuseRowsOfSome(folder: string, done: boolean): void {
  if (done) return;
  throw optionError(
    `--topk-rows has a line for every image, and ${folder} has images that are not decided.`,
    'Run the certify command of this folder again: it resumes.',
  );
}
