// What audits cost: CPU time of an inference process for each sample, with the default share of audits and without, in short slices in
// turns. Its CPU time is what Linux tells of it, which others that use the machine change less than the time on the clock.
//
//   npm run build && node bench/audit-cost.mjs [model.onnx images.npz sigma]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jobConfig } from '../dist/cli/certify/job-config.js';
import { resolveImages, settledSetup, setupOf } from '../dist/cli/certify/drawing-setup.js';
import { jobOf } from '../dist/coordinator/core/job-of.js';
import { importDataSet } from '../dist/input/convert.js';
import { askChild } from '../dist/worker/draw/ask-child.js';
import { Pool } from '../dist/worker/draw/pool.js';

const SHARE = 1 / 256;
const SLICES = 80;
const SLICE_MS = 400;
const SHARD = 1_024;

const digits = (name) => fileURLToPath(new URL(`../examples/digits/digits.${name}`, import.meta.url));
const [model = digits('onnx'), images = digits('npz'), sigma = '0.25'] = process.argv.slice(2);

let drawn = 0;
const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-bench-'));
try {
  const setup = await prepare();
  const pools = [0, SHARE, 1].map((auditShare) => poolWith({ ...setup, auditShare }));
  // The first batch of each, which is audited, is not measured.
  for (const pool of pools) await microsOf(pool, SLICE_MS);
  const before = pools.map((pool) => pool.figures);
  const costs = pools.map(() => []);
  for (let slice = 0; slice < SLICES; slice++) {
    for (let turn = 0; turn < pools.length; turn++) {
      const at = (slice + turn) % pools.length;
      costs[at].push(await microsOf(pools[at], SLICE_MS));
    }
  }
  const { batches, audited } = pools[1].figures;
  console.log(`a batch of ${setup.batch}; ${SLICES} slices of ${SLICE_MS} ms each way`);
  console.log(`audited: ${audited - before[1].audited} of ${batches - before[1].batches} batches`);
  report(`share ${SHARE}`, costs[1], costs[0]);
  const all = report('share 1', costs[2], costs[0]);
  console.log(
    `so an audit costs ${(all - 1).toFixed(2)} batches, and a share of 1/256 ${((100 * (all - 1)) / 256).toFixed(2)} %`,
  );
  await Promise.all(pools.map((pool) => pool.close()));
} finally {
  rmSync(folder, { recursive: true });
}

async function prepare() {
  const config = jobConfig('certify', {
    model,
    data: images,
    sigma,
    alpha: '0.001',
    stop: 'gain',
    maxSamples: '100000',
    seed: '7',
    inputScale: '1',
    layout: 'auto',
    device: 'cpu',
  });
  const data = await importDataSet({ data: config.data, into: path.join(folder, 'data') });
  const chosen = resolveImages(config, data.count);
  const setup = setupOf(config, path.join(folder, 'data'), config.seed, chosen);
  const job = jobOf({ ...config, seed: config.seed }, data.digest, chosen, await askChild(setup));
  return settledSetup(setup, job);
}

function poolWith(setup) {
  return new Pool({ processes: 1, setup, hangMs: 60_000, fingerprint: null, onDeath: () => undefined });
}

/** Prints the ratio of two costs in the same slices, with its standard error. Returns its median. */
function report(what, these, others) {
  const ratios = these.map((cost, slice) => cost / others[slice]).sort((a, b) => a - b);
  const median = ratios[ratios.length >> 1];
  const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
  const squares = ratios.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const error = Math.sqrt(squares / (ratios.length - 1) / ratios.length);
  const least = Math.min(...these) / Math.min(...others);
  console.log(
    `${what}: CPU time a sample over that without audits: median ${median.toFixed(3)}, ` +
      `mean ${mean.toFixed(3)} ± ${error.toFixed(3)}, of the least ${least.toFixed(3)}`,
  );
  return median;
}

/** Microseconds of CPU time a sample: shards of eight images in turns, two in flight, until the time is over. */
async function microsOf(pool, ms) {
  const begun = performance.now();
  let samples = 0;
  const draw = async () => {
    while (performance.now() - begun < ms) {
      const image = drawn++ % 8;
      const begin = SHARD * drawn;
      const { kind } = await pool.draw({ image, begin, end: begin + SHARD });
      if (kind !== 'counted') throw new Error(`a shard was ${kind}`);
      samples += SHARD;
    }
  };
  const before = cpuMicros(pool.pids[0]);
  await Promise.all([draw(), draw()]);
  return (cpuMicros(pool.pids[0]) - before) / samples;
}

/** CPU time of the main thread of a process, which runs noise and model. */
function cpuMicros(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
}
