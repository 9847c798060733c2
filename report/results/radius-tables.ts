import {
  countFrom,
  countedRadii,
  isComplete,
  isSample,
  provesRadii,
} from '../../analysis/results/counted.js';
import { farthestRadius } from '../../analysis/results/farthest-radius.js';
import { radiusSteps } from '../../analysis/results/radius-steps.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import { RHO, highProbability, populationBand, wrongAtMost } from '../../analysis/results/uncertainty.js';
import { percentDown, percentUp, whole } from '../../shared/written-numbers.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import { imageAlpha } from '../../statistics/simultaneous.js';
import type { Cell } from '../csv.js';
import type { Column, Table } from '../tables/table.js';
import { targetRadii } from './asked-radii.js';
import { textOf } from './result-words.js';

/** Steps of the tables: of radii, and in σ. */
const STEP = 0.25;
const SIGMA_STEP = 0.5;

/** A set that proves radii. */
interface Counted {
  readonly set: ResultSet;
  readonly radii: Float64Array;
  /** The radii of `target`; null of other rules. */
  readonly asked: readonly number[] | null;
  /** No radius beyond it is certified. */
  readonly cap: number;
}

/** Returns the tables of certified accuracy: at steps of 0.25, at steps of 0.5 σ, and of each job with its uncertainties. */
export function radiusTables(sets: readonly ResultSet[]): Table[] {
  const counted = sets.filter(provesRadii).map(countedOf);
  if (counted.length === 0) return [];
  if (counted.length === 1)
    return [uncertainTable(counted[0]!, 'accuracy-by-radius', ''), ...sigmaTables(counted)];
  const each = counted.map((one, at) =>
    uncertainTable(one, `accuracy-by-radius-${at + 1}`, `, ${one.set.label}`),
  );
  return [comparison(counted), ...sigmaTables(counted), ...each];
}

function countedOf(set: ResultSet): Counted {
  const radii = countedRadii(set);
  const cap = farthestRadius(set.job)?.radius ?? 0;
  return { set, radii, asked: targetRadii(set), cap: Math.max(cap, radii.at(-1) ?? 0) };
}

const largestCap = (counted: readonly Counted[]): number => Math.max(...counted.map(({ cap }) => cap));

/** Returns the rows' radii: equal steps, and what jobs of `target` were asked for. */
function rowsRadii(counted: readonly Counted[]): number[] {
  const others = counted.filter(({ asked }) => asked === null);
  const steps = others.length === 0 ? [] : radiusSteps(STEP, largestCap(others)).radii;
  const asked = counted.flatMap((one) => one.asked ?? []);
  return [...new Set([...steps, ...asked])].sort((a, b) => a - b);
}

/** Returns the share of a set at a radius; null if it was not asked for it. */
function shareAt({ set, radii, asked }: Counted, radius: number): number | null {
  if (asked !== null && !asked.includes(radius)) return null;
  return countFrom(radii, radius) / set.images;
}

const titleOf = (counted: readonly Counted[]): string => {
  const sets = counted.map(({ set }) => set);
  return `${textOf(sets).title}${sets.every(isComplete) ? '' : ', so far'}`;
};

function comparison(counted: readonly Counted[]): Table {
  return {
    name: 'accuracy-by-radius',
    title: `${titleOf(counted)} by radius`,
    columns: [{ label: 'radius' }, ...counted.map(({ set }) => ({ label: set.label, show: percentDown }))],
    rows: rowsRadii(counted).map((radius) => [radius, ...counted.map((one) => shareAt(one, radius))]),
  };
}

/** Returns the table at steps of σ; none of jobs of `target` alone, whose radii are what was asked for. */
function sigmaTables(all: readonly Counted[]): Table[] {
  const counted = all.filter(({ asked }) => asked === null);
  if (counted.length === 0) return [];
  const sigma = ({ set }: Counted): number => sigmaOf(set.job.draw.noise);
  const most = Math.max(...counted.map((one) => one.cap / sigma(one)));
  return [
    {
      name: 'accuracy-by-sigma',
      title: `${titleOf(counted)} by radius in σ`,
      columns: [
        { label: 'radius / σ' },
        ...counted.map(({ set }) => ({ label: set.label, show: percentDown })),
      ],
      rows: radiusSteps(SIGMA_STEP, most).radii.map((step) => [
        step,
        ...counted.map((one) => shareAt(one, Number((step * sigma(one)).toPrecision(12)))),
      ]),
    },
  ];
}

/** Returns the table of one set with its two uncertainties. @param whose the end of its title */
function uncertainTable(one: Counted, name: string, whose: string): Table {
  const { set, radii } = one;
  const wrong = wrongAtMost(set.job.claim, set.images)!;
  const alpha = imageAlpha(set.job.claim);
  const isBanded = isSample(set);
  const columns: Column[] = [
    { label: 'radius' },
    { label: 'images', show: whole },
    { label: textOf([set]).short, show: percentDown },
    { label: `but for ${whole(wrong.most)} wrong`, show: percentDown },
    { label: `Cohen et al., ρ = ${RHO}`, show: percentDown },
    ...(isBanded
      ? [
          { label: 'population, from', show: percentDown },
          { label: 'to', show: percentUp },
        ]
      : []),
  ];
  const rows = rowsRadii([one]).map((radius): Cell[] => {
    const count = countFrom(radii, radius);
    const { low, high } = populationBand(count, set.images);
    const certain = Math.max(0, count - wrong.most) / set.images;
    const cohen = highProbability(count, set.images, alpha);
    return [radius, count, count / set.images, certain, cohen, ...(isBanded ? [low, high] : [])];
  });
  return { name, title: `${titleOf([one])} by radius${whose}`, columns, rows };
}
