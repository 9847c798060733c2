import { whole } from '../../shared/written-numbers.js';
import type { ReportedJob } from './report-content.js';

/** Sentences on the audits of a job, and on what can be checked afterwards. */

/** Returns a sentence or two for each audit. */
export function auditSentences({ set, notes, fromVotes }: ReportedJob): string[] {
  const { noise, numeric, numericClass, batch } = set.job.draw;
  return [
    batchWords(batch),
    latticeWords(noise),
    sameWords(numeric, numericClass),
    notesWords(notes),
    votesWords(fromVotes),
  ];
}

const batchWords = (batch: number): string =>
  `Batches: before the job began, the model was tried on noisy copies among others and alone, to see that its answer to a row does not depend on the other rows of its batch (${whole(batch)}). While samples are drawn, the share of the batches that --audit-share names is run a second time, half of the rows among others; with 0 none is. Which share it was is not kept with the job. A job in which a score changes by more than rounding is refuted, and has no results.`;

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
    ? 'Input: job.json has no notes on images, labels and preprocessing. Whether they were checked is not kept with the job (--no-check leaves that out).'
    : 'Input: what was noted of images, labels and preprocessing is listed below. Whether all of it was checked is not kept with the job (--no-check leaves that out).';

const votesWords = (fromVotes: boolean): string =>
  fromVotes
    ? 'Votes: the results in this report were made from the votes in the ledger of the job.'
    : 'Votes: the folder has no ledger. The results in this report follow from the counts in results.jsonl, which could not be compared with votes.';
