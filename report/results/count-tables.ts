import { isComplete, isLabelled, provesRadii } from '../../analysis/results/counted.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import {
  OUTCOME_KINDS,
  meanRadii,
  outcomeCounts,
  sampleNumbers,
  stopCounts,
} from '../../analysis/results/set-numbers.js';
import { CONFIDENCE, wrongAtMost } from '../../analysis/results/uncertainty.js';
import { oneLine } from '../../shared/safe-text.js';
import { whole } from '../../shared/written-numbers.js';
import type { Cell } from '../csv.js';
import { radiusDown } from '../radius-down.js';
import type { Column, Table } from '../tables/table.js';
import { OUTCOME_WORDS, stopWords } from './result-words.js';

/** A column, and its cell in the row of a set. */
interface Filled extends Column {
  readonly cell: (set: ResultSet) => Cell;
}

/** Returns the table of the numbers of each job: outcomes, means of the radii, samples, certificates that may be wrong. */
export function summaryTable(sets: readonly ResultSet[]): Table {
  const columns: Filled[] = [
    { label: 'job', cell: ({ label }) => label },
    { label: 'images', show: whole, cell: ({ images }) => images },
    ...outcomeColumns(sets),
    ...(sets.some((set) => isLabelled(set) && meanRadii(set) !== null)
      ? [
          {
            label: 'average certified radius',
            show: radiusDown,
            cell: (set: ResultSet) => meanRadii(set)?.acr ?? null,
          },
        ]
      : []),
    ...(sets.some((set) => meanRadii(set) !== null)
      ? [{ label: 'mean radius', show: radiusDown, cell: (set: ResultSet) => meanRadii(set)?.mean ?? null }]
      : []),
    { label: 'samples an image, mean', show: whole, cell: (set) => meanSamples(set) },
    { label: 'median', show: whole, cell: (set) => sampleNumbers(set)?.median ?? null },
    ...(sets.some(provesRadii)
      ? [{ label: 'wrong certificates, at most', show: whole, cell: (set: ResultSet) => mostWrong(set) }]
      : []),
  ];
  const wrong = sets.some(provesRadii)
    ? `; of the certificates at most so many are wrong with probability ${Number((100 * CONFIDENCE).toPrecision(6))} %, of simultaneous jobs with 1 − α`
    : '';
  const open = sets.every(isComplete) ? '' : ', so far';
  return {
    name: 'results',
    title: `Results${open}: radii are means over all images, samples over those that have not failed${wrong}`,
    columns,
    rows: sets.map((set) => columns.map(({ cell }) => cell(set))),
  };
}

function outcomeColumns(sets: readonly ResultSet[]): Filled[] {
  const counts = new Map(sets.map((set) => [set, outcomeCounts(set)]));
  const kinds = OUTCOME_KINDS.filter((kind) => sets.some((set) => counts.get(set)!.has(kind)));
  return kinds.map((kind) => ({
    label: OUTCOME_WORDS[kind],
    show: whole,
    cell: (set) => counts.get(set)!.get(kind) ?? 0,
  }));
}

function meanSamples(set: ResultSet): number | null {
  const numbers = sampleNumbers(set);
  return numbers && numbers.sum / numbers.images;
}

const mostWrong = (set: ResultSet): number | null =>
  provesRadii(set) ? wrongAtMost(set.job.claim, set.images)!.most : null;

/** Returns the table of the reasons why images were drawn no further. */
export function stopsTable(sets: readonly ResultSet[]): Table {
  const counts = sets.map((set) => {
    const stops = stopCounts(set);
    return new Map(stops.map(({ outcome, stop, count }) => [oneLine(stopWords(outcome, stop)), count]));
  });
  const reasons = [...new Set(counts.flatMap((each) => [...each.keys()]))].sort();
  return {
    name: 'stops',
    title: 'Why images stopped',
    columns: [{ label: 'outcome and reason' }, ...sets.map(({ label }) => ({ label, show: whole }))],
    rows: reasons.map((reason) => [reason, ...counts.map((each) => each.get(reason) ?? 0)]),
  };
}
