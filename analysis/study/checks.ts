import { percent } from '../../shared/written-numbers.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import { LARGEST_ERROR, LEAST_SIZE, askedOf, checkOf, farthest, fromWords, type Check } from './check.js';
import { theorem43, theorem45, theorem46 } from './closed-form-checks.js';
import type { CltRow } from './clt-errors.js';
import type { DrawingStudy } from './drawing-study.js';
import type { SizeRow } from './size-rows.js';

/** The paper's claim about a hundredth of the samples. By how much its "about 20 %" may be off is chosen here. */
const HUNDREDFOLD = { few: 1_000, most: 100_000, least: 0.15, largest: 0.25 };
/** Losses of several σ that lie farther apart than this depend on σ. */
const SIGMA_SPREAD = 0.02;
/** A difference within so many standard errors may be chance. */
const STANDARD_ERRORS = 2;
/** The paper takes the normal approximation for usable from so many samples on. */
const CLT_FROM = 50;

/** Returns what of the paper's claims drawings at one α bear out: each claim asked of every drawing, and that about σ of all together. */
export function checksOf(alpha: number, drawings: readonly DrawingStudy[]): Check[] {
  const each = drawings.flatMap((drawing) => [
    theorem43(drawing),
    theorem45(drawing, alpha),
    theorem46(drawing),
    hundredfold(drawing),
    clt(drawing, alpha),
    prediction(drawing),
  ]);
  return [...each, anySigma(drawings)];
}

function hundredfold({ name, rows }: DrawingStudy): Check {
  const { few: n, most, least, largest } = HUNDREDFOLD;
  const claim = `${n} samples in place of ${most} cost about 20 % of the average certified radius (here: between ${100 * least} and ${100 * largest} %)`;
  const named = { id: 'hundredfold', claim, drawing: name } as const;
  const [few, all] = [n, most].map((wanted) => rows.find((row) => row.n === wanted));
  if (few === undefined || all === undefined)
    return checkOf(named, null, `needs --max-samples ${most}, which is what the claim is about`);
  if (all.measured.acr === 0) return checkOf(named, null, 'no image is certified');
  const measured = 1 - few.measured.acr / all.measured.acr;
  const predicted = 1 - few.predicted.acr / all.predicted.acr;
  const found = `${percent(measured)} measured, ${percent(predicted)} exactly expected`;
  return checkOf(named, { found, holds: predicted >= least && predicted <= largest }, '');
}

function clt(drawing: DrawingStudy, alpha: number): Check {
  const claim = `The normal approximation errs with a probability of at most α from n = ${CLT_FROM} on`;
  const rows = drawing.clt.filter(({ n }) => n >= CLT_FROM);
  const worst = farthest(rows, ({ exact }) => exact.wrong);
  const finding = worst && {
    found: `${errorWords(worst.row)}, where α is ${percent(alpha)}; at most 2 α ${fromWords(rows, ({ exact }) => exact.wrong <= 2 * alpha)}`,
    holds: worst.value <= alpha,
  };
  return checkOf({ id: 'clt', claim, drawing: drawing.name }, finding, `no size from n = ${CLT_FROM} on`);
}

const errorWords = ({ n, exact, measured }: CltRow): string =>
  `wrong for ${percent(exact.wrong)} of the images at n = ${n} (measured: ${percent(measured.wrong)}), and without any bound for ${percent(exact.unanimous)}`;

/** Where the measured mean is off by more, but by less than two standard errors more, the votes may have done it: that tells nothing. */
function prediction({ name, images, rows }: DrawingStudy): Check {
  const claim = `The distribution of p alone predicts the mean radius within ${percent(LARGEST_ERROR)} from n = ${LEAST_SIZE} on, exactly computed`;
  const asked = askedOf(rows);
  const error = ({ measured, predicted }: SizeRow) => measured.meanRadius / predicted.meanRadius - 1;
  const chance = ({ standardError, predicted }: SizeRow) => standardError / predicted.meanRadius;
  const isBeyondChance = (row: SizeRow) =>
    Math.abs(error(row)) - LARGEST_ERROR > STANDARD_ERRORS * chance(row);
  const beyond = asked.filter(isBeyondChance);
  const worst = farthest(beyond.length > 0 ? beyond : asked, error);
  const finding = worst && {
    found: `the measured mean radius is off by ${percent(worst.value)}, at n = ${worst.row.n}, where its standard error is ${percent(chance(worst.row))} with ${images} images`,
    holds: Math.abs(worst.value) <= LARGEST_ERROR ? true : beyond.length > 0 ? false : null,
  };
  return checkOf({ id: 'prediction', claim, drawing: name }, finding, `no size from n = ${LEAST_SIZE} on`);
}

/** Asked at the smallest size from `LEAST_SIZE` on that all drawings have. */
function anySigma(drawings: readonly DrawingStudy[]): Check {
  const claim = `The share of the radius that is lost does not depend on σ (by more than ${percent(SIGMA_SPREAD)})`;
  const named = { id: 'any-sigma', claim, drawing: null } as const;
  const n = commonSize(drawings);
  if (drawings.length < 2 || n === undefined) return checkOf(named, null, 'no two σ were drawn alike');
  const losses = drawings.map((drawing) => ({ sigma: sigmaOf(drawing.noise), loss: lossAt(drawing, n) }));
  const values = losses.map(({ loss }) => loss);
  const found = losses.map(({ sigma, loss }) => `${percent(loss)} at σ = ${sigma}`).join(', ');
  const holds = Math.max(...values) - Math.min(...values) <= SIGMA_SPREAD;
  return checkOf(named, { found: `at n = ${n}: ${found}`, holds }, '');
}

function commonSize(drawings: readonly DrawingStudy[]): number | undefined {
  const [first, ...others] = drawings.map(({ sizes }) => sizes.filter((n) => n >= LEAST_SIZE));
  return first!.find((n) => others.every((sizes) => sizes.includes(n)));
}

/** Returns the share of the average certified radius of all samples that n samples are expected to lose; 0 where there is none. */
export function lossAt({ rows }: DrawingStudy, n: number): number {
  const [few, most] = [rows.find((row) => row.n === n)!, rows.at(-1)!];
  return most.predicted.acr === 0 ? 0 : 1 - few.predicted.acr / most.predicted.acr;
}
