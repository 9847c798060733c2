import { SmoothcertError } from '../../shared/errors.js';
import type { JobView } from '../../api/job-view.js';
import { hasEnded, type CertificationClient } from '../client/certification-client.js';
import { EXIT } from '../command/exit.js';
import { announceReport } from '../report/announce-report.js';
import type { OutputFolder } from './output-folder.js';
import { budgetNote } from '../results/budget-note.js';
import { claimWords } from '../../statistics/claim-words.js';
import {
  fetchResults,
  removeRefuted,
  withJob,
  type Sources,
  type ViewWithJob,
} from '../results/service-results.js';
import { renderJobSummary } from '../results/job-summary.js';
import { renderNotes } from '../results/summary-text.js';

export interface ConcludeOptions {
  /** Null: no files are written. */
  readonly folder: OutputFolder | null;
  readonly sources: Sources;
  readonly json: boolean;
  readonly quiet: boolean;
  /** The report that is written into the folder, made of this canonical data set, or without pictures where that is null; null: no report. */
  readonly report: { readonly canonical: string | null } | null;
  readonly radii?: readonly number[] | null;
}

/**
 * Takes the certificates of a job, prints the summary. Resolves with the exit code that `certify` would have.
 * @throws CANCELLED; MODEL_NOT_DETERMINISTIC, when what was taken before is removed
 */
export async function conclude(
  client: CertificationClient,
  view: JobView,
  { folder, sources, report, json, quiet, radii = null }: ConcludeOptions,
): Promise<number> {
  if (folder !== null) await removeRefuted(view, folder);
  const ready = withJob(view);
  const summary = await fetchResults(client, ready, folder, sources, radii);
  const out = folder?.path;
  const { id, state } = view;
  const { notes: found = [] } = sources;
  const notes = [view.roundingNote, view.batchNote, budgetNote(ready.job.claim), ...found].filter(
    (note) => note !== null,
  );
  if (json)
    process.stdout.write(`${JSON.stringify({ id, state, ...(out ? { out } : {}), notes, ...summary })}\n`);
  else if (!quiet)
    process.stdout.write(`${headline(ready, out)}\n${renderJobSummary(summary)}${renderNotes(notes)}`);
  if (folder !== null && report !== null)
    await announceReport(folder.path, { ...report, quiet: json || quiet });
  if (state === 'cancelled') throw cancelled(id);
  return Object.keys(summary.failed).length > 0 ? EXIT.failedImages : EXIT.done;
}

function headline(view: ViewWithJob, out: string | undefined): string {
  const { claim, draw } = view.job;
  const how = `(${claimWords(draw.noise, claim)})`;
  const where =
    out === undefined ? '' : `results.tsv, results.csv, results.jsonl and job.json are in ${out} `;
  if (!hasEnded(view))
    return `The job ${view.id} is ${view.state}. ${where === '' ? 'So far ' : `So far, ${where}`}${how}:`;
  const ending = view.state === 'cancelled' ? 'Cancelled' : 'Done';
  return `${ending}: ${where || `${view.id} `}${how}.`;
}

const cancelled = (id: string) =>
  new SmoothcertError(
    'CANCELLED',
    `The job ${id} was cancelled.`,
    'The images that were decided until then keep their certificates; submit it again for the others.',
  );
