// Counts the figures of results again, from results.jsonl and job.json alone: it shares no code with what drew them.
//
//   node test/report/recount.mjs FIGURES LABEL=FOLDER…
//
// FIGURES holds the CSV files of `report --figures`; LABEL is that of the folder in their keys. Prints a line for each file, and ends with 1 if one differs.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const [figures, ...given] = process.argv.slice(2);
const CONFIDENCE = 0.998;
const RHO = 0.001;
const EXACT = 1e-12;
const CLOSE = 1e-9;

const sets = given.map((text) => {
  const cut = text.lastIndexOf('=');
  const [label, folder] = [text.slice(0, cut), text.slice(cut + 1)];
  const { job } = JSON.parse(readFileSync(path.join(folder, 'job.json'), 'utf8'));
  const text_ = readFileSync(path.join(folder, 'results.jsonl'), 'utf8');
  const rows = text_.split('\n').filter((line) => line !== '');
  const { start, stop, step } = job.claim.images;
  return { label, job, rows: rows.map((line) => JSON.parse(line)), images: Math.ceil((stop - start) / step) };
});

/* Counting. */

const labelled = ({ rows }) => rows.some((row) => row.label !== null);
const countsAt = (set) =>
  set.rows.filter((row) => row.outcome === 'certified' && (!labelled(set) || row.class === row.label));
const atLeast = (set, radius) => countsAt(set).filter((row) => row.radius >= radius).length;
const proves = ({ job }) => job.claim.stop.kind !== 'predict' && job.claim.bound !== 'clt';
const whole = ({ rows, images }) => rows.length === images;
const notFailed = ({ rows }) => rows.filter((row) => row.outcome !== 'failed');
const sum = (values) => values.reduce((a, b) => a + b, 0);

/* Probabilities, from their definitions. */

/** Returns P(Bin(n, p) ≤ k), by adding logarithms of its terms. */
function binomialBelow(k, n, p) {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  let log = n * Math.log1p(-p);
  const logs = [log];
  for (let j = 1; j <= k; j++) logs.push((log += Math.log((n - j + 1) / j) + Math.log(p) - Math.log1p(-p)));
  const largest = Math.max(...logs);
  return Math.exp(largest) * sum(logs.map((one) => Math.exp(one - largest)));
}

