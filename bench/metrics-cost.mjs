// What metrics cost where it could be felt: a coordinator's CPU time for folding with and without them, in turns in one run; and, beside
// the time of a batch of a small model, what timing it costs its process and noting it the parent.
//
//   npm run build && node bench/metrics-cost.mjs
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jobConfig } from '../dist/cli/certify/job-config.js';
import { importDataSet } from '../dist/input/convert.js';
import { resolveImages, settledSetup, setupOf } from '../dist/cli/certify/drawing-setup.js';
import { jobOf } from '../dist/coordinator/core/job-of.js';
import { JobMeter } from '../dist/coordinator/observe/job-meter.js';
import { LiveJob } from '../dist/coordinator/run/live-job.js';
import { jobDigest } from '../dist/shared/job.js';
import { NO_METRICS } from '../dist/shared/telemetry/metrics.js';
import { PrometheusMetrics } from '../dist/adapters/telemetry/prometheus/prometheus-metrics.js';
import { askChild } from '../dist/worker/draw/ask-child.js';
import { BatchFigures } from '../dist/worker/draw/batch-figures.js';
import { countAnswered } from '../dist/worker/cluster/worker-meter.js';
import { Pool } from '../dist/worker/draw/pool.js';

const ROUNDS = 8;
const BATCHES_A_SHARD = 8;
const BATCHES = 1_000_000;
const digits = (name) => fileURLToPath(new URL(`../examples/digits/digits.${name}`, import.meta.url));

/** Microseconds of this process's CPU. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-bench-'));
try {
  const { job, setup } = await prepare();
  const metrics = new PrometheusMetrics(['coordinator', 'worker']);
  compare('folding, µs a shard', (one) => fold(job, one), metrics);
  const [own, timed, noted] = [await batchMicros(setup), timing(), noting(metrics) / BATCHES_A_SHARD];
  const share = ((100 * (timed + noted)) / own).toFixed(2);
  console.log(`a batch of ${job.draw.batch}: ${own.toFixed(1)} µs of noise and inference at least;`);
  console.log(
    `timing it ${timed.toFixed(2)} µs in its process, noting it ${noted.toFixed(2)} µs in the parent: ${share} %`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

async function prepare() {
  const config = jobConfig('certify', {
    model: digits('onnx'),
    data: digits('npz'),
    sigma: '0.25',
    alpha: '0.001',
    stop: 'gain',
    maxSamples: '100000',
    seed: '7',
    inputScale: '1',
    layout: 'auto',
    device: 'cpu',
  });
  const data = await importDataSet({ data: config.data, into: path.join(folder, 'data') });
  const images = resolveImages(config, data.count);
  const setup = setupOf(config, path.join(folder, 'data'), config.seed, images);
  const job = jobOf({ ...config, seed: config.seed }, data.digest, images, await askChild(setup));
  return { job, setup: settledSetup(setup, job) };
}

/** Both in turns; which comes first changes from round to round. */
function compare(what, measure, metrics) {
  const ratios = [];
  const least = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? [metrics, NO_METRICS] : [NO_METRICS, metrics];
    const costs = new Map();
    for (const one of order) costs.set(one, measure(one));
    ratios.push(costs.get(metrics) / costs.get(NO_METRICS));
    for (const one of order) least.set(one, Math.min(least.get(one) ?? Infinity, costs.get(one)));
    const [withThem, without] = [metrics, NO_METRICS].map((one) => costs.get(one).toFixed(2));
    console.log(`${what}: with ${withThem}, without ${without}, ratio ${ratios.at(-1).toFixed(3)}`);
  }
  console.log(`${what}: median ratio ${ratios.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(3)}`);
  console.log(`${what}: ratio of the least ${(least.get(metrics) / least.get(NO_METRICS)).toFixed(3)}`);
}

/** Microseconds of noise and inference of a batch of a small model, of which metrics are the largest share. */
async function batchMicros(setup) {
  const onDeath = () => undefined;
  const pool = new Pool({ processes: 1, setup, hangMs: 60_000, fingerprint: null, onDeath });
  const times = [];
  for (let k = 0; k < 200; k++) {
    const { micros } = await pool.draw({ image: k % 100, begin: 0, end: BATCHES_A_SHARD * setup.batch });
    times.push(micros / BATCHES_A_SHARD);
  }
  await pool.close();
  return Math.min(...times);
}

/** Every shard of a job of many images, eight a record. */
function fold(job, metrics) {
  const meter = new JobMeter(metrics, () => 0);
  meter.opened(0);
  const live = new LiveJob(job, null, ({ fold }, sequence, decided) => meter.folded(fold, sequence, decided));
  const digest = jobDigest(job);
  const shards = [...live.fold.images.keys()].flatMap((image) =>
    live.fold.grid.segments.flatMap((ranges) => ranges.map((range) => ({ image, ...range }))),
  );
  const counted = shards.map((shard) => {
    const samples = shard.end - shard.begin;
    return { shard, counts: { classes: [0, 1], votes: [samples - 1, 1], invalid: 0 }, micros: 10 };
  });
  const begun = cpu();
  for (let at = 0; at < counted.length; at += 8) {
    live.fold.apply({
      jobDigest: digest,
      fingerprint: 'aa',
      task: `t.${at}`,
      counted: counted.slice(at, at + 8),
      failed: [],
      returned: [],
      dropped: [],
      failedImages: [],
      cancelled: false,
    });
  }
  return (cpu() - begun) / counted.length;
}

/** Microseconds for a word of a shard's batches, and the record of that shard. */
function noting(metrics) {
  const times = new BatchFigures();
  for (let batch = 0; batch < BATCHES_A_SHARD; batch++) times.add(0.1, 1.5);
  const [{ noise, inference }] = times.take();
  const counts = { classes: [0, 1], votes: [500, 12], invalid: 0 };
  const counted = [{ shard: { image: 0, begin: 0, end: 512 }, counts, micros: 900 }];
  const record = { counted, failed: [], returned: [], dropped: [] };
  const begun = cpu();
  for (let k = 0; k < BATCHES / BATCHES_A_SHARD; k++) {
    metrics.observeAll('smoothcert_batch_duration_seconds', noise, { phase: 'noise' });
    metrics.observeAll('smoothcert_batch_duration_seconds', inference, { phase: 'inference' });
    countAnswered(metrics, record);
  }
  return (cpu() - begun) / (BATCHES / BATCHES_A_SHARD);
}

function timing() {
  const times = new BatchFigures();
  const begun = cpu();
  for (let batch = 0; batch < BATCHES; batch++) {
    const at = performance.now();
    times.add(performance.now() - at, 1.5);
    if (batch % BATCHES_A_SHARD === 0) times.take();
  }
  return (cpu() - begun) / BATCHES;
}
