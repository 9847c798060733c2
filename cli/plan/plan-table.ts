import { costOf } from '../../analysis/plan/cost.js';
import type { PlanRow } from '../../analysis/plan/plan-rows.js';
import { oneLine } from '../../shared/safe-text.js';
import { describeNoise } from '../../statistics/noises/scale.js';
import { number } from '../results/summary-lines.js';
import { answerWords, duration } from './answer-words.js';
import type { OnePlan } from './one-plan.js';

/** Rows of `fixed` that a person sees; the files have all. */
const MOST_FIXED = 12;

/** Returns a plan for a person: the answers first, then where the images come from, the rows, and how the paper's formulas fare. */
export function planText(plan: OnePlan): string {
  const { source, rows } = plan;
  return [
    ...answerWords(plan),
    `${sourceLine(plan)}\n${source.notes.map((note) => `Note: ${note}\n`).join('')}`,
    table(plan, shownRows(rows)),
    paperText(rows),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function sourceLine({ source }: OnePlan): string {
  const { population, resting } = source;
  const how = {
    prior: 'assumed',
    results: 'measured',
    pilot: 'measured by a pilot',
    'cohen-tsv': 'measured, from a TSV',
  }[source.kind];
  const behind =
    resting === null
      ? ''
      : `, on ${resting.least === resting.most ? number(resting.most) : `${number(resting.least)} to ${number(resting.most)} (half of them at most ${number(resting.median)})`} samples each`;
  const labels = source.labelled ? '' : '; without labels, so that every certificate counts';
  return `Images: ${oneLine(source.name)}, ${number(population.images.length)} ${how}${behind}; ${describeNoise(population.noise)}${labels}.`;
}

/** Returns the rows that are shown: all, but of `fixed` about two for each power of ten. */
function shownRows(rows: readonly PlanRow[]): PlanRow[] {
  const fixed = rows.filter(({ planned }) => planned.rule === 'fixed');
  if (fixed.length <= MOST_FIXED) return [...rows];
  const every = Math.ceil(fixed.length / MOST_FIXED);
  const shown = new Set(fixed.filter((_, at) => (fixed.length - 1 - at) % every === 0));
  return rows.filter((row) => row.planned.rule !== 'fixed' || shown.has(row));
}

type Column = readonly [title: string, cell: (row: PlanRow) => string];

function table(plan: OnePlan, rows: readonly PlanRow[]): string {
  const { radii, rates, source, references } = plan;
  const several = (values: readonly number[]) => new Set(values).size > 1;
  const selections = rows.flatMap(({ planned }) => (planned.rule === 'fixed' ? [planned.selection] : []));
  const columns: Column[] = [
    ['rule', ({ planned }) => ruleWords(planned)],
    ['n', ({ planned }) => number(planned.n)],
    ...(several(rows.map(({ planned }) => planned.alpha))
      ? [['α', ({ planned }: PlanRow) => `${planned.alpha}`] as const]
      : []),
    ...(several(selections)
      ? [['n0', ({ planned }: PlanRow) => ('selection' in planned ? `${planned.selection}` : '')] as const]
      : []),
    ['samples', ({ means }) => number(means.samples)],
    [
      source.labelled ? 'ACR' : 'radius',
      ({ planned, means }) => (planned.rule === 'target' ? '-' : means.acr.toFixed(4)),
    ],
    [
      'kept',
      ({ planned, means }) => {
        const most = references.get(planned.alpha);
        return planned.rule === 'target' || !most ? '-' : share(means.acr / most);
      },
    ],
    ['abstained', ({ means }) => share(1 - means.certified)],
    ['farthest', ({ means }) => means.farthest.toFixed(3)],
    ...radii.map((radius, j): Column => [`≥ ${radius}`, ({ means }) => share(means.accuracy[j]!)]),
    ...(rates.samplesPerSecond === null
      ? []
      : [['time', ({ means }: PlanRow) => duration(costOf(means.samples, rates).hours!)] as const]),
    ...(rates.samplesPerSecond === null || rates.pricePerHour === null
      ? []
      : [['cost', ({ means }: PlanRow) => costOf(means.samples, rates).price!.toFixed(2)] as const]),
  ];
  return aligned([
    columns.map(([title]) => title),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ]);
}

function ruleWords(planned: PlanRow['planned']): string {
  switch (planned.rule) {
    case 'fixed':
      return 'fixed';
    case 'gain':
      return `gain ${planned.minGain}${planned.bound === 'spending' ? '' : `, ${planned.bound}`}`;
    case 'two-stage':
      return `two-stage ${planned.minGain}`;
    case 'target':
      return `target ${planned.targets.join(',')}`;
  }
}

const share = (value: number): string => `${(100 * Math.max(0, value)).toFixed(1)} %`;

/** Returns cells in columns, the first one to the left and the others to the right. */
function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ');
  return lines.map((cells) => `  ${line(cells)}\n`).join('');
}

/** Returns what the paper's formulas say at each power of ten, and where they do not hold. */
function paperText(rows: readonly PlanRow[]): string {
  const told = rows.filter(({ planned, paper }) => paper !== null && Number.isInteger(Math.log10(planned.n)));
  if (told.length === 0) return '';
  const z = told[0]!.paper!.z.toFixed(3);
  const lines = told.flatMap(({ planned, means, paper }) => {
    const { meanRadius43, ratio45, ratioExact, drop46, dropMean, dropMost, violated } = paper!;
    const f = (value: number) => value.toFixed(3);
    return [
      `  n = ${number(planned.n)}: 4.3 mean radius ${f(meanRadius43)} (exact ${f(means.meanRadius)}); 4.5 keeps ${f(ratio45)} (exact ${f(ratioExact)}); 4.6 loses at most ${f(drop46)} (exact: on average ${f(dropMean)}, at most ${f(dropMost)})\n`,
      ...violated.map((sentence) => `    ${sentence}.\n`),
    ];
  });
  return `The formulas of Seferis, Kollias and Cheng (arXiv 2404.17371), with their two-sided z = ${z}; losses against n = 100,000:\n${lines.join('')}`;
}
