import type { JobView } from '../../api/job-view.js';
import { decidedOf } from '../../shared/job-progress.js';
import { oneLine } from '../../shared/safe-text.js';
import type { StoppingRule } from '../../shared/job.js';
import { partsDown } from '../../shared/written-numbers.js';
import { timeWords } from '../certify/time-left.js';
import { number } from '../results/summary-lines.js';
import { fittedTable, type Column } from './fitted-table.js';

/** Digits of a digest that stand for something without a name. */
const DIGEST_DIGITS = 12;

/** Returns a line a job, in a table of at most so many columns, and below it why jobs wait. */
export function jobsTable(jobs: readonly JobView[], width: number): string {
  const column = (title: string, spare: number, isName: boolean, cell: (job: JobView) => string): Column => ({
    title,
    spare,
    isName,
    cells: jobs.map((job) => oneLine(cell(job))),
  });
  const table = fittedTable(
    [
      column('ID', 0, false, ({ id }) => id),
      column('NAME', 1, true, ({ spec }) => spec.names?.job ?? ''),
      column('σ', 2, false, ({ spec }) => `${spec.sigma}`),
      column('MODEL', 4, true, modelOf),
      column('DATA', 6, true, dataOf),
      column('RULE', 5, false, ({ spec }) => ruleOf(spec.stop)),
      column('STATE', 0, false, stateOf),
      column('DONE', 0, false, doneOf),
      column('LEFT', 3, false, leftOf),
      column(
        'IMAGES',
        8,
        false,
        ({ progress }) => `${number(decidedOf(progress))}/${number(progress.images)}`,
      ),
      column('RATE', 7, false, rateOf),
      column('CREATED', 9, false, ({ createMs }) => new Date(createMs).toISOString().replace(/\.\d+Z$/, 'Z')),
    ],
    width,
  );
  const waits = jobs.flatMap(({ id, waitingFor, waiting }) =>
    waitingFor === null
      ? []
      : [`${id} waits: ${oneLine(waitingFor)} ${oneLine(waiting?.remedy ?? '')}`.trimEnd()],
  );
  return waits.length === 0 ? table : `${table}\n${waits.join('\n')}\n`;
}

/** Returns the name of a job's model: its file, else the beginning of its digest. */
export const modelOf = ({ spec: { names, model } }: JobView): string =>
  names?.model ?? model.digest.slice(0, DIGEST_DIGITS);

export const dataOf = ({ spec: { names, data } }: JobView): string =>
  names?.data ?? data.digest.slice(0, DIGEST_DIGITS);

function ruleOf(stop: StoppingRule): string {
  if (stop.kind === 'budget') return `budget ${number(stop.totalSamples)}`;
  return stop.kind === 'target' ? `target ${stop.radii.at(-1)!}` : stop.kind;
}

const stateOf = ({ state, waiting, waitingFor }: JobView): string =>
  waitingFor === null ? state : `${state}, ${waiting?.code ?? 'waits'}`;

/** Returns how much of a job is drawn, in percent; of one that is not forecast, how many of its images are decided. */
function doneOf({ progress, outlook, endMs }: JobView): string {
  if (endMs !== null && decidedOf(progress) === progress.images) return '100 %';
  const share = outlook
    ? progress.samples / Math.max(1, outlook.samples.expected)
    : decidedOf(progress) / Math.max(1, progress.images);
  return `${Math.min(99, partsDown(share, 100))} %`;
}

/** Returns the time that is left: "20 to 50 s". */
function leftOf({ outlook }: JobView): string {
  const left = outlook?.secondsLeft ?? null;
  return left === null ? '' : timeWords(left).replace(/^about /, '');
}

function rateOf({ outlook }: JobView): string {
  const rate = outlook?.samplesPerSecond ?? null;
  return rate === null ? '' : `${number(Math.round(rate))}/s`;
}