/** Returns where a falling function of [0, 1] crosses a value. */
function crossing(falling, value) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (falling(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
const bandHigh = (count, n) => (count === n ? 1 : crossing((p) => binomialBelow(count, n, p), 0.025));
const bandLow = (count, n) => (count === 0 ? 0 : crossing((p) => binomialBelow(count - 1, n, p), 0.975));

function mostWrong({ job, images }) {
  if (job.claim.simultaneous) return 0;
  let k = 0;
  while (binomialBelow(k, images, job.claim.alpha) < CONFIDENCE) k += 1;
  return k;
}

function cohen(set, count) {
  const { alpha, simultaneous } = set.job.claim;
  const each = simultaneous ? 1 - (1 - alpha) ** (1 / set.images) : alpha;
  const log = Math.log(1 / RHO);
  const spread = Math.sqrt((2 * each * (1 - each) * log) / set.images);
  return Math.max(0, count / set.images - each - spread - log / (3 * set.images));
}

/* Files. */

/** Returns the lines of a CSV file as lists of cells. */
function cellsOf(text) {
  const lines = [[]];
  let cell = '';
  let quoted = false;
  for (const [at, one] of [...text].entries()) {
    if (quoted) {
      if (one === '"') quoted = false;
      else cell += one;
    } else if (one === '"') {
      if (text[at - 1] === '"') cell += '"';
      quoted = true;
    } else if (one === ',' || one === '\n') {
      lines.at(-1).push(cell);
      cell = '';
      if (one === '\n') lines.push([]);
    } else cell += one;
  }
  return lines.slice(0, -1);
}

/** Returns the points of a figure by the label of their curve. */
function curvesOf(name) {
  const [, ...lines] = cellsOf(readFileSync(path.join(figures, name), 'utf8'));
  const curves = new Map();
  for (const [label, kind, x, y, low, high] of lines) {
    const curve = curves.get(label) ?? { kind, points: [] };
    curve.points.push({
      x: Number.isNaN(Number(x)) ? x : Number(x),
      text: x,
      y: Number(y),
      low: Number(low),
      high: Number(high),
    });
    curves.set(label, curve);
  }
  return curves;
}

const problems = [];
let checked = 0;
function same(what, found, expected, error = EXACT) {
  checked += 1;
  if (!(Math.abs(found - expected) <= error)) problems.push(`${what}: ${found} and not ${expected}`);
}

/* Figures. */

/** Compares every stair with the count at its radius, and what is shown between stairs with the counts there. */
function checkStairs(what, { kind, points }, set, shareOf, widest) {
  for (const { x, y } of points) same(`${what} at ${x}`, y, shareOf(atLeast(set, x)));
  if (kind !== 'stairs') return;
  const shown = (radius) => points.find(({ x }) => x >= radius)?.y ?? 0;
  const width = (1 + 1e-9) * (widest / 800);
  for (const { radius } of countsAt(set)) {
    checked += 1;
    const high = shareOf(atLeast(set, radius));
    const low = shareOf(atLeast(set, radius + width));
    if (shown(radius) > high + EXACT || shown(radius) < low - EXACT)
      problems.push(`${what} between stairs, at ${radius}`);
  }
}

function checkRadii(name, set, curves) {
  const share = (count) => count / set.images;
  const widest = Math.max(...[...curves.values()].flatMap(({ points }) => points.map(({ x }) => x)));
  for (const [label, curve] of curves) {
    const what = `${name}, ${label}`;
    if (/^certified (accuracy|share)$/.test(label) || label === set.label)
      checkStairs(what, curve, set, share, widest);
    else if (label.startsWith('certificates: at most')) {
      const most = mostWrong(set);
      same(`${what}, k`, Number(/at most ([\d,]+)/.exec(label)[1].replaceAll(',', '')), most);
      checkStairs(what, curve, set, (count) => Math.max(0, count - most) / set.images, widest);
    } else if (label.startsWith('Cohen')) checkStairs(what, curve, set, (count) => cohen(set, count), widest);
    else if (label.startsWith('images:')) {
      for (const { x, low, high } of curve.points) {
        same(`${what}, upper end at ${x}`, high, bandHigh(atLeast(set, x), set.images), CLOSE);
        same(`${what}, lower end at ${x}`, low, bandLow(atLeast(set, x), set.images), CLOSE);
      }
    } else if (label.startsWith('limit')) {
      checked += 1;
      if (countsAt(set).some(({ radius }) => radius > curve.points[0].x))
        problems.push(`${what}: a radius is beyond it`);
    } else problems.push(`${what}: an unknown curve`);
  }
}

function checkOverlay(name, curves) {
  const widest = Math.max(...[...curves.values()].flatMap(({ points }) => points.map(({ x }) => x)));
  for (const [label, curve] of curves) {
    const set = sets.find((one) => one.label === label);
    if (label.startsWith('envelope')) {
      for (const { x, y } of curve.points)
        same(`${name}, ${label} at ${x}`, y, Math.max(...sets.map((one) => atLeast(one, x) / one.images)));
    } else if (set !== undefined)
      checkStairs(`${name}, ${label}`, curve, set, (count) => count / set.images, widest);
    else if (!label.startsWith('limit')) problems.push(`${name}, ${label}: an unknown curve`);
  }
}

const OUTCOMES = {
  'certified, right': (row) => row.outcome === 'certified' && row.label !== null && row.class === row.label,
  'certified, wrong': (row) => row.outcome === 'certified' && row.label !== null && row.class !== row.label,
  certified: (row) => row.outcome === 'certified' && row.label === null,
  'predicted, right': (row) => row.outcome === 'predicted' && row.label !== null && row.class === row.label,
  'predicted, wrong': (row) => row.outcome === 'predicted' && row.label !== null && row.class !== row.label,
  predicted: (row) => row.outcome === 'predicted' && row.label === null,
  'approximate, no certificate': (row) => row.outcome === 'approximate',
  abstained: (row) => row.outcome === 'abstained',
  failed: (row) => row.outcome === 'failed',
};

const STOPS = {
  'little to gain': 'gain',
  'not worth more samples': 'abstain',
  'all radii certified': 'certified',
  'more is out of reach': 'futile',
  'as planned': 'planned',
  'samples used up': 'budget',
  'class decided': 'decided',
};

function stopped(set, text) {
  const [outcome, words] = text.split(': ');
  return set.rows.filter((row) => row.outcome === outcome && row.stop === (STOPS[words] ?? words)).length;
}

function samplesWithin(set, text) {
  const [from, to = from] = text.replaceAll(',', '').split('–').map(Number);
  return notFailed(set).filter((row) => row.samples >= from && row.samples <= to).length;
}

function probabilitiesWithin(values, text) {
  const [, from = '0', to] = /^(?:below|([\d.]+) to) ([\d.]+)$/.exec(text);
  return values.filter((p) => p >= Number(from) && (p < Number(to) || to === '1')).length;
}

/** Returns the votes for the class of a row, or without one the most votes, as a share; nothing of a row without votes. */
function voteShares(set) {
  return notFailed(set).flatMap((row) => {
    const { classes, votes, invalid } = row.counts;
    const all = sum(votes) + invalid;
    if (all === 0) return [];
    return [row.class === null ? Math.max(0, ...votes) / all : votes[classes.indexOf(row.class)] / all];
  });
}

const lowerBounds = ({ rows }) => rows.flatMap((row) => (row.p_lower == null ? [] : [Number(row.p_lower)]));

/** Counts of each category, by figure. */
const COUNTED = {
  'outcomes.csv': (set, text) =>
    text === 'not ended' ? set.images - set.rows.length : set.rows.filter(OUTCOMES[text]).length,
  'stops.csv': stopped,
  'samples.csv': samplesWithin,
  'p-lower.csv': (set, text) => probabilitiesWithin(lowerBounds(set), text),
  'p-votes.csv': (set, text) => probabilitiesWithin(voteShares(set), text),
};
/** All that the categories of a figure hold together. */
const HELD = {
  'outcomes.csv': ({ images }) => images,
  'stops.csv': ({ rows }) => rows.length,
  'samples.csv': (set) => notFailed(set).length,
  'p-lower.csv': (set) => lowerBounds(set).length,
  'p-votes.csv': (set) => voteShares(set).length,
};

function checkCounts(name, curves) {
  for (const set of sets) {
    const { points } = curves.get(set.label);
    for (const { text, y } of points)
      same(`${name}, ${set.label}, ${text}`, y, COUNTED[name](set, text) / set.images);
    same(
      `${name}, ${set.label}, together`,
      sum(points.map(({ y }) => y)),
      HELD[name](set) / set.images,
      CLOSE,
    );
  }
}

function checkSpent(name, curves) {
  for (const set of sets) {
    const [spent, allowed] = curves.get(set.label).points;
    const samples = notFailed(set).map((row) => row.samples);
    same(
      `${name}, ${set.label}, spent`,
      spent.y,
      samples.length === 0 ? 0 : sum(samples) / samples.length,
      CLOSE,
    );
    same(`${name}, ${set.label}, allowed`, allowed?.y ?? 100_000, set.job.claim.looks.at(-1));
  }
}

function checkMeans(name, curves) {
  for (const [label, { points }] of curves)
    for (const { text, y } of points) {
      const set = sets.find((one) => one.label === text);
      const counted = set.rows.filter((row) => !label.startsWith('average') || row.class === row.label);
      same(`${name}, ${label}, ${text}`, y, sum(counted.map((row) => row.radius)) / set.images, CLOSE);
    }
}

for (const name of readdirSync(figures)
  .filter((file) => file.endsWith('.csv'))
  .sort()) {
  const [before, curves] = [problems.length, curvesOf(name)];
  checked = 0;
  const proving = sets.filter(proves);
  const own = /^certified-accuracy(?:-(\d+))?\.csv$/.exec(name);
  if (own !== null && (own[1] !== undefined || proving.length === 1))
    checkRadii(name, proving[Number(own[1] ?? 1) - 1], curves);
  else if (own !== null || name === 'envelope.csv') checkOverlay(name, curves);
  else if (name in COUNTED) checkCounts(name, curves);
  else if (name === 'spent.csv') checkSpent(name, curves);
  else if (name === 'mean-radius.csv') checkMeans(name, curves);
  else problems.push(`${name}: an unknown figure`);
  console.log(`${problems.length === before ? 'same' : 'OTHER'}  ${name}  ${checked} numbers`);
  if (checked === 0) problems.push(`${name}: nothing was compared`);
}
if (!sets.every(whole)) console.log('Not all images have ended.');
for (const problem of problems.slice(0, 20)) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
