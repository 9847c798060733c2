// Samples and radii of every stopping rule, each beside `fixed` of the same number of samples, all on one seed.
//
//   npm run build && node bench/rules.mjs [--model M.onnx --data D.npz --sigma S …other flags of certify]
//
// The bundled digits unless a model is given; some ten minutes, and with a large model hours unless --max-samples is small. `--radii` are
// those of `target` (default: σ, 2σ, 3σ, 4σ), `--max-samples` bounds every rule (default: that of certify), `--seed` is 1 unless
// given. Every figure is of `smoothcert certify` and `smoothcert predict` themselves, run into a new folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MIN_GAIN_NAMES } from '../dist/cli/certify/job-flags.js';
import { SPEC_DEFAULTS } from '../dist/shared/job-spec.js';

const SWEEP = [1_000, 3_000, 10_000, 30_000, 100_000];
const RUNNER_UP = '--runner-up';
/** The approximation is studied where it is far from the bound; at more samples the two meet. */
const APPROXIMATED = [100, 1_000, 10_000];
const PRICED = [
  { name: 'gain, spending', flags: ['--stop', 'gain', '--bound', 'spending'] },
  { name: 'gain, spending, runner-up', flags: ['--stop', 'gain', '--bound', 'spending', '--runner-up'] },
  { name: 'gain, anytime', flags: ['--stop', 'gain', '--bound', 'anytime'] },
  { name: 'two-stage', flags: ['--stop', 'two-stage'] },
];
/** Cohen et al.'s PREDICT takes one of these numbers of samples. */
const PREDICTED = [100, 1_000, 10_000];
const root = fileURLToPath(new URL('..', import.meta.url));
const { job, budget, radii } = readFlags();
const runs = new Map();

const sweep = [...SWEEP.filter((n) => n < budget), budget];
heading(certify(fixedFlags(sweep[0], SPEC_DEFAULTS.selection)));
radiusTable();
targetTable();
predictionTable();
approximationTable();

/** The flags that every run shares, the budget and the radii of `target`. */
function readFlags() {
  const text = { type: 'string' };
  const options = { model: text, sigma: text, seed: text, radii: text, 'max-samples': text };
  const given = process.argv.slice(2);
  const { values, tokens } = parseArgs({ args: given, strict: false, tokens: true, options });
  const own = new Set();
  for (const { kind, name, index, inlineValue } of tokens) {
    if (kind !== 'option' || (name !== 'radii' && name !== 'max-samples')) continue;
    own.add(index);
    if (!inlineValue) own.add(index + 1);
  }
  const digits = (file) => path.join(root, 'examples/digits', file);
  const input = values.model ? [] : ['--model', digits('digits.onnx'), '--data', digits('digits.npz')];
  const width = values.sigma ?? '0.25';
  const multiples = [1, 2, 3, 4].map((k) => String(Number((k * Number(width)).toPrecision(6))));
  return {
    job: [...input, '--sigma', width, '--seed', values.seed ?? '1', ...given.filter((_, i) => !own.has(i))],
    budget: Number(values['max-samples'] ?? SPEC_DEFAULTS.maxSamples),
    radii: values.radii?.split(',') ?? multiples,
  };
}

/** One job of `certify`: the summary, the job and its images. */
function certify(flags) {
  return once('certify', flags);
}

/** The same flags are run once. */
function once(verb, flags) {
  const key = [verb, ...flags].join(' ');
  if (!runs.has(key)) runs.set(key, runJob(verb, flags));
  return runs.get(key);
}

