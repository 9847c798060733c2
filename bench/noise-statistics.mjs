// What the noise looks like over 10^8 draws of each law, against the exact law and independence. z is in standard errors:
// with about 250 of them, one beyond 3.5 is seen in one run of 9.
// usage: npm run build && node bench/noise-statistics.mjs
import { thresholdsOf } from '../dist/statistics/noises/thresholds.js';
import { GENERATOR, NoiseKernel } from '../dist/worker/noise/noise-kernel.js';

const dimension = 4096;
const batch = 256;
const rounds = 96;
const draws = dimension * batch * rounds;
const firstSeed = 0x736d6f6f74686365n;
const lags = [1, 2, 8, 32, dimension];
/** Classes of steps in the table of pairs. */
const classes = 16;

function exactLaw(kind, ratio) {
  const { largest, values } = thresholdsOf(kind, ratio);
  const ends = [0n, ...values, 2n ** 64n];
  const probabilities = Float64Array.from(
    { length: 2 * largest + 1 },
    (_, index) => Number(ends[index + 1] - ends[index]) / 2 ** 64,
  );
  const moments = Array.from({ length: 9 }, (_, n) =>
    probabilities.reduce((sum, probability, index) => sum + probability * (index - largest) ** n, 0),
  );
  const shares = new Float64Array(classes);
  let below = 0;
  const classOf = Uint8Array.from(probabilities, (probability) => {
    const at = Math.min(classes - 1, Math.floor(classes * (below + probability / 2)));
    below += probability;
    shares[at] += probability;
    return at;
  });
  return { largest, probabilities, moments, classOf, shares };
}

const create = (kind, ratio, key) =>
  NoiseKernel.create({
    dimension,
    batch,
    seed: key,
    kind,
    ratio,
    gain: new Float32Array(dimension).fill(1),
    shift: new Float32Array(dimension),
  });

/** Sums of pairs of draws: of products, of products of squares, and a table of classes. */
class Pairs {
  #product = 0;
  #square = 0;
  #count = 0;
  #table = new Float64Array(classes ** 2);

  constructor(law) {
    this.law = law;
  }

  add(x, y, lag) {
    const { largest, moments, classOf } = this.law;
    const variance = moments[2];
    let product = 0;
    let square = 0;
    const pairs = x.length - lag;
    for (let i = 0; i < pairs; i++) {
      const a = x[i];
      const b = y[i + lag];
      product += a * b;
      square += (a * a - variance) * (b * b - variance);
      this.#table[classOf[a + largest] * classes + classOf[b + largest]]++;
    }
    this.#product += product;
    this.#square += square;
    this.#count += pairs;
  }

  print(name) {
    const { moments, shares } = this.law;
    const variance = moments[2];
    const ofSquares = moments[4] - variance ** 2;
    const n = this.#count;
    row(`correlation, ${name}`, this.#product / n / variance, 0, Math.sqrt(1 / n));
    row('  of squares', this.#square / n / ofSquares, 0, Math.sqrt(1 / n));
    const expected = Array.from(
      this.#table,
      (_, at) => n * shares[at % classes] * shares[Math.floor(at / classes)],
    );
    chiSquare('  chi-square of', this.#table, expected);
  }
}

function row(name, value, expected, standardError) {
  console.log(
    [
      name.padEnd(36),
      value.toPrecision(7).padStart(14),
      expected.toPrecision(7).padStart(14),
      ((value - expected) / standardError).toFixed(2).padStart(8),
    ].join(''),
  );
}

/** Pearson's statistic; neighbouring cells are joined until each expects 10 at least. */
function chiSquare(name, counts, expected) {
  let statistic = 0;
  let cells = 0;
  let count = 0;
  let mean = 0;
  let left = expected.reduce((sum, one) => sum + one, 0);
  counts.forEach((one, index) => {
    count += one;
    mean += expected[index];
    left -= expected[index];
    if (mean < 10 || (left < 10 && index < counts.length - 1)) return;
    statistic += (count - mean) ** 2 / mean;
    cells++;
    count = 0;
    mean = 0;
  });
  row(`${name} ${cells} cells`, statistic, cells - 1, Math.sqrt(2 * (cells - 1)));
}

/** Steps of more than `bound` scales to either side. */
function beyond(counts, { largest, probabilities }, scale, bound) {
  let count = 0;
  let expected = 0;
  probabilities.forEach((probability, index) => {
    if (Math.abs(index - largest) <= bound * scale) return;
    count += counts[index];
    expected += draws * probability;
  });
  row(`count beyond ${bound} scales`, count, expected, Math.sqrt(expected));
}

async function measure(kind, ratio, seed) {
  const law = exactLaw(kind, ratio);
  const { largest, probabilities, moments } = law;
  const kernel = await create(kind, ratio, seed);
  const nextSeed = await create(kind, ratio, seed + 1n);
  const counts = new Float64Array(probabilities.length);
  const within = lags.map(() => new Pairs(law));
  const images = new Pairs(law);
  const seeds = new Pairs(law);
  for (let round = 0; round < rounds; round++) {
    const image = round % 16;
    const first = Math.floor(round / 16) * batch;
    kernel.draw(0, image, first, batch);
    const steps = Int32Array.from(kernel.input);
    for (const k of steps) counts[k + largest]++;
    lags.forEach((lag, i) => within[i].add(steps, steps, lag));
    nextSeed.draw(0, image, first, batch);
    seeds.add(steps, nextSeed.input, 0);
    kernel.draw(0, image + 16, first, batch);
    images.add(steps, kernel.input, 0);
  }
  console.log(`\n${kind} noise, ${ratio} steps a scale, at most ${largest} steps, seed ${seed}`);
  for (let n = 1; n <= 4; n++) {
    const sum = counts.reduce((total, count, index) => total + count * (index - largest) ** n, 0);
    const error = Math.sqrt((moments[2 * n] - moments[n] ** 2) / draws);
    // Odd ones are 0 by symmetry.
    row(`moment ${n}`, sum / draws, n % 2 === 0 ? moments[n] : 0, error);
  }
  const bounds = { gaussian: [3, 4, 5], laplace: [5, 10, 15], uniform: [0.9, 0.99] }[kind];
  for (const bound of bounds) beyond(counts, law, Number(ratio), bound);
  chiSquare(
    'chi-square of',
    counts,
    probabilities.map((probability) => draws * probability),
  );
  lags.forEach((lag, i) => within[i].print(lag === dimension ? 'next sample' : `element + ${lag}`));
  images.print('another image');
  seeds.print('next seed');
}

console.log(`${GENERATOR.name} version ${GENERATOR.version}: ${draws} draws of each law`);
console.log(
  `${'statistic'.padEnd(36)}${'measured'.padStart(14)}${'expected'.padStart(14)}${'z'.padStart(8)}`,
);
// Each law has a seed of its own: one seed would give the same noise at another scale, and the same statistics.
let seed = firstSeed;
for (const kind of ['gaussian', 'laplace', 'uniform']) {
  for (const ratio of ['32', '63.75', '255']) {
    await measure(kind, ratio, seed);
    seed += 2n;
  }
}
