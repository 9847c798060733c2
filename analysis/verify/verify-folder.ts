import type { Job } from '../../shared/job.js';
import { Findings } from './findings.js';
import { digestOf } from './folder/canonical-text.js';
import { jsonText } from './folder/json-text.js';
import { readLedger } from './folder/ledger-file.js';
import { votesByImage, type LedgerVotes } from './folder/votes-by-image.js';
import { checkJob } from './job/check-job.js';
import { checkNotes, unknownNote } from './job/check-notes.js';
import { readJob } from './job/job-shape.js';
import { isUnknownField } from './job/shape.js';
import { checkRow } from './rows/check-row.js';
import { checkClassNames, checkImagesFile } from './rows/check-names.js';
import { checkCsv, checkTopk, checkTsv, linesOf } from './rows/check-tables.js';
import { RowContext } from './rows/context.js';
import { readRow, type Row } from './rows/row.js';

/** The bytes of the files of a folder; null of those that it lacks. */
export interface FolderFiles {
  readonly jobJson: Uint8Array;
  readonly ledger: Uint8Array | null;
  readonly resultsJsonl: Uint8Array | null;
  readonly resultsTsv: Uint8Array | null;
  readonly resultsCsv?: Uint8Array | null;
  readonly imagesJsonl?: Uint8Array | null;
  readonly topkTxt: Uint8Array | null;
  /** True: the folder is marked as votes that were drawn to plan with. */
  readonly pilot?: boolean;
}

/** The outcome for a folder: what was checked, in numbers, and what does not hold. */
export interface FolderReport {
  readonly findings: Findings;
  /** The field of job.json that is not known here, though its digest is right: then nothing is checked, and nothing said. Null of all others. */
  readonly unknown: string | null;
  /** Null if job.json holds none that can be read: then nothing else was checked. */
  readonly job: Job | null;
  readonly rows: readonly Row[];
  /** Images of the job without a row, ascending. */
  readonly missing: readonly number[];
  /** Null without a ledger. */
  readonly votes: LedgerVotes | null;
  /** Looks whose counts were added up and asked about. */
  readonly looks: number;
  /** Images of which it was recomputed why they were drawn no further. */
  readonly stops: number;
  /** Different questions that were answered by exact sums. */
  readonly questions: number;
  readonly nearTies: number;
}

/**
 * Checks a folder of results by an implementation of its own: nothing of it is shared with the one that wrote the folder. What is said to be proved is proved
 * here by exact sums, in whole numbers.
 */
export function verifyFolder(files: FolderFiles): FolderReport {
  const findings = new Findings();
  const nothing = {
    findings,
    unknown: null,
    job: null,
    rows: [],
    missing: [],
    votes: null,
    looks: 0,
    stops: 0,
    questions: 0,
    nearTies: 0,
  };
  const read = jobOf(files.jobJson, findings);
  if (read === null) return nothing;
  if (typeof read === 'string') return { ...nothing, unknown: read };
  const { job, digest, classes } = read;
  findings.require(
    files.pilot !== true,
    'pilot.json',
    'The votes were drawn to choose a number of samples: no certificate may be made of them.',
  );
  checkJob(job, findings);
  const images = imagesOf(job.claim.images);
  const records = files.ledger === null ? null : readLedger(files.ledger, digest, findings);
  const votes = records === null ? null : votesByImage(job, images, records, findings);
  const rows = rowsOf(files.resultsJsonl, job, images, findings);
  const context = rows[0] === undefined ? null : RowContext.of(job, rows[0].alpha);
  findings.require(
    rows.length === 0 || context !== null,
    'results.jsonl',
    'Its alpha is not that of the claim.',
  );
  const checked =
    context === null
      ? []
      : rows.map((row) => checkRow(row, context, votes?.images.get(row.image) ?? null, findings));
  const missing = missingOf(images, rows);
  checkTotal(rows, job, findings);
  checkShared(rows, missing, job, findings);
  checkTables(files, rows, job, votes, findings);
  if (files.imagesJsonl)
    checkImagesFile(decoded(files.imagesJsonl, 'images.jsonl', findings), images, rows, findings);
  checkClassNames(rows, classes, findings);
  const { questions, nearTies } = context ?? nothing;
  const looks = checked.reduce((sum, one) => sum + one.looks, 0);
  return {
    findings,
    unknown: null,
    job,
    rows,
    missing,
    votes,
    looks,
    stops: checked.filter(({ stop }) => stop).length,
    questions,
    nearTies,
  };
}

function imagesOf({ start, stop, step }: Job['claim']['images']): number[] {
  const images: number[] = [];
  for (let image = start; image < stop; image += step) images.push(image);
  return images;
}

