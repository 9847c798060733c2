import { percent } from '../../shared/written-numbers.js';
import {
  LARGEST_ERROR,
  LEAST_SIZE,
  askedOf,
  checkOf,
  farthest,
  fromWords,
  largest,
  type Check,
  type Finding,
} from './check.js';
import { paperZ, ratioOf45 } from '../plan/paper-formulas.js';
import type { DrawingStudy } from './drawing-study.js';
import type { SizeRow } from './size-rows.js';

/** The Θ that the paper gives for p uniform on [½, 1), and on [0.8, 1). */
const [WIDE_THETA, NARROW_THETA] = [2.02, 1.64];
const NO_SIZES = `no two sizes from n = ${LEAST_SIZE} on`;

/** Returns the check of Theorem 4.3, the radius in closed form: its mean against the exact one. */
export function theorem43({ name, rows }: DrawingStudy): Check {
  const claim = `Theorem 4.3 gives the mean radius within ${percent(LARGEST_ERROR)} from n = ${LEAST_SIZE} on`;
  const compared = askedOf(rows).filter((row) => row.theorem43 !== null);
  const error = (row: SizeRow) => row.theorem43! / row.predicted.meanRadius - 1;
  const isClose = (row: SizeRow) => Math.abs(error(row)) <= LARGEST_ERROR;
  const worst = farthest(compared, error);
  const finding: Finding | null = worst && {
    found: `off by ${percent(worst.value)} at n = ${worst.row.n}; within that ${fromWords(compared, isClose)}`,
    holds: isClose(worst.row),
  };
  return checkOf({ id: 'theorem-4.3', claim, drawing: name }, finding, 'the form is of Gaussian noise');
}

/** Returns the check of Theorem 4.5, the share of the mean radius that is left, against the exact share. */
export function theorem45({ name, rows }: DrawingStudy, alpha: number): Check {
  const claim = `Theorem 4.5: 1 − Θ z/√n of the mean radius is left, with a Θ from ${NARROW_THETA} to ${WIDE_THETA}`;
  const named = { id: 'theorem-4.5', claim, drawing: name } as const;
  const last = rows.at(-1)!;
  const compared = askedOf(rows).filter(({ n }) => n < last.n);
  const example = compared.find(({ n }) => n >= 1000) ?? compared[0];
  if (example === undefined) return checkOf(named, null, NO_SIZES);
  const thetas = compared.map((row) => thetaOf(row, last, alpha));
  const [least, most] = [Math.min(...thetas), Math.max(...thetas)];
  const exact = example.predicted.meanRadius / last.predicted.meanRadius;
  const theirs = ratioOf45(WIDE_THETA, example.n, alpha) / ratioOf45(WIDE_THETA, last.n, alpha);
  return checkOf(
    named,
    {
      found: `Θ from ${least.toFixed(2)} to ${most.toFixed(2)}, by size; at n = ${example.n} ${percent(exact)} of that at n = ${last.n} is left, and ${percent(theirs)} by Θ = ${WIDE_THETA}`,
      holds: least >= NARROW_THETA && most <= WIDE_THETA,
    },
    NO_SIZES,
  );
}

/** Returns the Θ that the exact mean radii of two sizes n < N show: (1 − Θ z/√n)/(1 − Θ z/√N) is their ratio, solved for Θ. */
export function thetaOf(few: SizeRow, most: SizeRow, alpha: number): number {
  const ratio = few.predicted.meanRadius / most.predicted.meanRadius;
  const z = paperZ(alpha);
  return (1 - ratio) / (z / Math.sqrt(few.n) - (ratio * z) / Math.sqrt(most.n));
}

/** Returns the check of Theorem 4.6, the most that certified accuracy falls at any radius, against what was measured. */
export function theorem46({ name, rows }: DrawingStudy): Check {
  const claim = 'Theorem 4.6: certified accuracy falls by at most z/√n at every radius';
  const compared = rows.slice(0, -1).filter(({ n }) => n >= LEAST_SIZE);
  const worst = largest(compared, ({ drop }) => drop.largest - drop.theorem46);
  const onMean = compared.filter(({ drop }) => drop.mean > drop.theorem46).length;
  const finding = worst && {
    found: `${wordsOf(worst.row)}; on average over the radii it is violated at ${onMean} of ${compared.length} sizes`,
    holds: worst.value <= 0,
  };
  return checkOf({ id: 'theorem-4.6', claim, drawing: name }, finding, NO_SIZES);
}

const wordsOf = ({ n, drop }: SizeRow): string =>
  `${percent(drop.largest)} lost at r = ${Number(drop.at.toPrecision(6))} and n = ${n}, where it allows ${percent(drop.theorem46)}`;
