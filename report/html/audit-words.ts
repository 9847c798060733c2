import { whole } from '../../shared/written-numbers.js';
import type { ReportedJob } from './report-content.js';

/** Sentences on the audits of a job, and on what can be checked afterwards. */

/** Returns a sentence or two for each audit. */
export function auditSentences({ set, notes }: ReportedJob): string[] {
  const { noise, numeric, numericClass, batch } = set.job.draw;
  return [batchWords(batch), latticeWords(noise), sameWords(numeric, numericClass), notesWords(notes)];
}

const batchWords = (batch: number): string =>
  `Batches: before the job began, the model was tried on noisy copies among others and alone, to see that its answer to a row does not depend on the other rows of its batch (${whole(batch)}). While samples are drawn, a share of the batches is run a second time, half of the rows among others. A job in which a score changes by more than rounding is refuted, and has no results.`;

function latticeWords({ lattice }: ReportedJob['set']['job']['draw']['noise']): string {
  if (lattice === undefined) {
    return 'Rounding: this job added its noise in floating point, as version 0.1.0 did. Its results do not cover what rounding may do.';
  }
  return `Rounding: images and noise lie on whole multiples of ${lattice.step}, so that adding noise rounds nothing. The law of the noise that is drawn there differs from the exact one by a proved amount, which the bounds contain.`;
}

const sameWords = (numeric: 'same' | 'any', numericClass: string): string =>
  numeric === 'same'
    ? `Processes: only processes that compute the same bits drew for it (${numericClass}).`
    : `Processes: this device (${numericClass}) does not compute the same bits every time, so near-ties may be voted otherwise in another run. Votes are recorded once.`;

const notesWords = (notes: readonly string[]): string =>
  notes.length === 0
    ? 'Input: nothing was noted of images, labels and preprocessing.'
    : 'Input: what was noted of images, labels and preprocessing is listed below.';
