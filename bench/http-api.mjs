// What the API over HTTP costs with 50,000 images and 500 jobs: node bench/http-api.mjs (after npm run build).
// Rows are made up; the thread, the feed and the server are the real ones. The longest pause is that of the thread which answers requests.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { apiArea } from '../dist/coordinator/http/api/api-area.js';
import { pageOf } from '../dist/coordinator/jobs/job-pages.js';
import { HttpServer } from '../dist/adapters/http/http-server.js';
import { ThreadedResults } from '../dist/cli/service/web/threaded-results.js';
import { readNotedJob } from '../dist/cli/certify/job-file.js';

const IMAGES = 50_000;
const JOBS = 500;
const folder = process.argv[2];
if (folder === undefined)
  throw new Error('usage: node bench/http-api.mjs FOLDER (any output folder of certify)');
const { job } = await readNotedJob(folder);

const lineOf = (image) => {
  const votes = 400 + ((image * 7919) % 100);
  const radius = ((image * 104_729) % 1_000) / 1_000;
  const counts = { classes: [1, 3], votes: [votes, 512 - votes], invalid: 0 };
  const fields = {
    image,
    label: image % 10,
    outcome: 'certified',
    class: 1,
    correct: image % 10 === 1,
    radius,
  };
  const proof = {
    norm: 'l2',
    delta_upper: '0.1',
    p_lower: '0.900000000000',
    alpha: 0.001,
    bound: 'spending',
  };
  return JSON.stringify({
    ...fields,
    ...proof,
    stop: 'gain',
    samples: 512,
    proved_by: { begin: 0, end: 512 },
    counts,
    looks: [],
  });
};
const lines = Array.from({ length: IMAGES }, (_, image) => lineOf(image));
const none = {
  abstained: 0,
  failed: 0,
  approximate: 0,
  predicted: 0,
  micros: 0,
  shardsCounted: 0,
  shardsDuplicate: 0,
};
const shards = { shardsDivergent: 0, shardsLate: 0, shardsRejected: 0, shardsFailed: 0 };
let decided = IMAGES;
const spec = {
  model: { digest: 'a'.repeat(64) },
  data: { digest: 'b'.repeat(64) },
  images: null,
  noise: 'gaussian',
  sigma: 0.25,
  seed: '1',
};
const rule = {
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
};
const viewOf = (id, createMs) => ({
  id,
  createMs,
  spec: { ...spec, ...rule },
  state: 'running',
  startMs: 0,
  endMs: null,
  error: null,
  refusals: [],
  waiting: null,
  outlook: null,
  job,
  batchNote: null,
  roundingNote: null,
  progress: {
    ...none,
    ...shards,
    images: IMAGES,
    certified: decided,
    samples: 512 * decided,
    sequence: decided,
  },
});
const jobs = Array.from({ length: JOBS }, (_, i) => viewOf(`j-${String(i).padStart(20, '0')}`, i));
const service = {
  serving: true,
  waiting: null,
  getJob: async (id) => viewOf(id, 0),
  listJobs: async (size, token) => {
    const { page, nextPageToken } = pageOf(jobs, size, token);
    return { jobs: page, nextPageToken };
  },
  linesBehind: async (_, { sequence }, most) => {
    const end = Math.min(decided, sequence + most);
    return {
      lines: lines.slice(sequence, end),
      next: { sequence: end, skip: 0 },
      more: end < decided,
      decided,
    };
  },
};
const results = new ThreadedResults((error) => console.error(error));
const other = {
  name: 'bench',
  classes: async () => null,
  accept: null,
  hosts: new Set(),
  onRefused() {},
  onFault: console.error,
};
const server = await HttpServer.start({
  address: { host: '127.0.0.1', port: 0 },
  tls: null,
  tokens: null,
  unready: () => null,
  report: console.error,
  areas: [apiArea({ service, results, ...other })],
});
const url = `http://127.0.0.1:${server.address.port}/api/v1`;
const delay = monitorEventLoopDelay({ resolution: 1 });

async function measure(what, path) {
  delay.reset();
  delay.enable();
  const begun = performance.now();
  const text = await (await fetch(url + path)).text();
  const ms = performance.now() - begun;
  delay.disable();
  console.log(
    `${what.padEnd(52)} ${ms.toFixed(0).padStart(6)} ms  ${String(text.length).padStart(9)} bytes  longest pause ${(delay.max / 1e6).toFixed(0)} ms`,
  );
}

const id = jobs[0].id;
decided = 0;
await measure('(the first request of all)', '/server');
decided = IMAGES;
await measure('figures of 50,000 images, for the first time', `/jobs/${id}/figures`);
await measure('the same again', `/jobs/${id}/figures`);
await measure('60 images, sorted by radius', `/jobs/${id}/images?sort=radius&descending=true`);
await measure(
  '200 images, certified wrong',
  `/jobs/${id}/images?outcome=certified-wrong&count=200&from=20000`,
);
decided = IMAGES - 1;
await measure('a list of 500 jobs', '/jobs?page_size=500');
await measure('a list of 50 jobs', '/jobs?page_size=50');
await server.close(0);
await results.close();
