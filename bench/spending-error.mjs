// P(some look certifies some class wrongly) of `spending` over a grid of prices, levels, budgets and noises, as a multiple of α: at
// most 1 is allowed. Exact, for two classes: the law of the counts, look by look. What is too small to follow counts as error.
// `npm test` checks a part of this grid with code of its own (test/exact/).
//
//   npm run build && node bench/spending-error.mjs [--points N]
//
// The failure probability is put just above bounds that the table can give, N (40) of them a table, evenly among all, and at ½;
// some ten minutes.
import { parseArgs } from 'node:util';
import { spending } from '../dist/statistics/bounds/spending.js';
import { NOISES } from '../dist/statistics/noises/noises.js';
import { binomialLaw } from '../dist/analysis/laws/binomial-law.js';

const PRICES = [undefined, 0, 1e-9, 0.001, 0.01, 0.02, 0.1, 1, 1e6, 1e300];
const ALPHAS = [1e-12, 1e-6, 0.001, 0.05, 0.25];
/** The last budget is the largest one that twelve looks reach. */
const BUDGETS = [65, 100, 191, 192, 1024, 100_000, 196_607];
/** A state of less than this multiple of α is followed no further, and counts as error. */
const SMALLEST = 1e-14;

const { values } = parseArgs({ options: { points: { type: 'string', default: '40' } } });
const most = Number(values.points);

console.log(
  `Largest error / α of spending, at ½ and just above up to ${most} of its bounds. "even": the split of version 0.1.0.`,
);
for (const noise of Object.values(NOISES)) {
  for (const alpha of ALPHAS) {
    console.log(`\n${noise.name}, α = ${alpha}`);
    print(['samples', ...PRICES.map(nameOf)]);
    for (const budget of BUDGETS) {
      const looks = spending.looks(budget);
      const errors = PRICES.map((matchedGain) =>
        largestError(tableOf({ alpha, looks, matchedGain }, noise), alpha),
      );
      print([budget, ...errors.map((error) => error.toFixed(4))]);
    }
  }
}

function nameOf(price) {
  if (price === undefined) return 'even';
  return `g = ${price < 1e6 ? price : price.toExponential()}`;
}

/** All that a table certifies: by look the bounds of 0, 1, 2, … failures, as far as there are any. */
function tableOf(claim, noise) {
  const bound = spending.compile(claim, noise);
  const bounds = claim.looks.map((n, look) => {
    const found = [];
    for (let failures = 0; failures <= n; failures++) {
      const certified = bound.certify(look, failures, n);
      if (certified === null) break;
      found.push(certified.deltaUpper);
    }
    return found;
  });
  return { looks: claim.looks, bounds };
}

function largestError(table, alpha) {
  const attainable = [...new Set(table.bounds.flat())].sort((a, b) => a - b);
  const every = Math.max(1, Math.floor(attainable.length / most));
  const points = attainable.filter((_, i) => i % every === 0).map((delta) => delta * (1 + 2 ** -52));
  return Math.max(...[...points, 0.5].map((delta) => errorAt(table, delta, SMALLEST * alpha) / alpha));
}

/** P(some look certifies wrongly), where the first of two classes fails with probability `delta`. */
function errorAt({ looks, bounds }, delta, smallest) {
  let error = 0;
  let law = { first: 0, mass: Float64Array.of(1) };
  looks.forEach((n, look) => {
    const { first, mass } = convolve(law, binomialLaw(n - (looks[look - 1] ?? 0), delta, smallest / 100));
    const wrong = countBelow(bounds[look], delta);
    // The second class fails with probability 1 − δ ≥ ½, above every bound.
    const right = n - countBelow(bounds[look], 1 - delta);
    let low = 0;
    let high = mass.length;
    while (low < high && (first + low < wrong || mass[low] < smallest)) error += mass[low++];
    while (low < high && (first + high - 1 > right || mass[high - 1] < smallest)) error += mass[--high];
    law = { first: first + low, mass: mass.slice(low, high) };
  });
  return error;
}

/** How many failures certify less than `delta`: 0, 1, … one less than what is returned. The bounds ascend. */
function countBelow(bounds, delta) {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle] < delta) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The law of a sum of two independent numbers. */
function convolve(a, b) {
  const mass = new Float64Array(Math.max(0, a.mass.length + b.mass.length - 1));
  a.mass.forEach((weight, i) => {
    for (let j = 0; j < b.mass.length; j++) mass[i + j] += weight * b.mass[j];
  });
  return { first: a.first + b.first, mass };
}

function print(cells) {
  console.log(cells.map((cell) => String(cell).padStart(11)).join(''));
}
