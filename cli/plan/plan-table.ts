import { costOf } from '../../analysis/plan/cost.js';
import type { PlanRow } from '../../analysis/plan/plan-rows.js';
import { oneLine } from '../../shared/safe-text.js';
import { describeNoise } from '../../statistics/noises/scale.js';
import { number } from '../results/summary-lines.js';
import { aligned } from './aligned.js';
import { answerWords, duration } from './answer-words.js';
import type { OnePlan } from './one-plan.js';
import { paperText } from './paper-text.js';
import { together, wrapped } from './wrap.js';

/** Columns of a table at most, where one radius fits. */
const WIDEST = 100;
/** A longer list of radii is told by their number. */
const LONGEST_LIST = 20;
/** Rows of `fixed` that a person sees; the files have all. */
const MOST_FIXED = 12;

/** Returns a plan for a person: the answers first, then where the images come from, the rows, and how the paper's formulas fare. */
export function planText(plan: OnePlan): string {
  const { source, rows } = plan;
  return [
    ...answerWords(plan),
    `${wrapped(sourceLine(plan))}${source.notes.map((note) => wrapped(`Note: ${note}`)).join('')}`,
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
      : `, on ${resting.least === resting.most ? number(resting.most) : `${number(resting.least)} to ${number(resting.most)}`} samples each`;
  const labels = source.labelled ? '' : '; without labels, so that every certificate counts';
  return `Images: ${oneLine(source.name)}, ${number(source.images)} ${how}${behind}; ${describeNoise(population.noise)}${labels}.`;
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

/** Returns the rows in one table, or, where that would be too wide, the accuracies in tables of their own; and what the columns mean. */
function table(plan: OnePlan, rows: readonly PlanRow[]): string {
  const [names, means, accuracies] = [nameColumns(rows), meanColumns(plan), accuracyColumns(plan)];
  const drawn = (columns: readonly Column[]) =>
    aligned([columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]);
  const widthOf = (columns: readonly Column[]) => drawn(columns).indexOf('\n');
  const whole = [...names, ...means, ...accuracies];
  if (widthOf(whole) <= WIDEST) return drawn(whole) + legend(plan);
  const tables = [drawn([...names, ...means])];
  for (let from = 0; from < accuracies.length;) {
    let to = from + 1;
    while (to < accuracies.length && widthOf([...names, ...accuracies.slice(from, to + 1)]) <= WIDEST)
      to += 1;
    tables.push(drawn([...names, ...accuracies.slice(from, to)]));
    from = to;
  }
  return tables.join('\n') + legend(plan);
}

/** The columns that say which row it is. */
function nameColumns(rows: readonly PlanRow[]): Column[] {
  const several = (values: readonly number[]) => new Set(values).size > 1;
  const selections = rows.flatMap(({ planned }) => (planned.rule === 'fixed' ? [planned.selection] : []));
  return [
    ['rule', ({ planned }) => ruleWords(planned)],
    ['n', ({ planned }) => number(planned.n)],
    ...(several(rows.map(({ planned }) => planned.alpha))
      ? [['α', ({ planned }: PlanRow) => `${planned.alpha}`] as const]
      : []),
    ...(several(selections)
      ? [['n0', ({ planned }: PlanRow) => ('selection' in planned ? `${planned.selection}` : '')] as const]
      : []),
  ];
}

function meanColumns({ rates, source, references }: OnePlan): Column[] {
  return [
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
    ...(rates.samplesPerSecond === null
      ? []
      : [['time', ({ means }: PlanRow) => duration(costOf(means.samples, rates).hours!)] as const]),
    ...(rates.samplesPerSecond === null || rates.pricePerHour === null
      ? []
      : [['cost', ({ means }: PlanRow) => costOf(means.samples, rates).price!.toFixed(2)] as const]),
  ];
}

const accuracyColumns = ({ radii }: OnePlan): Column[] =>
  radii.map((radius, j): Column => [`≥ ${radius}`, ({ means }) => share(means.accuracy[j]!)]);

/** Returns what the columns and the names of the rules mean. */
function legend({ source, radii }: OnePlan): string {
  const mean = source.labelled
    ? 'ACR: average certified radius over all images, 0 for one that is wrong or abstains.'
    : 'radius: mean radius over all images, 0 for one that abstains.';
  const accuracy = source.labelled ? 'certified and right' : 'certified';
  const lines = [
    `n: samples of the bound of fixed, and --max-samples of the other rules; samples: all that an image takes on average. ${mean} kept: its part of that of n = 100,000. farthest: the largest radius that can be proved, which takes votes that are all the same.`,
    ...(radii.length === 0
      ? []
      : [`≥ ${radii[0]}: share of the images that are ${accuracy} to at least that radius.`]),
    `${together('gain 0.02:')} ${together('--stop gain --min-gain 0.02')}, with ${together('--bound anytime')} where that is said; two-stage likewise.`,
  ];
  return `\n${wrapped(lines.join(' '), '  ')}`;
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
      return targetWords(planned.targets);
  }
}

const share = (value: number): string => `${(100 * Math.max(0, value)).toFixed(1)} %`;

function targetWords(targets: readonly string[]): string {
  const list = `target ${targets.join(',')}`;
  return list.length <= LONGEST_LIST ? list : `target, ${targets.length} radii`;
}
