// Samples per second of `smoothcert certify`, noise, votes, ledger and decisions included, against the bare
// session.run of the same model, batch and number of processes, in turns in one run.
//
//   npm run build && node bench/throughput.mjs [--model M.onnx --data D.npz …other flags of certify]
import { execFileSync, fork } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freeBatch } from '../dist/worker/model/onnx/free-batch.js';

process.env.ORT_DISABLE_TELEMETRY = '1';
const { InferenceSession, Tensor } = await import('onnxruntime-node');

const ROUNDS = 5;
const SECONDS = 4;
const here = fileURLToPath(import.meta.url);
const root = path.resolve(path.dirname(here), '..');
const cli = path.join(root, 'dist/cli/main.js');

if (process.argv[2] === '--bare') await bare(process.argv[3], Number(process.argv[4]));
else await compare();

/** In a child: runs the model on one constant batch for a while and tells its samples per second. */
async function bare(file, batch) {
  const model = readFileSync(file);
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 };
  const session = await InferenceSession.create(freeBatch(model) ?? model, options);
  const [name] = session.inputNames;
  const shape = session.inputMetadata[0].shape.map((size, axis) => (axis === 0 ? batch : size));
  const data = new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5);
  const feeds = { [name]: new Tensor('float32', data, shape) };
  for (let i = 0; i < 50; i++) await session.run(feeds);
  process.send('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const begun = performance.now();
  let runs = 0;
  for (; performance.now() - begun < 1000 * SECONDS; runs++) await session.run(feeds);
  process.send((1000 * runs * batch) / (performance.now() - begun));
  process.disconnect();
}

async function compare() {
  const { values, tokens } = parseArgs({
    strict: false,
    tokens: true,
    options: { model: { type: 'string' } },
  });
  const given = tokens.length > 0 ? process.argv.slice(2) : [];
  const model = values.model ?? path.join(root, 'examples/digits/digits.onnx');
  const job =
    given.length > 0
      ? given
      : ['--model', model, '--data', path.join(root, 'examples/digits/digits.npz'), '--sigma', '0.25'];
  const processes = availableParallelism();
  const rows = [];
  console.log(`${path.basename(model)}, ${processes} processes, ${ROUNDS} rounds in turns`);
  for (let round = 0; round < ROUNDS; round++) {
    const whole = certify(job);
    rows.push({ whole: whole.samplesPerSecond, bare: await bareRate(model, whole.batch, processes) });
    const { whole: a, bare: b } = rows.at(-1);
    console.log(`certify ${a.toFixed(0)}/s, bare session.run ${b.toFixed(0)}/s, ratio ${(a / b).toFixed(3)}`);
  }
  const ratios = rows.map(({ whole, bare }) => whole / bare).sort((a, b) => a - b);
  console.log(`median ratio ${ratios[Math.floor(ROUNDS / 2)].toFixed(3)}`);
}

/** One job into a new folder: as many samples as it takes to run for some seconds. */
function certify(job) {
  const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-bench-'));
  const out = path.join(folder, 'out');
  try {
    const text = execFileSync(process.execPath, [cli, 'certify', ...job, '--out', out, '--json', '--quiet'], {
      encoding: 'utf8',
    });
    const { draw } = JSON.parse(readFileSync(path.join(out, 'job.json'), 'utf8')).job;
    return { ...JSON.parse(text), batch: draw.batch };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bareRate(model, batch, processes) {
  const children = Array.from({ length: processes }, () => fork(here, ['--bare', model, String(batch)]));
  const next = (child) => new Promise((resolve) => child.once('message', resolve));
  await Promise.all(children.map(next));
  const rates = children.map(next);
  for (const child of children) child.send('go');
  return (await Promise.all(rates)).reduce((a, b) => a + b);
}
