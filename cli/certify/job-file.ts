import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../../shared/files.js';
import { wasDrawnInFloat } from '../../shared/other-noise.js';
import { SmoothcertError, type ErrorCode } from '../../shared/errors.js';
import { jobOfJson } from '../../shared/wire/job-json.js';
import { PROTOCOL, jobDigest, type Job } from '../../shared/job.js';
import { faultsOfClaim } from '../../coordinator/core/check-job.js';
import { describeJobFault } from '../../coordinator/jobs/check-spec.js';
import { fitsNoise } from '../../statistics/noises/lattice.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { CSV_FILE } from '../results/csv-lines.js';
import { REPORT_FILE } from '../report/report-file.js';
import { TOPK_FILE } from '../results/topk-file.js';
import { IMAGES_FILE } from './images-file.js';
import { IN_FLOAT, aboutOf, sentencesOf, type AboutJob, type JobNotes } from './job-notes.js';

/** A job, and what job.json says of it beside. */
export interface NotedJob {
  readonly job: Job;
  /** Remarks on model and labels, a sentence each. */
  readonly notes: readonly string[];
  readonly about: AboutJob;
}

/** Reads the job of a folder; null if it has none. @throws JOB_FILE_DAMAGED, PROTOCOL_MISMATCH; FOLDER_UNUSABLE of a file */
export async function readJobFile(folder: string): Promise<Job | null> {
  return (await readNotedJob(folder))?.job ?? null;
}

/** Reads the job of a folder with what is said of it, nothing in a file of 0.1.0; null if it has no job. @throws as `readJobFile` */
export async function readNotedJob(folder: string): Promise<NotedJob | null> {
  const file = path.join(folder, 'job.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw code === 'ENOTDIR' ? noFolder(folder) : damaged(file, error);
  });
  if (text === null) return null;
  try {
    const content = JSON.parse(text) as { job: Job; job_digest: string; notes?: unknown };
    const { job, job_digest: digest } = content;
    refuseOtherProtocol(file, job.protocol);
    // The digest finds accidents only: whoever forges the file forges the digest, too.
    if (jobDigest(job) === digest) {
      const read = refuseFaults(file, jobOfJson(JSON.stringify(job)));
      const older = wasDrawnInFloat(read.draw.noise) ? [IN_FLOAT] : [];
      return { job: read, notes: [...sentencesOf(content.notes), ...older], about: aboutOf(content) };
    }
  } catch (error) {
    throw error instanceof SmoothcertError && TOLD.has(error.code) ? error : damaged(file, error);
  }
  throw damaged(file, null);
}

/** Errors that say of a file what is wrong with it; all others mean that it is not a job. */
const TOLD: ReadonlySet<ErrorCode> = new Set(['PROTOCOL_MISMATCH', 'JOB_FILE_DAMAGED']);

/** Returns the job, which may have been written by hand. @throws JOB_FILE_DAMAGED if its claim cannot be made */
function refuseFaults(file: string, job: Job): Job {
  if (!fitsNoise(job.draw.noise)) {
    throw new SmoothcertError(
      'JOB_FILE_DAMAGED',
      `${file} holds a job whose lattice is not that of its noise.`,
      'Restore the folder from a copy, or certify into a new folder.',
    );
  }
  const [fault] = faultsOfClaim(job);
  if (fault === undefined) return job;
  throw new SmoothcertError(
    'JOB_FILE_DAMAGED',
    `${file} holds a job that cannot be certified: its ${fault.field} ${describeJobFault(fault)}.`,
    'Restore the folder from a copy, or certify into a new folder.',
  );
}

/** Checked before the digest: another version may compute it from other bytes. */
function refuseOtherProtocol(file: string, protocol: unknown): void {
  if (typeof protocol !== 'number' || protocol === PROTOCOL) return;
  throw new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `${file} is of protocol ${protocol}, and this smoothcert reads protocol ${PROTOCOL}.`,
    'Use the version of smoothcert that wrote it, or certify into a new folder.',
  );
}

/** Writes the job of a folder. That its radii are approximate stands in the file, so that it goes where the numbers go. */
export async function writeJobFile(folder: string, job: Job, notes: JobNotes): Promise<void> {
  await writeAtomically(path.join(folder, 'job.json'), jobFileText(job, notes));
}

/** Returns the text of job.json. */
export function jobFileText(job: Job, notes: JobNotes): string {
  const bound = BOUNDS[job.claim.bound];
  const approximate = bound.proves ? {} : { approximate: bound.note };
  const content = { job_digest: jobDigest(job), ...notes, ...approximate, job };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * Names the classes of the job that a folder holds, if they are named otherwise there. Names are no part of the job, and all else stays.
 * @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE
 */
export async function nameClasses(folder: string, classes: readonly string[] | null): Promise<void> {
  const file = path.join(folder, 'job.json');
  const content = JSON.parse(await readFile(file, 'utf8')) as { classes?: unknown };
  if (JSON.stringify(content.classes ?? null) === JSON.stringify(classes)) return;
  await writeAtomically(file, `${JSON.stringify({ ...content, classes }, null, 2)}\n`);
}

/** Without a job.json nothing says what a ledger or results belong to: beginning a job beside them would mix two. */
const REMAINS = ['ledger', 'results.jsonl', 'results.tsv', CSV_FILE, TOPK_FILE, IMAGES_FILE, REPORT_FILE];

/** @throws JOB_FILE_DAMAGED if the folder has remains of a job that its job.json would have to name */
export async function refuseRemains(folder: { readonly path: string }): Promise<void> {
  const present = new Set(await readdir(folder.path));
  const found = REMAINS.filter((name) => present.has(name));
  if (found.length === 0) return;
  throw new SmoothcertError(
    'JOB_FILE_DAMAGED',
    `${folder.path} has ${found.join(' and ')} and no job.json that says of which job.`,
    'Put its job.json back, or certify into a new folder.',
  );
}

const noFolder = (file: string): SmoothcertError =>
  new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${file} is no folder.`,
    'Name the folder that certify wrote to (--out).',
  );

function damaged(file: string, cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'JOB_FILE_DAMAGED',
    `${file} is not a job that smoothcert wrote, or it was edited.`,
    'Restore the folder from a copy, or certify into a new folder.',
    { cause },
  );
}
