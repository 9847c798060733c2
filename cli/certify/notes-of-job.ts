import type { ImportedDataSet } from '../../input/convert.js';
import { clippingNote } from '../../input/pixels/clip.js';
import { roundingNote } from '../../shared/dataset/rounding-note.js';
import type { Job } from '../../shared/job.js';
import { VERSION } from '../../shared/version.js';
import type { Prepared } from '../../worker/draw/setup.js';
import type { QuickNote } from '../check/check-input.js';
import { folderOrderNote } from '../check/folder-order.js';
import { budgetNote } from '../results/budget-note.js';
import type { CertifyConfig } from './certify-flags.js';
import { inputNotesOf, type JobNotes } from './job-notes.js';

/** Returns what is to be remarked of the job, its model and its labels, a sentence each. @param found what a quick check says */
export function notesOf(
  { claim }: Job,
  { batchNote, classes }: Prepared,
  { labels, lattice, clipping, classNames }: ImportedDataSet,
  found: QuickNote | null,
): string[] {
  const notes = [roundingNote(lattice), clippingNote(clipping), batchNote, budgetNote(claim)].filter(
    (note) => note !== null,
  );
  const largest = labels?.reduce((a, b) => Math.max(a, b), 0) ?? 0;
  // What was found of the labels says why they are no classes.
  if (largest >= classes && found?.about !== 'labels')
    notes.push(`Labels go up to ${largest}, and the model has classes 0 to ${classes - 1}.`);
  const order = found?.about === 'labels' ? null : folderOrderNote(classNames);
  return [...notes, ...[order, found?.text ?? null].filter((note) => note !== null)];
}

/** Returns what job.json says of a run of `certify`, but for its notes. */
export function originOf(
  config: CertifyConfig,
  job: Job,
  classes: readonly string[] | null,
): Omit<JobNotes, 'notes'> {
  const repeating =
    job.draw.numeric === 'same'
      ? 'With this version, device class and seed, every run of this job writes the same results.jsonl, byte for byte.'
      : 'Votes are recorded once and replay exactly; a second run on this device may vote otherwise in near-ties.';
  const { model, data } = config;
  const about = { smoothcert: VERSION, node: process.version, model, data };
  return { ...about, name: config.name, classes, input: inputNotesOf(config), repeating };
}
