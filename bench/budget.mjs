// What `--stop budget` gets for its samples, and the gain that its table of `spending` is matched to: for several populations of images
// and totals, the average certified radius for tables matched to many gains, on the same votes. Beside it a fixed number of samples of the
// same mean, 100 of which choose the class. statistics/budget-gain.ts has its constants from here.
//
//   npm run build && node bench/budget.mjs [NAME=results.jsonl of a fixed run …]
//
// `mix`, `near 1` and `hard` are made up; of a fixed run the shares of its most frequent classes are taken for probabilities.
import { readFileSync } from 'node:fs';
import { JobFold } from '../dist/coordinator/core/job-fold.js';
import { jobDigest } from '../dist/shared/job.js';
import { compileBound } from '../dist/statistics/bounds/bounds.js';
import { budgetGain } from '../dist/statistics/budget-gain.js';
import { NOISES } from '../dist/statistics/noises/noises.js';
import { looksFor } from '../dist/statistics/schedule.js';

const [ALPHA, MOST, IMAGES] = [0.001, 100_000, 500];
const MEANS = [200, 300, 1_000, 3_000, 10_000, 30_000];
/** Gains tried, as multiples of the fitted one. */
const MULTIPLES = [-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3].map((doublings) => 2 ** doublings);
/** Samples of a fixed run that choose the class. */
const SELECTION = 100;
const OTHERS = 9;

const uniform = generator(1);
const spread = (share, from, to) =>
  Array.from({ length: share * IMAGES }, (_, i) => from + ((to - from) * (i + 0.5)) / (share * IMAGES));
const populations = {
  mix: [
    ...spread(0.6, 0.99, 1),
    ...spread(0.2, 0.8, 0.99),
    ...spread(0.15, 0.5, 0.8),
    ...spread(0.05, 0.2, 0.5),
  ],
  'near 1': spread(1, 0.999, 1),
  hard: [
    ...spread(0.19, 0.99, 1),
    ...spread(0.34, 0.8, 0.99),
    ...spread(0.3, 0.5, 0.8),
    ...spread(0.17, 0.1, 0.5),
  ],
};
for (const given of process.argv.slice(2)) {
  const [name, file] = given.split('=');
  populations[name] = measured(file);
}

for (const [name, shares] of Object.entries(populations)) report(name, shuffled(shares));

function report(name, shares) {
  const failures = drawn(shares);
  const reference = fixed(failures, MOST);
  console.log(
    `\n${name}: ${shares.length} images; mean radius of a fixed 100,000: ${reference.toFixed(3)} noise scales`,
  );
  console.log(
    '  mean n   fixed  anytime  spending: best at g   fitted g   loss of the fitted one   within 0.5 % of the best',
  );
  for (const mean of MEANS) {
    const total = mean * shares.length;
    const fitted = budgetGain(shares.length, total);
    const tried = MULTIPLES.map((multiple) => {
      const gain = multiple * fitted;
      return { gain, radius: shared(failures, total, 'spending', gain) };
    });
    const best = tried.reduce((a, b) => (b.radius > a.radius ? b : a));
    const good = tried.filter(({ radius }) => radius >= 0.995 * best.radius).map(({ gain }) => gain);
    const ours = tried.find(({ gain }) => gain === fitted).radius;
    const columns = [
      fixed(failures, mean - SELECTION) / reference,
      shared(failures, total, 'anytime', null) / reference,
      best.radius / reference,
    ].map((ratio) => ratio.toFixed(3).padStart(7));
    const gains = [best.gain, fitted, Math.min(...good), Math.max(...good)].map((g) =>
      g.toPrecision(3).padStart(8),
    );
    console.log(
      `  ${String(mean).padStart(6)} ${columns.join('  ')}  ${gains[0]}  ${gains[1]}   ${(100 * (1 - ours / best.radius)).toFixed(2).padStart(6)} %   ${gains[2]} … ${gains[3]}`,
    );
  }
}

/** The mean radius, in noise scales, of right classes where the images share a total. */
function shared(failures, totalSamples, bound, matchedGain) {
  const stop = { kind: 'budget', totalSamples };
  const looks = looksFor(stop, bound, MOST);
  const images = { start: 0, stop: failures.length, step: 1 };
  const claim = {
    alpha: ALPHA,
    bound,
    stop,
    looks,
    images,
    ...(matchedGain === null ? {} : { matchedGain }),
  };
  const noise = { kind: 'gaussian', scale: 1, generator: 'none', version: 1 };
  const job = { protocol: 1, draw: { noise, segments: looks, classes: 1 + OTHERS, numeric: 'any' }, claim };
  const fold = new JobFold(job);
  const digest = jobDigest(job);
  let open = [...fold.images.keys()];
  while (!fold.isDone()) {
    const shards = open.flatMap((image) => {
      const { due, look, ending } = fold.images.get(image);
      return ending || look > due ? [] : fold.missing(image, look);
    });
    const counted = shards.map((shard) => ({
      shard,
      counts: countsOf(failures[shard.image], shard),
      micros: 0,
    }));
    open = fold.apply(recordOf(digest, counted)).allotted;
  }
  const held = [...fold.images.values()].map(({ ending }) => ending.held);
  return held.reduce((sum, one) => sum + (one?.classIndex === 0 ? one.z : 0), 0) / held.length;
}

function recordOf(jobDigest, counted) {
  const none = { failed: [], returned: [], dropped: [], failedImages: [], cancelled: false };
  return { jobDigest, fingerprint: '', task: '', counted, ...none };
}

/** Failures vote for nine other classes in turn. */
function countsOf(cumulated, { begin, end }) {
  const [before, after] = [cumulated[begin], cumulated[end]];
  const votes = [end - begin - (after - before)];
  for (let c = 0; c < OTHERS; c++)
    votes.push(Math.floor((after + c) / OTHERS) - Math.floor((before + c) / OTHERS));
  const kept = votes.map((count, c) => [c, count]).filter(([, count]) => count > 0);
  return { classes: kept.map(([c]) => c), votes: kept.map(([, count]) => count), invalid: 0 };
}

/** The same of n samples for each image, beside those that choose the class. */
function fixed(failures, n) {
  const bound = compileBound({ bound: 'clopper-pearson', alpha: ALPHA, looks: [n] }, NOISES.gaussian);
  return failures.reduce((sum, f) => sum + (bound.certify(0, f[n], n)?.z ?? 0), 0) / failures.length;
}

/** By image, the failures among its first n samples, for each n. */
function drawn(shares) {
  return shares.map((share) => {
    const cumulated = new Uint32Array(MOST + 1);
    for (let n = 1; n <= MOST; n++) cumulated[n] = cumulated[n - 1] + (uniform() < share ? 0 : 1);
    return cumulated;
  });
}

/** Shares of the leader in a fixed run, by image. */
function measured(file) {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return rows.map(({ looks }) => {
    const { n, votes } = looks.at(-1);
    return (Math.max(...votes) + 0.5) / (n + 1);
  });
}

function shuffled(list) {
  return list
    .map((value) => [uniform(), value])
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);
}

function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
