// Many small jobs at once before one worker that keeps few of their models loaded (--jobs 2), against one that keeps them all, in
// turns in one run; and a small job that comes while a huge one is being drawn and, at two places, another huge one beside it.
//
//   npm run build && node bench/many-jobs.mjs [--count 20] [--rounds 3]
//
// The jobs have the digits, a seed each, and every 20th image: a second or so of one process each. The clock runs from the first
// submission to the last job's end, as the service tells of it; the worker has one inference process a job.
import { parseArgs } from 'node:util';
import { Cluster, digits, load, median } from './cluster-parts.mjs';

const options = { count: { type: 'string', default: '20' }, rounds: { type: 'string', default: '3' } };
const { values } = parseArgs({ options });
const [count, rounds] = [Number(values.count), Number(values.rounds)];
const FEW = 2;

const ratios = [];
for (let round = 0; round < rounds; round++) {
  const [few, all] = [await together(FEW, round), await together(count, round)];
  ratios.push(few / all);
  console.log(
    `${count} jobs: --jobs ${FEW} ${few.toFixed(1)} s, --jobs ${count} ${all.toFixed(1)} s, ratio ${ratios.at(-1).toFixed(2)} (${load()})`,
  );
}
console.log(`median ratio ${median(ratios).toFixed(2)}`);
for (let huge = 1; huge <= FEW + 1; huge++) {
  const seconds = [];
  for (let round = 0; round < rounds; round++) seconds.push(await beside(huge, round));
  const shown = seconds.map((one) => one.toFixed(1)).join(', ');
  console.log(`a small job beside ${huge} huge, --jobs ${FEW}: ended after ${shown} s (${load()})`);
}

/** Seconds that all the jobs take. */
async function together(jobs, round) {
  return within(jobs, async (cluster, client) => {
    const begun = performance.now();
    const seeds = Array.from({ length: count }, (_, k) => 1000 * round + k);
    await Promise.all(seeds.map((seed) => cluster.run(client, small(seed))));
    return (performance.now() - begun) / 1000;
  });
}

/** Seconds that a small job takes from its creation to its end while huge ones are being drawn. */
async function beside(huge, round) {
  return within(FEW, async (cluster, client) => {
    const ids = [];
    for (let k = 0; k < huge; k++) ids.push(await cluster.submit(large(100 * round + k)));
    for (const id of ids) await drawing(client, id);
    const { job } = await cluster.run(client, small(1000 * round + 999));
    for (const id of ids) await client.cancelJob(id);
    return (job.endMs - job.startMs) / 1000;
  });
}

/** Does something with a cluster of one worker, and ends the cluster. */
async function within(jobs, act) {
  const cluster = await Cluster.start();
  try {
    await cluster.coordinator();
    await cluster.worker('one', [], ['--jobs', String(jobs)]);
    const client = await cluster.client();
    const seconds = await act(cluster, client);
    client[Symbol.dispose]();
    return seconds;
  } finally {
    await cluster.end();
  }
}

/** Resolves once samples of the job were counted. */
async function drawing(client, id) {
  for await (const { job } of client.watch(id)) if (job.progress.samples > 0) return;
}

function small(seed) {
  return [
    ...input(),
    '--seed',
    String(seed),
    '--images',
    '::20',
    '--min-gain',
    '0.005',
    '--bound',
    'anytime',
  ];
}

function large(seed) {
  return [...input(), '--seed', String(seed), '--stop', 'fixed', '--max-samples', '1000000'];
}

function input() {
  return ['--model', digits('digits.onnx'), '--data', digits('digits.npz'), '--sigma', '0.25'];
}
