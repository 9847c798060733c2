// Two builds beside each other on the same jobs: certificates over several seeds, and the time of a sample. They take turns, so that a
// busy machine slows them alike, and the processor's time is counted beside the clock's.
//
//   node bench/two-versions.mjs ROOT_A ROOT_B [--rounds N] [--at R,R,…] [flags of certify]
//
// ROOT_A and ROOT_B are checkouts with a build. Round r has the seed r in both. The bundled digits at σ = 0.25 unless a model is given;
// --rounds is 10 unless given, --at are the radii of the accuracies. Differences are B − A; ±: the standard error over rounds.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [first, second, ...given] = process.argv.slice(2);
if (second === undefined) {
  console.error('Usage: node bench/two-versions.mjs ROOT_A ROOT_B [--rounds N] [flags of certify]');
  process.exit(2);
}
const rounds = Number(takeFlag('--rounds') ?? 10);
const radii = (takeFlag('--at') ?? '0.1,0.25,0.5,0.75').split(',').map(Number);
const digits = (file) => path.join(second, 'examples/digits', file);
const job = given.includes('--model')
  ? given
  : ['--model', digits('digits.onnx'), '--data', digits('digits.npz'), '--sigma', '0.25', ...given];

const pairs = Array.from({ length: rounds }, (_, round) => {
  const runs = {};
  for (const name of round % 2 === 0 ? ['a', 'b'] : ['b', 'a']) {
    runs[name] = certify(name === 'a' ? first : second, round + 1);
  }
  return runs;
});
const { a } = pairs[0];
const words = job.map((word) => (word.includes('/') ? path.basename(word) : word));
console.log(`${rounds} rounds, ${a.images} images each: ${words.join(' ')}`);
console.log(`${' '.repeat(24)}${['A', 'B', 'B−A or B/A'].map((title) => title.padStart(12)).join('')}`);
for (const name of Object.keys(a.measures)) printDifference(name);
printRatio('clock, ns a sample', (run) => run.wallNs);
printRatio('processor, ns a sample', (run) => run.cpuNs);

/** Returns the value of a flag of this script and takes both out of `given`. */
function takeFlag(name) {
  const at = given.indexOf(name);
  return at < 0 ? undefined : given.splice(at, 2)[1];
}

/** Runs one job into a new folder. */
function certify(root, seed) {
  const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-versions-'));
  const out = path.join(folder, 'out');
  const command = [path.join(root, 'dist/cli/main.js'), 'certify', ...job, '--seed', String(seed)];
  const timed = 'TIMEFORMAT="%R %U %S"; time "$@"';
  const args = ['-c', timed, 'bash', process.execPath, ...command, '--out', out, '--json', '--quiet'];
  try {
    const run = spawnSync('bash', args, { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${command.join(' ')} ended with ${run.status}. ${run.stderr}`);
    const [wall, user, system] = run.stderr.trim().split('\n').at(-1).split(' ').map(Number);
    const rows = readFileSync(path.join(out, 'results.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
    const samples = sum(rows, (row) => row.samples);
    return {
      images: rows.length,
      measures: measuresOf(rows),
      wallNs: (1e9 * wall) / samples,
      cpuNs: (1e9 * (user + system)) / samples,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Means over images. "Accuracy at r": certified as the label with a radius of r or more. */
function measuresOf(rows) {
  const mean = (of) => sum(rows, of) / rows.length;
  const accuracies = radii.map((r) => [
    `accuracy at ${r}`,
    mean((row) => Number(row.correct === true && row.radius >= r)),
  ]);
  return {
    'samples an image': mean((row) => row.samples),
    certified: mean((row) => Number(row.outcome === 'certified')),
    'mean radius, if right': mean((row) => (row.correct === true ? row.radius : 0)),
    ...Object.fromEntries(accuracies),
  };
}

function printDifference(name) {
  const [ofA, ofB] = ['a', 'b'].map((version) => pairs.map((pair) => pair[version].measures[name]));
  const differences = ofB.map((value, round) => value - ofA[round]);
  const [mean, error] = [meanOf(differences), errorOf(differences)];
  const cells = [meanOf(ofA), meanOf(ofB), mean].map((value) => value.toPrecision(5).padStart(12));
  console.log(`${name.padEnd(24)}${cells.join('')} ± ${error.toPrecision(2)}`);
}

/** Prints the medians of both and of B / A, with the quartiles of the ratio. */
function printRatio(name, of) {
  const sorted = (values) => values.sort((x, y) => x - y);
  const at = (values, share) => values[Math.round(share * (values.length - 1))];
  const ratios = sorted(pairs.map(({ a: one, b: other }) => of(other) / of(one)));
  const medians = ['a', 'b'].map((version) => at(sorted(pairs.map((pair) => of(pair[version]))), 0.5));
  const cells = medians.map((value) => value.toFixed(0).padStart(12));
  const quartiles = [0.25, 0.75].map((share) => at(ratios, share).toFixed(3)).join(' to ');
  console.log(`${name.padEnd(24)}${cells.join('')}${at(ratios, 0.5).toFixed(3).padStart(12)} (${quartiles})`);
}

function sum(values, of = (value) => value) {
  return values.reduce((total, value) => total + of(value), 0);
}

function meanOf(values) {
  return sum(values) / values.length;
}

function errorOf(values) {
  const mean = meanOf(values);
  return Math.sqrt(sum(values, (value) => (value - mean) ** 2) / (values.length - 1) / values.length);
}
