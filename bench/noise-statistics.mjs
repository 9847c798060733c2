// What the noise looks like over 2^28 draws, against N(0, 1) and independence. z is in standard errors: with 30 of
// them, one beyond 3.5 is seen in one run of 70.
// usage: npm run build && node bench/noise-statistics.mjs
import { GENERATORS, NoiseKernel } from '../dist/worker/noise/noise-kernel.js';

const dimension = 4096;
const batch = 256;
const rounds = 256;
const seed = 0x736d6f6f74686365n;
const bins = 16_384;
const reach = 8;

const create = (key) =>
  NoiseKernel.create({ dimension, batch, seed: key, gain: new Float32Array(dimension).fill(1) });
const kernel = await create(seed);
const nextSeed = await create(seed + 1n);
const nextImage = await create(seed);

/** Φ(x): G. Marsaglia, Journal of Statistical Software 11 (4), 2004. */
function normalCdf(x) {
  if (Math.abs(x) > 7) return x > 0 ? 1 : upperTail(7);
  let sum = x;
  let term = x;
  for (let i = 3, previous = 0; sum !== previous; i += 2) {
    previous = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.5 * Math.log(2 * Math.PI));
}

/** P(Z > x) for x ≥ 2, by continued fraction. */
function upperTail(x) {
  let fraction = x;
  for (let k = 200; k > 0; k--) fraction = x + k / fraction;
  return Math.exp((-x * x) / 2) / (fraction * Math.sqrt(2 * Math.PI));
}

const moments = [0, 0, 0, 0];
const histogram = new Float64Array(bins);
const lags = [1, 2, 3, 4, 8, 12, 16, dimension];
const products = new Float64Array(lags.length);
const squareProducts = new Float64Array(lags.length);
const pairs = new Float64Array(lags.length);
const beside = { image: [0, 0], seed: [0, 0] };
let largest = 0;
let smallest = Infinity;

/** Adds up x^1 … x^4, the histogram and the extremes. */
function fold(z) {
  const sums = [0, 0, 0, 0];
  for (const x of z) {
    const x2 = x * x;
    sums[0] += x;
    sums[1] += x2;
    sums[2] += x2 * x;
    sums[3] += x2 * x2;
    histogram[Math.floor(((x + reach) * bins) / (2 * reach))]++;
    const size = Math.abs(x);
    if (size > largest) largest = size;
    if (size < smallest) smallest = size;
  }
  sums.forEach((sum, i) => (moments[i] += sum));
}

/** Σ x·y and Σ (x² − 1)(y² − 1) of x[i] and y[i + lag]. */
function cross(x, y, lag) {
  let product = 0;
  let square = 0;
  for (let i = 0; i + lag < x.length; i++) {
    const a = x[i];
    const b = y[i + lag];
    product += a * b;
    square += (a * a - 1) * (b * b - 1);
  }
  return [product, square];
}

for (let round = 0; round < rounds; round++) {
  const image = round % 16;
  const first = Math.floor(round / 16) * batch;
  kernel.draw(0, image, first, batch);
  fold(kernel.input);
  lags.forEach((lag, i) => {
    const [product, square] = cross(kernel.input, kernel.input, lag);
    products[i] += product;
    squareProducts[i] += square;
    pairs[i] += kernel.input.length - lag;
  });
  nextImage.draw(0, image + 16, first, batch);
  nextSeed.draw(0, image, first, batch);
  for (const [name, other] of [
    ['image', nextImage],
    ['seed', nextSeed],
  ]) {
    const [product, square] = cross(kernel.input, other.input, 0);
    beside[name][0] += product;
    beside[name][1] += square;
  }
}

const n = dimension * batch * rounds;
const row = (name, value, expected, standardError) =>
  console.log(
    [
      name.padEnd(36),
      value.toPrecision(7).padStart(14),
      expected.toPrecision(7).padStart(14),
      ((value - expected) / standardError).toFixed(2).padStart(8),
    ].join(''),
  );

const { name, version } = GENERATORS.gaussian;
console.log(`${name} version ${version}: ${n} draws, seed ${seed}`);
console.log(
  `${'statistic'.padEnd(36)}${'measured'.padStart(14)}${'expected'.padStart(14)}${'z'.padStart(8)}`,
);
[0, 1, 0, 3].forEach((expected, i) =>
  row(`moment ${i + 1}`, moments[i] / n, expected, Math.sqrt([1, 2, 15, 96][i] / n)),
);
for (const bound of [2, 3, 4, 5, 6]) {
  const cells = ((reach - bound) * bins) / (2 * reach);
  let count = 0;
  for (let i = 0; i < cells; i++) count += histogram[i] + histogram[bins - 1 - i];
  const expected = 2 * n * upperTail(bound);
  row(`count beyond ${bound}`, count, expected, Math.sqrt(expected));
}

let below = 0;
let distance = 0;
let chi2 = 0;
let cells = 0;
let previous = 0;
for (let i = 0; i < bins; i++) {
  below += histogram[i];
  const cdf = normalCdf(((i + 1) * 2 * reach) / bins - reach);
  distance = Math.max(distance, Math.abs(below / n - cdf));
  const expected = (cdf - previous) * n;
  previous = cdf;
  if (expected < 10) continue;
  chi2 += (histogram[i] - expected) ** 2 / expected;
  cells++;
}
row(`chi-square of ${cells} cells`, chi2, cells, Math.sqrt(2 * cells));
lags.forEach((lag, i) => {
  const name = lag === dimension ? 'next sample' : `element + ${lag}`;
  row(`correlation, ${name}`, products[i] / pairs[i], 0, Math.sqrt(1 / pairs[i]));
  row(`  of squares`, squareProducts[i] / pairs[i] / 2, 0, Math.sqrt(1 / pairs[i]));
});
for (const [name, [product, square]] of Object.entries(beside)) {
  row(`correlation, ${name === 'image' ? 'another image' : 'next seed'}`, product / n, 0, Math.sqrt(1 / n));
  row(`  of squares`, square / n / 2, 0, Math.sqrt(1 / n));
}
console.log(
  `Kolmogorov–Smirnov √n·D = ${(distance * Math.sqrt(n)).toFixed(3)} at ${bins} points (5 % of samples exceed 1.358)`,
);
console.log(`|z| seen: ${smallest.toExponential(2)} to ${largest.toFixed(4)}; largest possible 6.7637`);
