import { existsSync } from 'node:fs';
import path from 'node:path';
import { recordsOfFile } from '../../adapters/local/ledger-folder.js';
import { FolderLock } from '../../adapters/local/folder-lock.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { SmoothcertError } from '../../shared/errors.js';
import { jobDigest, type Job } from '../../shared/job.js';
import type { AboutJob } from '../certify/job-notes.js';
import { IMAGES_FILE } from '../certify/images-file.js';
import { knownImagesOf, type LabelsAndNames } from './known-images.js';

/**
 * Folds the votes that a folder holds by now, although another process may be drawing there: the ledger is read up to its present end, without
 * a record that is being written, and nothing is changed. @throws LEDGER_DAMAGED, JOB_DIFFERS, PROTOCOL_MISMATCH, FOLDER_UNUSABLE
 */
export async function readFold(folder: string, job: Job): Promise<JobFold> {
  const fold = new JobFold(job);
  const records = await recordsOfFile(path.join(folder, 'ledger'), jobDigest(job));
  for await (const record of records ?? []) fold.apply(record);
  return fold;
}

/**
 * Locks a folder for writing its results. Null if another process draws in it, or may: then nothing in it may be changed.
 * @throws FOLDER_UNUSABLE
 */
export async function lockUnlessDrawn(folder: string): Promise<FolderLock | null> {
  if (await FolderLock.isHeld(folder)) return null;
  return FolderLock.acquire(folder).catch((error: unknown) => {
    if (error instanceof SmoothcertError && error.code === 'FOLDER_LOCKED') return null;
    throw error;
  });
}

/**
 * Reads labels and names of a folder in which another process draws. Where only results have labels (folders of version 0.1.0), those that
 * are there may lack images: then none are known.
 */
export async function imagesOfDrawn(folder: string, fold: JobFold, about: AboutJob): Promise<LabelsAndNames> {
  if (existsSync(path.join(folder, IMAGES_FILE))) return knownImagesOf(folder, fold, about);
  return { labels: null, names: { files: null, classes: about.classes }, lost: null };
}