function checkTotal(rows: readonly Row[], { claim: { stop } }: Job, findings: Findings): void {
  const total = rows.reduce((sum, { samples }) => sum + samples, 0);
  const within = stop.kind !== 'budget' || total <= stop.totalSamples;
  findings.require(
    within,
    'results.jsonl',
    `Its images have ${total} samples together, more than the total of the job.`,
  );
}

/** Checks results.tsv, results.csv and topk.txt against results.jsonl, if there are such files. Without a results.jsonl there is nothing here to check them against. */
function checkTables(
  files: FolderFiles,
  rows: readonly Row[],
  job: Job,
  votes: LedgerVotes | null,
  findings: Findings,
): void {
  const { resultsJsonl, resultsTsv, resultsCsv, topkTxt } = files;
  if (resultsJsonl === null) return;
  if (resultsTsv !== null)
    checkTsv(decoded(resultsTsv, 'results.tsv', findings), rows, job, votes?.images ?? null, findings);
  if (resultsCsv)
    checkCsv(decoded(resultsCsv, 'results.csv', findings), rows, job, votes?.images ?? null, findings);
  if (topkTxt !== null) checkTopk(decoded(topkTxt, 'topk.txt', findings), rows, job, findings);
}

function missingOf(images: readonly number[], rows: readonly Row[]): number[] {
  const found = new Set(rows.map(({ image }) => image));
  return images.filter((image) => !found.has(image));
}

/** Checks that of images that share a total none is left out: it is spent for all of them at once. */
function checkShared(
  rows: readonly Row[],
  missing: readonly number[],
  { claim: { stop, looks } }: Job,
  findings: Findings,
): void {
  if (stop.kind !== 'budget' || missing.length === 0) return;
  const isSpent = rows.some(({ outcome, samples }) => outcome !== 'failed' && samples < looks.at(-1)!);
  const what = `The total of the job is spent, and ${missing.length} of the images that share it have no row.`;
  findings.require(!isSpent, 'results.jsonl', what);
}

/** Reads text in UTF-8; other bytes are a finding. */
function decoded(bytes: Uint8Array, file: string, findings: Findings): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    findings.add(file, 'It holds bytes that are no text in UTF-8.');
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }
}

/** A job as it was read. */
interface ReadJob {
  readonly job: Job;
  readonly digest: string;
  /** Names of the classes that stand beside the job; null without them. */
  readonly classes: readonly string[] | null;
}

/** Returns the job and its digest; null if there is none; text if its digest is right, and it holds what is not known here. */
function jobOf(bytes: Uint8Array, findings: Findings): ReadJob | string | null {
  const text = decoded(bytes, 'job.json', findings);
  const read = jsonText(text, 2, '\n');
  if (read === null) {
    findings.add('job.json', 'It is no JSON, so that nothing else could be checked.');
    return null;
  }
  const content = read.value;
  if (typeof content !== 'object' || content === null || !('job' in content)) {
    findings.add('job.json', 'It holds no job, so that nothing else could be checked.');
    return null;
  }
  const job = readJob(content.job);
  const digest = digestOf(content.job);
  const isRight = 'job_digest' in content && content.job_digest === digest;
  const unknown = typeof job === 'string' && isUnknownField(job) ? job : unknownNote(content);
  if (isRight && unknown !== null) return unknown;
  checkNotes(content, findings);
  findings.require(read.isWritten, 'job.json', 'Its JSON is not written as smoothcert writes it.');
  findings.require(isRight, 'job.json', 'Its digest is not that of its job: one of the two was changed.');
  if (typeof job !== 'string') return { job, digest, classes: classNamesOf(content) };
  findings.add('job.json', `Its job cannot be read, so that nothing else could be checked: ${job}.`);
  return null;
}

/** Returns the names of the classes that job.json has; what is none of them `checkNotes` has found. */
function classNamesOf(content: object): string[] | null {
  const classes = 'classes' in content ? content.classes : null;
  return Array.isArray(classes) ? classes.map(String) : null;
}

/** Reads results.jsonl: a row for each image, in their order. */
function rowsOf(bytes: Uint8Array | null, job: Job, images: readonly number[], findings: Findings): Row[] {
  if (bytes === null) return [];
  const file = 'results.jsonl';
  const lines = linesOf(decoded(bytes, file, findings));
  findings.require(lines !== null, file, 'It does not end with a line end.');
  const known = new Set(images);
  const rows: Row[] = [];
  (lines ?? []).forEach((line, at) => {
    const row = readRow(line, job.claim.stop.kind === 'predict');
    const where = `${file}, line ${at + 1}`;
    if (typeof row === 'string') {
      findings.add(where, `It is no row: ${row}.`);
      return;
    }
    findings.require(known.has(row.image), where, `The job has no image ${row.image}.`);
    const before = rows.at(-1)?.image ?? -1;
    findings.require(row.image > before, where, `Image ${row.image} is there twice, or out of order.`);
    rows.push(row);
  });
  return rows;
}
