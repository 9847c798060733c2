import { existsSync } from 'node:fs';
import path from 'node:path';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { FolderLock } from '../../adapters/local/folder-lock.js';
import { SmoothcertError } from '../../shared/errors.js';
import { jobDigest, type Job } from '../../shared/job.js';
import { DEFAULT_BOUNDS } from '../../shared/job-spec.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { replay } from '../../coordinator/run/replay.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { EXIT } from '../command/exit.js';
import { readNotedJob, type NotedJob } from '../certify/job-file.js';
import { announceReport } from '../report/announce-report.js';
import { optionError } from '../command/parse.js';
import { claimWords } from '../../statistics/claim-words.js';
import { knownImagesOf } from './known-images.js';
import { refuseRadiiOfPredictions } from './refuse-radii.js';
import type { ResultsConfig } from './results-flags.js';
import { refuseRefuted, writeResults, writeTopkRows } from './write-results.js';
import { renderJobSummary, summarizeJob } from './job-summary.js';
import { renderNotes } from './summary-text.js';
import { refuseRowsOfLooks, refuseRowsOfSome, refuseRowsWithoutLabels } from './topk-file.js';

/**
 * `smoothcert results`: folds the ledger of a folder, writes results.* again, byte for byte as `certify` did, and
 * prints the summary. Resolves with the exit code. @throws SmoothcertError; the folder is then as it was
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
  const lock = await FolderLock.acquire(config.folder);
  try {
    return await show(config, noted);
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

async function show(
  { folder, radii, topkRows, report, json }: ResultsConfig,
  { job, notes, about }: NotedJob,
): Promise<number> {
  const fold = new JobFold(job);
  const ledger = await FileLedger.open(path.join(folder, 'ledger'), jobDigest(job));
  try {
    await replay(fold, ledger);
  } finally {
    await ledger.close();
  }
  await refuseRefuted(folder, fold);
  const { labels, names } = await knownImagesOf(folder, fold, about);
  if (topkRows) {
    refuseRowsOfSome(folder, fold.isDone());
    refuseRowsWithoutLabels(job, labels);
  }
  await writeResults(folder, fold, labels, names);
  if (topkRows) await writeTopkRows(folder, fold, labels!);
  const summary = summarizeJob(fold, labels, null, radii ?? undefined);
  if (json) process.stdout.write(`${JSON.stringify({ out: folder, notes, ...summary })}\n`);
  else process.stdout.write(`${headline(folder, job)}\n${renderJobSummary(summary)}${renderNotes(notes)}`);
  if (report) await announceReport(folder, { canonical: null, quiet: json });
  return Object.keys(summary.failed).length > 0 ? EXIT.failedImages : EXIT.done;
}

const headline = (folder: string, { claim, draw }: Job) =>
  `From the votes in ${folder} (${claimWords(draw.noise, claim)}):`;
