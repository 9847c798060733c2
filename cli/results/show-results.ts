import { existsSync } from 'node:fs';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';
import { DEFAULT_BOUNDS } from '../../shared/job-spec.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { refutationOf } from '../../coordinator/core/refutation.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { EXIT } from '../command/exit.js';
import { readNotedJob, type NotedJob } from '../certify/job-file.js';
import { announceReport } from '../report/announce-report.js';
import { optionError } from '../command/parse.js';
import { claimWords } from '../../statistics/claim-words.js';
import { knownImagesOf, type LabelsAndNames } from './known-images.js';
import { imagesOfDrawn, lockUnlessDrawn, readFold } from './read-fold.js';
import { OutputFolder } from '../certify/output-folder.js';
import { refuseRadiiOfPredictions } from './refuse-radii.js';
import type { ResultsConfig } from './results-flags.js';
import { refuseRefuted, writeResults, writeTopkRows } from './write-results.js';
import { renderJobSummary, summarizeJob } from './job-summary.js';
import { renderNotes } from './summary-text.js';
import { number } from './summary-lines.js';
import { refuseRowsOfLooks, refuseRowsOfSome, refuseRowsWithoutLabels } from './topk-file.js';

/**
 * `smoothcert results`: folds the ledger of a folder, writes results.* again, byte for byte as `certify` did, and prints the summary. While
 * another process draws in the folder, it is only read: the summary is that of the votes by now, and files are written elsewhere alone
 * (`--out`). Resolves with the exit code. @throws SmoothcertError; the folder is then as it was
 */
export async function showResults(config: ResultsConfig): Promise<number> {
  const noted = await notedJobOf(config.folder);
  const { job } = noted;
  if (config.radii !== null) refuseRadiiOfPredictions(config.folder, job.claim.stop);
  if (!BOUNDS[job.claim.bound].proves && config.radii !== null) {
    throw optionError(
      `${config.folder} holds approximate radii (--bound ${job.claim.bound}), and certifies none at any of the --radii.`,
      `Leave --radii out; or certify into a new folder with --bound ${DEFAULT_BOUNDS[job.claim.stop.kind]}.`,
    );
  }
  if (config.topkRows) refuseRowsOfLooks(job.claim.stop.kind);
  const fold = await readFold(config.folder, job);
  if (config.out !== null) {
    const known = await showElsewhere(config, config.out, noted, fold);
    return show(
      config,
      noted,
      fold,
      known,
      `So far, from the votes in ${config.folder}; files are in ${config.out}`,
    );
  }
  const lock = await lockUnlessDrawn(config.folder);
  if (lock === null) return showDrawn(config, noted, fold);
  try {
    // Another process may have drawn between the reading and the lock.
    return await rewrite(config, noted, await readFold(config.folder, job));
  } finally {
    lock.release();
  }
}

async function notedJobOf(folder: string): Promise<NotedJob> {
  const noted = await readNotedJob(folder);
  if (noted !== null && existsSync(path.join(folder, 'ledger'))) return noted;
  throw new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${folder} holds no ${noted === null ? 'job' : 'ledger'}.`,
    'Name the folder that certify wrote to (--out); of a job of a server, its id.',
  );
}

/** Writes the results of a folder again, and shows them. */
async function rewrite(config: ResultsConfig, noted: NotedJob, fold: JobFold): Promise<number> {
  const { folder, topkRows, report, json } = config;
  await refuseRefuted(folder, fold);
  const known = await knownImagesOf(folder, fold, noted.about);
  const { labels, names } = known;
  if (topkRows) {
    refuseRowsOfSome(folder, fold.isDone());
    refuseRowsWithoutLabels(noted.job, labels);
  }
  await writeResults(folder, fold, labels, names);
  if (topkRows) await writeTopkRows(folder, fold, labels!);
  const code = show(config, noted, fold, known, `From the votes in ${folder}`);
  if (report) await announceReport(folder, { canonical: null, quiet: json });
  return code;
}

/** Shows what is there of a job that another process draws. */
async function showDrawn(config: ResultsConfig, noted: NotedJob, fold: JobFold): Promise<number> {
  const { folder } = config;
  const known = await refutedOrKnown(folder, noted, fold);
  if (config.topkRows) refuseRowsOfSome(folder, false);
  const decided = `${number(fold.decidedImages)} of ${number(fold.images.size)} images decided`;
  const about = `So far, from the votes in ${folder}, in which another process draws (${decided}; no file is written)`;
  return show(config, noted, fold, known, about);
}

/** Writes the results by now into another folder, which must not be that of a job. @throws JOB_DIFFERS, FOLDER_LOCKED, FOLDER_UNUSABLE */
async function showElsewhere(
  { folder, topkRows }: ResultsConfig,
  out: string,
  noted: NotedJob,
  fold: JobFold,
): Promise<LabelsAndNames> {
  const known = await refutedOrKnown(folder, noted, fold);
  if (topkRows) {
    refuseRowsOfSome(folder, fold.isDone());
    refuseRowsWithoutLabels(noted.job, known.labels);
  }
  const target = await OutputFolder.open(out);
  try {
    if (target.holdsJob) throw holdsAnother(out);
    await writeResults(out, fold, known.labels, known.names);
    if (topkRows) await writeTopkRows(out, fold, known.labels!);
    target.begun = true;
  } finally {
    target.close();
  }
  return known;
}

/** Returns what is known of the images of a folder that is only read. @throws MODEL_NOT_DETERMINISTIC if an audit has refuted its job */
function refutedOrKnown(folder: string, { about }: NotedJob, fold: JobFold): Promise<LabelsAndNames> {
  const refutation = refutationOf(fold);
  if (refutation !== null) throw refutation;
  return imagesOfDrawn(folder, fold, about);
}

/** Prints the summary. Returns the exit code. @param about where the votes are from, as the beginning of a sentence */
function show(
  { folder, radii, json }: ResultsConfig,
  { job, notes: noted }: NotedJob,
  fold: JobFold,
  { labels, lost }: LabelsAndNames,
  about: string,
): number {
  const summary = summarizeJob(fold, labels, null, radii ?? undefined);
  const { claim, draw } = job;
  const notes = lost === null ? noted : [...noted, lost];
  if (json) process.stdout.write(`${JSON.stringify({ out: folder, notes, ...summary })}\n`);
  else
    process.stdout.write(
      `${about} (${claimWords(draw.noise, claim)}):\n${renderJobSummary(summary)}${renderNotes(notes)}`,
    );
  return Object.keys(summary.failed).length > 0 ? EXIT.failedImages : EXIT.done;
}

const holdsAnother = (out: string): SmoothcertError =>
  new SmoothcertError(
    'JOB_DIFFERS',
    `${out} is the folder of a job.`,
    'Give --out another folder; it is made if it is not there.',
  );
