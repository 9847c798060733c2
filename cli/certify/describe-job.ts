import { jobDigest } from '../../shared/job.js';
import type { Normalisation } from '../../shared/job.js';
import type { Outlook } from '../../shared/outlook.js';
import { oneLine } from '../../shared/safe-text.js';
import { namedLines } from '../command/hanging-lines.js';
import { timeWords } from './time-left.js';
import type { JobUpdate, JobView } from '../../api/job-view.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { budgetNote } from '../results/budget-note.js';
import { claimWords } from '../../statistics/claim-words.js';
import { decidedOf, type Progress } from '../../shared/job-progress.js';
import { number } from '../results/summary-lines.js';

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** All that is known of a job, as JSON. Times are ISO 8601. */
export function jobToObject({ job, createMs, startMs, endMs, ...view }: JobView) {
  return {
    id: view.id,
    requestId: view.requestId,
    state: view.state,
    name: view.spec.names?.job ?? null,
    waitingFor: view.waitingFor,
    waiting: view.waiting,
    outlook: view.outlook,
    created: time(createMs),
    started: time(startMs),
    ended: time(endMs),
    error: view.error,
    progress: view.progress,
    refusals: view.refusals,
    batchNote: view.batchNote,
    roundingNote: view.roundingNote,
    spec: view.spec,
    norm: NOISES[view.spec.noise].norm,
    job_digest: job === null ? null : jobDigest(job),
    job,
  };
}

/** A message of a watch, as JSON: what may change, and what was decided. */
export function updateToObject({ job, decided, sequence }: JobUpdate) {
  const { id, state, waitingFor, waiting, outlook, progress, error, refusals } = job;
  return { id, state, waitingFor, waiting, outlook, progress, error, refusals, decided, sequence };
}

/** Lines of cells, padded; the last cell of a line is not. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}

/** All that is known of a job, for a person. @param columns that a line may have */
export function renderJob(view: JobView, columns: number): string {
  const { spec, progress: p, job } = view;
  const optional = (name: string, value: string | null): [string, string][] =>
    value === null ? [] : [[name, value]];
  const rows: [string, string][] = [
    ['job', view.id],
    ['request', view.requestId || 'not named'],
    ...optional('name', spec.names?.job ?? null),
    ['state', view.state],
    ...optional('waiting for', view.waitingFor),
    ...optional('remedy', view.waiting?.remedy || null),
    ...optional('error', view.error && `${view.error.message} (${view.error.code}) ${view.error.remedy}`),
    ...view.refusals.map(({ worker, code, message, remedy }): [string, string] => [
      'refused by',
      `${worker}: ${message} (${code}) ${remedy}`,
    ]),
    ['created', time(view.createMs)!],
    ...optional('started', time(view.startMs)),
    ...optional('ended', time(view.endMs)),
    ['images', `${number(p.images)}, ${number(decidedOf(p))} decided`],
    [spec.stop.kind === 'predict' ? 'predicted' : 'certified', number(p.certified + p.predicted)],
    ...(p.approximate === 0 ? [] : optional('approximate, no certificate', number(p.approximate))),
    ['abstained', number(p.abstained)],
    ['failed', number(p.failed)],
    ['samples', samplesLine(view)],
    ...outlookRows(view.outlook),
    ['shards', shardsLine(p)],
    ['model', named(spec.names?.model, spec.model.digest)],
    ['data', named(spec.names?.data, spec.data.digest)],
    ['normalisation', normalisationWords(spec.normalisation)],
    ['claim', claimWords({ kind: spec.noise, scale: scaleOf(spec.noise, spec.sigma) }, spec)],
    ...optional('seed', spec.seed),
    ['device', spec.device],
    ...optional('numeric class', job && job.draw.numericClass),
    ...optional('job digest', job && jobDigest(job)),
    ...optional('note', view.roundingNote),
    ...optional('note', view.batchNote),
    ...optional('note', job && budgetNote(job.claim)),
  ];
  return namedLines(
    rows.map(([name, value]) => [name, oneLine(value)]),
    columns,
  );
}

const named = (name: string | null | undefined, digest: string): string =>
  name ? `${name}, ${digest}` : digest;

/** Returns what happens to a pixel before the model gets it. */
export function normalisationWords({ inputScale, mean, std }: Normalisation): string {
  const isPlain = inputScale === 1 && mean.every((m) => m === 0) && std.every((s) => s === 1);
  if (isPlain) return 'none: the model gets pixels as they are';
  return `pixels times ${inputScale}, less ${mean.join(', ')}, divided by ${std.join(', ')}`;
}

/** Returns the samples that are drawn, and those that are forecast for the whole job. */
function samplesLine({ progress, outlook }: JobView): string {
  const drawn = number(progress.samples);
  if (outlook === null) return drawn;
  const { low, expected, high } = outlook.samples;
  if (low === high) return `${drawn} of ${number(expected)}`;
  return `${drawn} of about ${number(Math.round(expected))} (likely ${number(Math.round(low))} to ${number(Math.round(high))})`;
}

/** Returns the rows of a job that is drawn: how fast, and how long it still takes. */
function outlookRows(outlook: Outlook | null): [string, string][] {
  const rate = outlook?.samplesPerSecond ?? null;
  const left = outlook?.secondsLeft ?? null;
  return [
    ...(rate === null ? [] : [['rate', `${number(Math.round(rate))} samples/s`] as [string, string]]),
    ...(left === null ? [] : [['time left', timeWords(left)] as [string, string]]),
  ];
}

/** Counted ones, and of the others those that there are. */
function shardsLine(p: Progress): string {
  const others = Object.entries({
    duplicate: p.shardsDuplicate,
    divergent: p.shardsDivergent,
    late: p.shardsLate,
    rejected: p.shardsRejected,
    failed: p.shardsFailed,
  }).filter(([, count]) => count > 0);
  return [`${number(p.shardsCounted)} counted`, ...others.map(([name, n]) => `${number(n)} ${name}`)].join(
    ', ',
  );
}
