// Shards folded a second by a coordinator that reads a ledger from its beginning, as it does after every restart: the local file
// against real NATS, the same records, in turns. `replay` decodes and folds; `coordinator` also keeps its plan, announces what is
// decided and looks what to issue. `memory`: records that are decoded already, the fold alone.
//
//   npm run build && node bench/folding.mjs [IMAGES]       2,000 unless given
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Coordinator } from '../dist/coordinator/run/coordinator.js';
import { replay } from '../dist/coordinator/run/replay.js';
import { JobFold } from '../dist/coordinator/core/job-fold.js';
import { FileLedger } from '../dist/adapters/local/file-ledger.js';
import { MemoryQueue } from '../dist/adapters/local/memory-queue.js';
import { MemoryStop } from '../dist/adapters/local/memory-stop.js';
import { systemClock } from '../dist/adapters/local/system-clock.js';
import { connectNats } from '../dist/adapters/nats/link/connect.js';
import { NatsCoordinatorExchange } from '../dist/adapters/nats/exchange/coordinator-exchange.js';
import { canonicalJson, jobDigest } from '../dist/shared/job.js';
import { Cluster, load, median } from './cluster-parts.mjs';
import { recordOf, simulatedJob } from './simulated-votes.mjs';

const ROUNDS = 5;
const MICROS = 1_000;
const APPENDS = 128;
const ID = `j-${'0'.repeat(20)}`;
const images = Number(process.argv[2] ?? 2_000);
const job = simulatedJob(images);
const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-bench-'));
const cluster = await Cluster.start();
const link = await connectNats({ servers: [cluster.url], name: 'bench' });
try {
  const file = path.join(folder, 'ledger');
  const records = await drawAll(file);
  const shards = records.reduce((sum, { counted }) => sum + counted.length, 0);
  const bytes = statSync(file).size;
  console.log(
    `${images} images, ${shards} shards in ${records.length} records, ${(bytes / 1e6).toFixed(1)} MB (${(bytes / shards).toFixed(0)} bytes a shard)`,
  );
  const exchange = await NatsCoordinatorExchange.open(link);
  const appended = await copyToNats(exchange, records);
  console.log(
    `appended to NATS, ${APPENDS} at a time: ${(shards / appended).toFixed(0)} shards/s, ${(records.length / appended).toFixed(0)} records/s`,
  );
  const ways = {
    memory: () => foldOnly(records),
    'replay, file': () => withFile(file, ({ ledger }, fold) => replay(fold, ledger)),
    'replay, NATS': () => withNats(exchange, ({ ledger }, fold) => replay(fold, ledger)),
    'coordinator, file': () => withFile(file, coordinate),
    'coordinator, NATS': () => withNats(exchange, coordinate),
  };
  const seconds = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, way] of Object.entries(ways)) seconds[name].push(await way());
    const rates = Object.keys(ways).map((name) => `${name} ${(shards / seconds[name].at(-1)).toFixed(0)}/s`);
    console.log(`${rates.join(' · ')} (${load()})`);
  }
  console.log('');
  for (const name of Object.keys(ways)) {
    console.log(
      `${name.padEnd(20)}${(shards / median(seconds[name])).toFixed(0).padStart(9)} shards/s, median of ${ROUNDS}`,
    );
  }
  for (const way of ['replay', 'coordinator']) {
    const ratios = seconds[`${way}, file`].map((time, k) => time / seconds[`${way}, NATS`][k]);
    console.log(`${way}: NATS at ${median(ratios).toFixed(2)} of the file's rate, median of ratios`);
  }
} finally {
  await link.close();
  await cluster.end();
  rmSync(folder, { recursive: true });
}

/** A real coordinator has every image drawn; the records are what it read. */
async function drawAll(file) {
  const fold = new JobFold(job);
  const ledger = await FileLedger.open(file, fold.digest);
  const queue = new MemoryQueue();
  const end = new globalThis.AbortController();
  const records = [];
  const coordinator = new Coordinator({
    fold,
    ledger,
    queue,
    stop: new MemoryStop(),
    clock: systemClock,
    job: ID,
    taskPrefix: 'bench',
    window: () => 256,
    taskMicros: 1e6,
    onProgress: (record) => records.push(record),
  });
  const answer = async () => {
    for (let next = await queue.next(end.signal); next; next = await queue.next(end.signal)) {
      const wanted = next.task.shards.filter((shard) => fold.wants(shard));
      await ledger.append(recordOf(fold.digest, next.task, wanted, MICROS));
      await next.acknowledge();
    }
  };
  const answering = answer();
  await coordinator.run(end.signal);
  end.abort();
  await answering;
  await ledger.close();
  return records;
}

async function copyToNats(exchange, records) {
  const links = await open(exchange);
  const begun = performance.now();
  const rest = records.values();
  const appendSome = async () => {
    for (const record of rest) await links.ledger.append(record);
  };
  await Promise.all(Array.from({ length: APPENDS }, appendSome));
  const seconds = (performance.now() - begun) / 1000;
  await links.close();
  return seconds;
}

function open(exchange) {
  const order = {
    job: ID,
    jobDigest: jobDigest(job),
    draw: job.draw,
    claim: canonicalJson(job.claim),
    device: 'cpu',
    probeImages: [0],
    fingerprint: null,
    model: { digest: job.draw.modelDigest, fileDigest: job.draw.modelDigest, weights: [], uri: null },
    imageLimit: images,
  };
  return exchange.open(order, 2 ** 26);
}

/** Seconds; opening and closing are not in them. */
async function timed(links, work) {
  const fold = new JobFold(job);
  const begun = performance.now();
  await work(links, fold);
  const seconds = (performance.now() - begun) / 1000;
  if (!fold.isDone()) throw new Error('the ledger did not decide every image');
  return seconds;
}

async function withFile(file, work) {
  const ledger = await FileLedger.open(file, jobDigest(job));
  const seconds = await timed({ ledger, queue: new MemoryQueue(), stop: new MemoryStop() }, work);
  await ledger.close();
  return seconds;
}

async function withNats(exchange, work) {
  const links = await open(exchange);
  const seconds = await timed(links, work);
  await links.close();
  return seconds;
}

function foldOnly(records) {
  return timed(null, (_, fold) => {
    for (const record of records) fold.apply(record);
    return Promise.resolve();
  });
}

async function coordinate({ ledger, queue, stop }, fold) {
  const options = { fold, ledger, queue, stop, clock: systemClock, job: ID, taskPrefix: 'again' };
  await new Coordinator({
    ...options,
    window: () => 256,
    taskMicros: 1e6,
    onProgress: () => undefined,
  }).run(new globalThis.AbortController().signal);
}
