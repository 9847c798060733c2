// How many samples the rules take for how much radius, exactly: no sample is drawn, so nothing here is by chance. Beside every
// rule stands the fixed number of samples of the same average certified radius (ACR).
//
//   npm run build && node bench/samples.mjs [FOLDER …] [--table FILE --sigma S --table-alpha A --table-samples N]
//
// FOLDER is an output folder of `smoothcert certify --stop fixed`: its shares of votes are taken for the probabilities of its
// images. FILE is in the form of Cohen et al.'s certify.py (idx, label, predict, radius, correct, time), made with α = A (0.001) and N
// (100,000) samples at σ = S. Without either the synthetic populations are used. Some minutes for each.
import { parseArgs } from 'node:util';
import { MIN_GAIN_NAMES } from '../dist/cli/certify/job-flags.js';
import { fixedLaw, twoStageLaw } from '../dist/analysis/laws/fresh-laws.js';
import { repeatedLaw } from '../dist/analysis/laws/repeated-law.js';
import { RepeatedRule } from '../dist/analysis/laws/repeated-rule.js';
import { populationOf, syntheticPopulations } from './populations.mjs';

const MAX_SAMPLES = 100_000;
const SELECTION = 100;
/** Prices for the curve of a rule, from few samples to many. */
const PRICES = [0.5, 0.25, 0.14, 0.1, 0.07, 0.05, 0.03, 0.02, 0.014, 0.01, 0.007, 0.005, 0.0035, 0.0025];
/** The laws of `anytime` take the longest. */
const FEW_PRICES = [0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005];
/** Numbers of samples for the curve of `fixed`: twelve a decade. */
const FIXED = Array.from({ length: 43 }, (_, i) => Math.round(MAX_SAMPLES / 10 ** (i / 12))).reverse();
const SHARES = [0.8, 0.85, 0.9, 0.95];

const text = { type: 'string' };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { table: text, sigma: text, 'table-alpha': text, 'table-samples': text },
});
for (const population of await populations()) tell(population);

async function populations() {
  const found = await Promise.all(positionals.map((folder) => populationOf(folder)));
  if (values.table !== undefined) {
    const { sigma, 'table-alpha': alpha = '0.001', 'table-samples': samples = '100000' } = values;
    const known = { sigma: Number(sigma), alphas: [Number(alpha)], tableSamples: Number(samples) };
    found.push({ ...(await populationOf(values.table, known)), alpha: 0.001 });
  }
  return found.length > 0 ? found : syntheticPopulations();
}

/** Means over the images of a population; images of the same probability are computed once. */
function meansOf({ images }, lawOf) {
  const known = new Map();
  const total = { samples: 0, acr: 0, radius: 0, certified: 0 };
  for (const { delta, right } of images) {
    if (!known.has(delta)) known.set(delta, lawOf(delta));
    const { samples, radius, certified } = known.get(delta);
    total.samples += samples / images.length;
    total.radius += radius / images.length;
    total.certified += certified / images.length;
    if (right) total.acr += radius / images.length;
  }
  return total;
}

/** The rules that have a price: name, law of an image by price, and the prices of its curve. */
function pricedRules({ alpha, noise }) {
  const gain = (bound, extra) => (minGain) => {
    const stop = { kind: 'gain', minGain };
    const rule = new RepeatedRule({ alpha, bound, stop, maxSamples: MAX_SAMPLES, ...extra(minGain) }, noise);
    return (delta) => repeatedLaw(rule, delta);
  };
  const none = () => ({});
  return [
    ['gain, spending, even split', gain('spending', none), PRICES],
    ['gain, spending, matched', gain('spending', (minGain) => ({ matchedGain: minGain })), PRICES],
    ['gain, anytime', gain('anytime', none), FEW_PRICES],
    ['two-stage', (minGain) => twoStageLaw({ alpha, minGain, maxSamples: MAX_SAMPLES }, noise), PRICES],
  ];
}

function tell(population) {
  const { name, alpha, noise, images } = population;
  const share = (wanted) => (images.filter(wanted).length / images.length).toFixed(2);
  console.log(`
== ${name}: ${images.length} images, α = ${alpha}, ${noise.kind} noise; p ≥ .99: ${share(({ delta }) => delta <= 0.01)}, p ≤ .5: ${share(({ delta }) => delta >= 0.5)}, of the wrong class: ${share(({ right }) => !right)}
`);
  const fixed = FIXED.map((n) =>
    meansOf(population, fixedLaw({ alpha, selection: SELECTION, maxSamples: n }, noise)),
  );
  const most = fixed.at(-1);
  const curves = pricedRules(population).map(([rule, law, prices]) => ({
    rule,
    points: prices.map((price) => ({ price, ...meansOf(population, law(price)) })),
  }));
  ruleTable(curves, fixed, most);
  shareTable(curves, fixed, most);
}

function ruleTable(curves, fixed, most) {
  print(['rule', 'g', 'samples', 'ACR', 'of fixed', 'mean radius', 'abstained', 'fixed takes']);
  const cells = ({ samples, acr, radius, certified }) => [
    samples.toFixed(0),
    acr.toFixed(4),
    (acr / most.acr).toFixed(3),
    radius.toFixed(4),
    `${(100 * (1 - certified)).toFixed(1)} %`,
  ];
  print([`fixed ${MAX_SAMPLES}`, '', ...cells(most), '']);
  for (const { rule, points } of curves) {
    for (const [name, price] of Object.entries(MIN_GAIN_NAMES)) {
      const point = points.find((one) => one.price === Number(price));
      const same = samplesFor(fixed, point.acr);
      const times = same / point.samples;
      print([rule, `${price} ${name}`, ...cells(point), Number.isNaN(times) ? '-' : `× ${times.toFixed(2)}`]);
    }
  }
}

function shareTable(curves, fixed, most) {
  console.log(`
Mean samples for a share of the ACR of fixed ${MAX_SAMPLES}. "fewer": matched against the even split.
`);
  print(['rule', '', ...SHARES.map((share) => share.toFixed(2))]);
  const rows = [{ rule: 'fixed', points: fixed }, ...curves].map(({ rule, points }) => ({
    rule,
    samples: SHARES.map((share) => samplesFor(points, share * most.acr)),
  }));
  for (const { rule, samples } of rows) print([rule, '', ...samples.map(whole)]);
  const [even, matched] = ['even split', 'matched'].map(
    (end) => rows.find(({ rule }) => rule.endsWith(end)).samples,
  );
  const fewer = even.map((n, i) => 100 * (1 - matched[i] / n));
  print(['fewer', '', ...fewer.map((share) => (Number.isNaN(share) ? '-' : `${share.toFixed(1)} %`))]);
}

function whole(n) {
  return Number.isNaN(n) ? '-' : n.toFixed(0);
}

/**
 * Returns the mean samples at which a curve first reaches this ACR, NaN if it never does or always has: between two of its points on
 * a line in the logarithm of samples.
 */
function samplesFor(points, acr) {
  const at = points.findIndex((point) => point.acr >= acr);
  if (at < 1) return at === 0 && points[0].acr === acr ? points[0].samples : NaN;
  const [low, high] = [points[at - 1], points[at]];
  const share = (acr - low.acr) / (high.acr - low.acr);
  return low.samples * (high.samples / low.samples) ** share;
}

function print([first, ...cells]) {
  console.log(`${first.padEnd(28)}${cells.map((cell) => String(cell).padStart(14)).join('')}`);
}
