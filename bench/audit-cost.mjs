// What audits cost: samples a second of one inference process with the default share and without, in short slices in turns, so that both
// meet the same noise of the machine.
//
//   npm run build && node bench/audit-cost.mjs [model.onnx images.npz sigma]
import { mkdtempSync, rmSync } from 'node:fs';
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
const SLICES = 60;
const SLICE_MS = 500;
const SHARD = 1_024;

const digits = (name) => fileURLToPath(new URL(`../examples/digits/digits.${name}`, import.meta.url));
const [model = digits('onnx'), images = digits('npz'), sigma = '0.25'] = process.argv.slice(2);

const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-bench-'));
try {
  const setup = await prepare();
  const pools = [0, SHARE].map((auditShare) => poolWith({ ...setup, auditShare }));
  // The first batch of each, which is audited, is not measured.
  for (const pool of pools) await samplesIn(pool, SLICE_MS);
  const before = pools.map((pool) => pool.figures);
  const ratios = [];
  const totals = [0, 0];
  for (let slice = 0; slice < SLICES; slice++) {
    const rates = [];
    for (const at of slice % 2 === 0 ? [0, 1] : [1, 0]) rates[at] = await samplesIn(pools[at], SLICE_MS);
    rates.forEach((rate, at) => (totals[at] += rate));
    ratios.push(rates[1] / rates[0]);
  }
  const { batches, audited } = pools[1].figures;
  console.log(`a batch of ${setup.batch}; ${SLICES} slices of ${SLICE_MS} ms each way`);
  console.log(`audited: ${audited - before[1].audited} of ${batches - before[1].batches} batches`);
  console.log(`samples/s without ${Math.round(totals[0] / SLICES)}, with ${Math.round(totals[1] / SLICES)}`);
  ratios.sort((a, b) => a - b);
  const mean = ratios.reduce((sum, one) => sum + one, 0) / SLICES;
  const deviation = Math.sqrt(ratios.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (SLICES - 1));
  const error = deviation / Math.sqrt(SLICES);
  console.log(
    `ratio: median ${ratios[SLICES >> 1].toFixed(4)}, mean ${mean.toFixed(4)} ± ${error.toFixed(4)}, ` +
      `of the sums ${(totals[1] / totals[0]).toFixed(4)}`,
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

const poolWith = (setup) =>
  new Pool({ processes: 1, setup, hangMs: 60_000, fingerprint: null, onDeath: () => undefined });

let drawn = 0;

/** Samples a second: shards of all images in turns, two in flight, until the time is over. */
async function samplesIn(pool, ms) {
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
  await Promise.all([draw(), draw()]);
  return (1_000 * samples) / (performance.now() - begun);
}
