import { existsSync } from 'node:fs';
import { SmoothcertError, refutesJob } from '../../shared/errors.js';
import { jobDigest, type Job } from '../../shared/job.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { imageCount } from '../../shared/job-spec.js';
import type { CertificateRow, JobView } from '../../api/job-view.js';
import { VERSION } from '../../shared/version.js';
import { decidedOf } from '../../shared/job-progress.js';
import type { Certificate } from '../../coordinator/results/certificates.js';
import { certifiedBy } from '../../coordinator/results/proven-radius.js';
import type { ResultRow } from '../../coordinator/results/result-rows.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { hasEnded, type CertificationClient } from '../client/certification-client.js';
import { readJobFile, refuseRemains, writeJobFile } from '../certify/job-file.js';
import { writeImagesFile, type KnownImages } from '../certify/images-file.js';
import type { InputNotes, JobNotes } from '../certify/job-notes.js';
import { refuseOtherJob } from '../certify/other-job.js';
import type { OutputFolder } from '../certify/output-folder.js';
import { refuseOtherThanAsked } from './job-of-spec.js';
import { followsFromItsJson } from './received-row.js';
import { writingRows } from './row-files.js';
import { removeResults } from './write-results.js';
import { summarizePredictions, type PredictedRow } from './prediction-summary.js';
import type { JobSummary } from './job-summary.js';
import { summarizeRows, type Row } from './summary.js';

/** The fields that a summary needs of a row: of a certificate, or of a prediction. */
type AnyRow = Row | PredictedRow;

const isCertificate = (row: AnyRow): row is Row => 'radius' in row;
const isPrediction = <R extends AnyRow>(row: R): row is Exclude<R, { readonly radius: number }> =>
  !isCertificate(row);

/** The places that the model and the images of a job came from, as job.json names them. */
export interface Sources {
  readonly model: string;
  readonly data: string;
  /** How the images were read; not there where the job was asked for elsewhere. */
  readonly input?: InputNotes;
  /** Labels and names of the images, and names of the classes, as far as they are known here. */
  readonly known?: KnownImages;
  readonly classes?: readonly string[] | null;
  /** Remarks on them that were printed when the job was asked for; none where it was asked for elsewhere. */
  readonly notes?: readonly string[];
}

export type ViewWithJob = JobView & { readonly job: Job };

/** A job that a worker has looked at. @throws the error of one that cannot be run, OPTION_INVALID for one that waits, PROTOCOL_MISMATCH */
export function withJob(view: JobView): ViewWithJob {
  if (view.error) throw new SmoothcertError(view.error.code, view.error.message, view.error.remedy);
  const { id, job, state, spec } = view;
  if (job === null) {
    throw new SmoothcertError(
      state === 'cancelled' ? 'CANCELLED' : 'OPTION_INVALID',
      `The job ${id} has no results: it is ${state}, and no worker has looked at its model.`,
      state === 'cancelled' ? 'Submit it again to have results.' : `Wait for it: smoothcert watch ${id}`,
    );
  }
  refuseOtherThanAsked(id, job, spec);
  return { ...view, job };
}

/**
 * Removes what was taken of the job into the folder before, if an audit or redrawing has refuted the job since. Does nothing to a folder of another
 * job, or with votes of its own. @throws FOLDER_UNUSABLE, JOB_FILE_DAMAGED
 */
export async function removeRefuted({ job, error }: JobView, folder: OutputFolder): Promise<void> {
  if (job === null || !error || !refutesJob(error.code)) return;
  const theirs = await readJobFile(folder.path);
  if (theirs === null || jobDigest(theirs) !== jobDigest(job) || existsSync(folder.file('ledger'))) return;
  await removeResults(folder.path);
}

/**
 * Takes the certificates of the images decided so far; into a folder they are written with job.json, as `certify` writes them.
 * Resolves with the summary. @throws JOB_DIFFERS, MESSAGE_MALFORMED, DISK_FULL, FOLDER_UNUSABLE
 */
export async function fetchResults(
  client: CertificationClient,
  view: ViewWithJob,
  folder: OutputFolder | null,
  sources: Sources,
  radii: readonly number[] | null = null,
): Promise<JobSummary> {
  if (folder !== null) await refuseOccupied(folder, view.job);
  const received = complete(view, client.certificates(view.id), sources.known?.labels);
  const rows: AnyRow[] = [];
  if (folder === null) for await (const row of received) rows.push(readRow(view.job, row));
  else {
    // First, so that nothing lies here without a name.
    await writeJobFile(folder.path, view.job, notesOf(view, sources));
    folder.begun = true;
    if (sources.known) await writeImagesFile(folder.path, view.job.claim.images, sources.known);
    for await (const row of writingRows(folder.path, view.job, received)) rows.push(readRow(view.job, row));
  }
  const seconds = view.startMs === null || view.endMs === null ? null : (view.endMs - view.startMs) / 1000;
  const { samples } = view.progress;
  const run = seconds === null ? null : { seconds, samples };
  const { job } = view;
  const common = {
    job,
    images: imageCount(job.claim.images),
    labelled: rows.some(({ label }) => label !== null),
    drawn: samples,
  };
  if (job.claim.stop.kind === 'predict')
    return summarizePredictions({ ...common, rows: rows.filter(isPrediction) }, run);
  const certificates = {
    ...common,
    rows: rows.filter(isCertificate),
    forecast: null,
    fixedInstead: null,
    proven: certifiedBy,
  };
  return summarizeRows(certificates, run, radii ?? undefined);
}

