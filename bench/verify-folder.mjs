// How long `smoothcert verify` takes for a folder of 10,000 images, and how much memory: votes are simulated, the folder is written
// by the program's own fold and writers, and the command checks it. Images are as probable as in a mixture: 60 % with a probability
// of the class of .99 to 1, 20 % of .8 to .99, 15 % of .5 to .8, 5 % below.
//
//   npm run build && node bench/verify-folder.mjs [--images N] [--stop gain] [--bound spending]
import { spawnSync } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { encodeFrame, encodeHeader } from '../dist/adapters/local/ledger-frames.js';
import { claimOf } from '../dist/coordinator/core/claim-of.js';
import { JobFold } from '../dist/coordinator/core/job-fold.js';
import { jsonLines, tsvLines } from '../dist/coordinator/results/result-lines.js';
import { jobDigest } from '../dist/shared/job.js';
import { encodeRecord } from '../dist/shared/wire/record.js';
import { latticeOf } from '../dist/statistics/noises/lattice.js';
import { writeJobFile } from '../dist/cli/certify/job-file.js';

/** Makes a process tell its own use of the machine when it ends. */
const USAGE = `data:text/javascript,${encodeURIComponent(`process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const seconds = ((userCPUTime + systemCPUTime) / 1e6).toFixed(1);
  process.stderr.write(\`\${seconds} s of processor time, \${Math.round(maxRSS / 1024)} MiB at most\`);
});`)}`;

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '10000' },
    bound: { type: 'string', default: 'spending' },
    keep: { type: 'boolean' },
  },
});
const count = Number(values.images);
const stop = { kind: 'gain', minGain: 0.02 };
const claim = claimOf(
  { alpha: 0.001, bound: values.bound, stop, maxSamples: 100_000, runnerUp: false, simultaneous: false },
  { start: 0, stop: count, step: 1 },
);
const { lattice } = latticeOf({ numerator: 1, denominator: 255 }, 'gaussian', 0.5, 3072);
const job = {
  protocol: 1,
  draw: {
    modelDigest: '1'.repeat(64),
    dataDigest: '2'.repeat(64),
    noise: { kind: 'gaussian', scale: 0.5, generator: 'philox4x32-10/lattice', version: 1, lattice },
    seed: '1',
    normalisation: { inputScale: 1, mean: [0], std: [1] },
    layout: 'nchw',
    output: 'scores',
    classes: 10,
    batch: 32,
    numericClass: 'simulated',
    numeric: 'same',
    segments: claim.looks,
  },
  claim,
};

let state = 12345;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
function probability() {
  const [u, v] = [random(), random()];
  if (u < 0.6) return 0.99 + 0.01 * v;
  if (u < 0.8) return 0.8 + 0.19 * v;
  return u < 0.95 ? 0.5 + 0.3 * v : 0.5 * v;
}

const folder = mkdtempSync(path.join(tmpdir(), 'verify-'));
try {
  const fold = new JobFold(job);
  const digest = jobDigest(job);
  const frames = [encodeHeader(digest)];
  let number = 0;
  for (const [image, state] of fold.images) {
    const p = probability();
    while (state.ending === null) {
      const counted = fold.missing(image, state.look).map((shard) => {
        const n = shard.end - shard.begin;
        let own = 0;
        for (let i = 0; i < n; i++) if (random() < p) own += 1;
        const votes = [own, n - own];
        const classes = [image % 9, 9].filter((_, i) => votes[i] > 0);
        return {
          shard,
          counts: { classes, votes: votes.filter((one) => one > 0), invalid: 0 },
          micros: 1000 + n,
        };
      });
      const record = {
        jobDigest: digest,
        fingerprint: 'ab',
        task: `bench.${number++}`,
        counted,
        failed: [],
        returned: [],
        dropped: [],
        failedImages: [],
        cancelled: false,
      };
      fold.apply(record);
      frames.push(encodeFrame(encodeRecord(record)));
    }
  }
  const notes = { smoothcert: '0.1.0', node: process.version, model: 'm.onnx', data: 'd.npz', notes: [] };
  const repeating =
    'With this version, device class and seed, every run of this job writes the same results.jsonl, byte for byte.';
  await writeJobFile(folder, job, { ...notes, repeating });
  const file = (name) => path.join(folder, name);
  writeFileSync(file('ledger'), Buffer.concat(frames));
  writeFileSync(file('results.jsonl'), [...jsonLines(fold, (image) => image % 9)].join(''));
  writeFileSync(file('results.tsv'), [...tsvLines(fold, (image) => image % 9)].join(''));
  const size = ['ledger', 'results.jsonl'].map(
    (name) => `${name} ${(statSync(file(name)).size / 1e6).toFixed(1)} MB`,
  );
  console.log(`${count} images, ${values.bound}, ${fold.tally.samples} samples; ${size.join(', ')}`);
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', USAGE, 'dist/cli/main.js', 'verify', folder],
    {
      encoding: 'utf8',
    },
  );
  const seconds = (performance.now() - begun) / 1000;
  const load = loadavg()[0].toFixed(1);
  console.log(
    `verify: ${seconds.toFixed(1)} s at a load of ${load} on ${availableParallelism()} cores, exit code ${status}`,
  );
  console.log(stderr.trim());
  console.log(stdout);
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}