function runJob(verb, flags) {
  const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-rules-'));
  const out = path.join(folder, 'out');
  const command = [path.join(root, 'dist/cli/main.js'), verb, ...job, ...flags, '--out', out];
  const read = (file) => readFileSync(path.join(out, file), 'utf8');
  try {
    const run = spawnSync(process.execPath, [...command, '--json', '--quiet'], { encoding: 'utf8' });
    if (run.status !== 0)
      throw new Error(`${verb} ${flags.join(' ')} ended with ${run.status}. ${run.stderr}`);
    const rows = read('results.jsonl').trim().split('\n').map(JSON.parse);
    const summary = JSON.parse(run.stdout);
    return { ...summary, rows, cost: summary.samples / summary.images, file: JSON.parse(read('job.json')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fixedFlags(n, n0) {
  return ['--stop', 'fixed', '--max-samples', String(n), '--n0', String(n0)];
}

/** `fixed` of so many samples in all: 100 of them select the class, or a tenth where that is less. */
function fixedOfCost(cost, more = []) {
  const total = Math.round(cost);
  const n0 = Math.min(SPEC_DEFAULTS.selection, Math.round(total / 10));
  return certify([...fixedFlags(total - n0, n0), ...more]);
}

function heading({ file, images }) {
  const { draw, claim } = file.job;
  console.log(`${path.basename(file.model)}: ${images} images, σ = ${draw.noise.scale}, α = ${claim.alpha}`);
  console.log(`seed ${draw.seed}, --max-samples ${budget} unless said otherwise`);
  console.log(
    `smoothcert ${file.smoothcert}, Node.js ${file.node}, ${draw.numericClass}, batch ${draw.batch}`,
  );
  console.log(`
Samples are means an image, radii and shares are over all images. "same cost" is fixed of as many samples an image, its
selection included (100, or a tenth of the samples if that is less). That number is known only after the rule has run:
nobody who chooses a fixed number beforehand has it.`);
}

function radiusTable() {
  console.log(`
A radius for each image. ratio: of the mean radii, the rule's to that of the same cost; ±: its standard error over
images. Above 1 the rule wins, below 1 the fixed number does. runner-up: with --runner-up, and beside it fixed of the
same cost with --runner-up, too; beside fixed with it stands fixed without. budget: as many samples in all as "default".
`);
  print(['rule', 'samples', 'certified', 'abstained', 'ACR', 'mean radius', 'same cost', 'ratio', '±']);
  for (const n of sweep) {
    const run = certify(fixedFlags(n, SPEC_DEFAULTS.selection));
    print([`fixed ${n}`, ...radiusCells(run)]);
  }
  for (const n of sweep) {
    const flags = fixedFlags(n, SPEC_DEFAULTS.selection);
    comparedRow(`fixed ${n}, runner-up`, certify([...flags, RUNNER_UP]), certify(flags));
  }
  for (const { name, flags } of PRICED) {
    for (const price of Object.keys(MIN_GAIN_NAMES)) {
      const run = certify([...flags, '--min-gain', price, '--max-samples', String(budget)]);
      const more = flags.includes(RUNNER_UP) ? [RUNNER_UP] : [];
      comparedRow(`${name}, ${price}`, run, fixedOfCost(run.cost, more));
    }
  }
  const [{ flags }] = PRICED;
  const { samples } = certify([...flags, '--min-gain', 'default', '--max-samples', String(budget)]);
  const most = ['--total-samples', String(samples), '--max-samples', String(budget)];
  const shared = certify(['--stop', 'budget', '--bound', 'spending', ...most]);
  comparedRow('budget, spending', shared, fixedOfCost(shared.cost));
}

/** A run, and the mean radius of another one beside it. */
function comparedRow(name, run, other) {
  const beside = ratio(run.rows, other.rows, ({ radius }) => radius);
  print([name, ...radiusCells(run), other.meanRadius.toFixed(4), ...beside]);
}

function radiusCells({ cost, certified, abstained, acr, meanRadius }) {
  const none = Object.values(abstained).reduce((sum, count) => sum + count, 0);
  return [cost.toFixed(0), certified, none, acr?.toFixed(4) ?? '-', meanRadius.toFixed(4)];
}

/** Ratio of two sums over the same images, and its standard error (delta method). */
function ratio(rows, others, value) {
  const pairs = rows.map((row, i) => [value(row), value(others[i])]);
  const [a, b] = [0, 1].map((side) => pairs.reduce((sum, pair) => sum + pair[side], 0));
  if (b === 0) return ['-', '-'];
  const squares = pairs.reduce((sum, [x, y]) => sum + (x - (a / b) * y) ** 2, 0);
  return [(a / b).toFixed(3), (Math.sqrt(squares) / b).toFixed(3)];
}

function targetTable() {
  const most = sweep.at(-1);
  console.log(`
Certified accuracy (%; without labels the certified share), by target with anytime. median: half of the images took at
most so many samples. at ${most}: fixed of that many samples behind the selection. together: one run decides all radii.
`);
  print(['rule', 'samples', 'median', 'radius', 'accuracy', 'same cost', 'difference', `at ${most}`]);
  const within = radii.filter((radius) => targetRows([radius], most));
  if (within.length > 1) targetRows(within, most);
}

/** The rows of one job of `target`. False, and a row that says so, where the budget cannot reach a radius. */
function targetRows(wanted, most) {
  const flags = ['--stop', 'target', '--radii', wanted.join(','), '--max-samples', String(budget)];
  let run;
  try {
    run = certify(flags);
  } catch (error) {
    const [, reason] = /BUDGET_TOO_SMALL: (.*)/.exec(error.message) ?? [];
    if (!reason) throw error;
    console.log(`target ${wanted.join(',')} is refused: ${reason}`);
    return false;
  }
  const [same, usual] = [fixedOfCost(run.cost), certify(fixedFlags(most, SPEC_DEFAULTS.selection))];
  for (const [i, radius] of wanted.entries()) {
    const [mine, theirs, reference] = [run, same, usual].map(({ rows }) => 100 * share(rows, Number(radius)));
    const first = i === 0;
    print([
      first ? (wanted.length > 1 ? 'target, together' : 'target') : '',
      first ? run.cost.toFixed(0) : '',
      first ? run.medianSamples : '',
      radius,
      mine.toFixed(1),
      theirs.toFixed(1),
      `${mine >= theirs ? '+' : ''}${(mine - theirs).toFixed(1)}`,
      reference.toFixed(1),
    ]);
  }
  return true;
}

/** Share of images certified to that radius and, as far as there are labels, of the right class. */
function share(rows, radius) {
  return rows.filter((row) => row.radius >= radius && row.correct !== false).length / rows.length;
}

function predictionTable() {
  console.log(`
The class alone, by predict. accuracy: share of images whose class is decided and right (%); without labels "-". median: half of the
images took at most so many samples.
`);
  print(['rule', 'samples', 'median', 'predicted', 'abstained', 'accuracy']);
  const early = ['anytime', ['--bound', 'anytime', '--max-samples', String(budget)]];
  const whole = PREDICTED.filter((n) => n <= budget).map((n) => [
    `two-sided ${n}`,
    ['--bound', 'two-sided', '--max-samples', String(n)],
  ]);
  for (const [name, flags] of [early, ...whole]) {
    const { cost, medianSamples, predicted, abstained, accuracy } = once('predict', flags);
    const none = Object.values(abstained).reduce((sum, count) => sum + count, 0);
    const right = accuracy === null ? '-' : (100 * accuracy).toFixed(1);
    print([`predict, ${name}`, cost.toFixed(0), medianSamples, predicted, none, right]);
  }
}

function approximationTable() {
  console.log(`
fixed with clt: APPROXIMATE, no certificates. Beside it the proved radius of fixed with clopper-pearson on the same
votes, mean over the images that the approximation has a radius for. unanimous: it has none. ratio: what it overstates.
`);
  print(['rule', 'samples', 'with radius', 'unanimous', 'abstained', 'approximate', 'proved', 'ratio', '±']);
  for (const n of APPROXIMATED.filter((size) => size <= budget)) {
    const flags = fixedFlags(n, SPEC_DEFAULTS.selection);
    const [run, proved] = [certify([...flags, '--bound', 'clt']), certify(flags)];
    const known = run.rows.flatMap((row, i) => (typeof row.approximate_radius === 'number' ? [i] : []));
    const of = (rows) => known.map((i) => rows[i].approximate_radius ?? rows[i].radius);
    const [mine, theirs] = [of(run.rows), of(proved.rows)];
    const mean = (values) =>
      known.length > 0 ? (values.reduce((a, b) => a + b, 0) / known.length).toFixed(4) : '-';
    print([
      `fixed ${n}, clt`,
      run.cost.toFixed(0),
      known.length,
      run.approximate - known.length,
      run.images - run.approximate,
      mean(mine),
      mean(theirs),
      ...ratio(mine, theirs, (radius) => radius),
    ]);
  }
}

function print([first, ...cells]) {
  const text = cells.map((cell) => String(cell).padStart(12)).join('');
  console.log(`${first.padEnd(36)}${text}`);
}