/** Refuses a folder of another job, and one that holds votes: its results.* are made from those. @throws JOB_DIFFERS, FOLDER_UNUSABLE */
export async function refuseOccupied(folder: OutputFolder, job: Job | null): Promise<void> {
  const theirs = await readJobFile(folder.path);
  if (theirs === null) {
    await refuseRemains(folder);
    return;
  }
  if (job !== null) refuseOtherJob(folder.path, theirs, job, 'this job');
  if (!existsSync(folder.file('ledger'))) return;
  throw new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${folder.path} belongs to certify: it holds the votes of its job.`,
    'Choose another folder for what comes from a server.',
  );
}

/**
 * The rows, if they are all that the server has counted, have the columns of the first one, and the labels that are known here.
 * @param labels by index in the data set; null: there are none; undefined: they are not known here
 */
async function* complete(
  view: ViewWithJob,
  rows: AsyncIterable<CertificateRow>,
  labels: ImageLabels | null | undefined,
): AsyncGenerator<CertificateRow, void, undefined> {
  let count = 0;
  let columns: number | null = null;
  for await (const row of rows) {
    count += 1;
    const cells = row.tsv.split('\t').length;
    columns ??= cells;
    const sameLabel = labels === undefined || row.label === (labels?.[row.image] ?? null);
    if (cells !== columns || !sameLabel) throw contradiction(row.image);
    yield row;
  }
  const decided = decidedOf(view.progress);
  if (!hasEnded(view) || count === decided) return;
  throw malformed(`The server sent ${count} of the ${decided} certificates of ${view.id}.`);
}

/**
 * Reads what a summary needs of a row from its line of results.jsonl, which must agree with the message around it.
 * @throws SmoothcertError MESSAGE_MALFORMED
 */
export function readRow(job: Job, received: CertificateRow): AnyRow {
  const { image, outcome, samples } = received;
  const row = rowOf(job, received);
  const { start, stop, step } = job.claim.images;
  const asked = image >= start && image < stop && (image - start) % step === 0;
  const same = row?.image === image && row.outcome === outcome && row.samples === samples;
  if (!asked || !same) throw contradiction(image);
  return row;
}

const contradiction = (image: number): SmoothcertError =>
  malformed(`The certificate of image ${image} contradicts itself or its job.`);

/** Reads what a summary needs of the line of results.jsonl of a row; null for any other text, and for a row that does not follow from it. */
function rowOf(job: Job, received: CertificateRow): AnyRow | null {
  const { json } = received;
  const predicted = job.claim.stop.kind === 'predict';
  try {
    const row = JSON.parse(json) as ResultRow;
    const isNumber = (value: unknown) => value === null || Number.isSafeInteger(value);
    const known =
      isNumber(row.label) &&
      isNumber(row.class) &&
      (row.correct === null || typeof row.correct === 'boolean') &&
      typeof row.stop === 'string' &&
      isPrediction(row) === predicted &&
      Object.hasOwn(BOUNDS, row.bound) &&
      (isPrediction(row) || isRadius(row));
    if (!known || !followsFromItsJson(job, row, received)) return null;
    const { image, label, class: named, correct, stop, samples } = row;
    const common = { image, label, class: named, correct, stop, samples };
    return isPrediction(row)
      ? { ...common, outcome: row.outcome }
      : { ...common, outcome: row.outcome, radius: row.radius };
  } catch {
    return null;
  }
}

/** Returns true if what tables print of a radius is a number of at least 0, or what `target` asked for. */
function isRadius({ radius, target, approximate_radius: approximate = null }: Certificate): boolean {
  const isNumber = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
  const isTarget = target === undefined || typeof target === 'string';
  return isNumber(radius) && isTarget && (approximate === null || isNumber(approximate));
}

/** Names the model and the images of a job as its user did, else by address or digest. */
export function sourcesOf({ spec: { model, data, names } }: JobView): Sources {
  return {
    model: names?.model ?? model.uri ?? `sha256:${model.digest}`,
    data: names?.data ?? data.uri ?? `digest:${data.digest}`,
  };
}

/** Returns what job.json holds beside a job that a server ran. */
export function notesOf(
  { job, spec, batchNote, roundingNote }: ViewWithJob,
  { model, data, input, classes, notes: printed = [] }: Sources,
): JobNotes {
  const repeating =
    job.draw.numeric === 'same'
      ? 'With the version that drew it, device class and seed, every run of this job writes the same results.jsonl, byte for byte.'
      : 'Votes are recorded once and replay exactly; a second run on this device may vote otherwise in near-ties.';
  const notes = [roundingNote, batchNote, ...printed].filter((note) => note !== null);
  const about = { smoothcert: VERSION, node: process.version, model, data };
  return {
    ...about,
    name: spec.names?.job ?? null,
    classes: classes ?? null,
    input: input ?? null,
    repeating,
    notes,
  };
}

function malformed(message: string): SmoothcertError {
  return new SmoothcertError('MESSAGE_MALFORMED', message, 'Run the same version of smoothcert everywhere.');
}
