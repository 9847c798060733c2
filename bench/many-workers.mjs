// A real coordinator before 1,000 simulated workers and a job of 50,000 images: what it costs, and that its queue stays bounded. The
// workers are two processes with a NATS connection for every 50 of them, and the real adapters: presence, pulls, records, stop
// signal, preparation. They draw no samples: votes come from a known probability (simulated-votes.mjs), after the time that a model
// of 1 ms a sample would take.
//
//   npm run build && node bench/many-workers.mjs [SECONDS]      60 unless given; then the job is cancelled, whatever was reached
import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectNats } from '../dist/adapters/nats/link/connect.js';
import { NatsWorkerExchange } from '../dist/adapters/nats/exchange/worker-exchange.js';
import { WORK_LIMITS, WORK_STREAM, consumerOf } from '../dist/adapters/nats/tasks/work-stream.js';
import { encodeHeader } from '../dist/shared/dataset/canonical.js';
import { DataDigest } from '../dist/shared/dataset/data-digest.js';
import { classToken } from '../dist/adapters/nats/tasks/class-token.js';
import { VERSION } from '../dist/shared/version.js';
import { Cluster, cpuSeconds, load, residentMiB } from './cluster-parts.mjs';
import { CLAIM, NUMERIC_CLASS, PREPARED, recordOf } from './simulated-votes.mjs';

const IMAGES = 50_000;
const WORKERS = 1_000;
const PROCESSES = 2;
const WORKERS_PER_LINK = 50;
const TASKS_PER_WORKER = 2;
const MICROS = 1_000;
const EVERY_MS = 5_000;
const LOOK_MS = 200;
const here = fileURLToPath(import.meta.url);

if (process.argv[2] === '--workers') await simulate(process.argv[3], Number(process.argv[4]));
else await measure(Number(process.argv[2] ?? 60));

/** In a child: a share of the workers, until it is told to end. */
async function simulate(url, first) {
  const count = WORKERS / PROCESSES;
  const links = [];
  for (let at = 0; at < count; at += WORKERS_PER_LINK) {
    links.push(await connectNats({ servers: [url], name: `workers ${first + at}` }));
  }
  const end = new globalThis.AbortController();
  setMaxListeners(0, end.signal);
  const workers = Array.from({ length: count }, (_, k) => {
    const link = links[Math.floor(k / WORKERS_PER_LINK)];
    return work(link, `w${first + k}`, end.signal);
  });
  await Promise.all(workers.map(({ ready }) => ready));
  process.send('ready');
  await once(process, 'message');
  end.abort();
  await Promise.all(workers.map(({ done }) => done));
  for (const link of links) await link.close();
  process.disconnect();
}

/** One worker with one slot, as worker/cluster has it: pulls, draws one task at a time, records, acknowledges. */
function work(link, name, signal) {
  const opened = NatsWorkerExchange.open(link, name);
  const tasks = opened.then((exchange) => exchange.tasks(NUMERIC_CLASS));
  const done = (async () => {
    const [exchange, queue] = [await opened, await tasks];
    const presence = setInterval(() => exchange.announce(presenceOf(name)), link.times.presenceEveryMs);
    exchange.announce(presenceOf(name));
    const jobs = new Map();
    const hand = { drawing: Promise.resolve() };
    const take = async () => {
      for (let next = await queue.next(signal); next; next = await queue.next(signal)) {
        const { job } = next.task;
        if (!jobs.has(job)) jobs.set(job, exchange.open(job));
        const open = await jobs.get(job);
        if (open) await answer(open, next.task, hand, signal);
        await next.acknowledge();
      }
    };
    const prepare = ({ spec }) => Promise.resolve({ ...PREPARED, modelDigest: spec.model.digest });
    const loops = Array.from({ length: TASKS_PER_WORKER }, take);
    await Promise.all([...loops, exchange.answerPreparations('cpu', prepare, signal)]);
    clearInterval(presence);
    for (const open of jobs.values()) await (await open)?.close();
    await queue.close();
  })();
  return { ready: tasks, done };
}

async function answer({ order, ledger, stop }, task, hand, signal) {
  const before = hand.drawing;
  let drawn;
  hand.drawing = new Promise((resolve) => (drawn = resolve));
  await before;
  const shards = task.shards.filter(({ image }) => !stop.isDecided(image));
  const samples = shards.reduce((sum, { begin, end }) => sum + end - begin, 0);
  await delay((samples * MICROS) / 1000, undefined, { signal }).catch(() => undefined);
  drawn();
  await ledger.append(recordOf(order.jobDigest, task, shards, MICROS));
}

function presenceOf(worker) {
  return {
    worker,
    version: VERSION,
    device: 'cpu',
    numericClass: NUMERIC_CLASS,
    slots: 1,
    tasks: 1,
    samplesPerSecond: 1e6 / MICROS,
    refusals: [],
    draining: false,
  };
}

async function measure(seconds) {
  const cluster = await Cluster.start();
  const simulators = [];
  try {
    const coordinator = await cluster.coordinator();
    console.log(`${WORKERS} workers in ${PROCESSES} processes, ${IMAGES} images, ${load()}`);
    const idle = residentMiB(coordinator.pid);
    for (let k = 0; k < PROCESSES; k++) {
      const child = fork(here, ['--workers', cluster.url, String((k * WORKERS) / PROCESSES)]);
      simulators.push({ child, exited: once(child, 'exit') });
      await once(child, 'message');
    }
    const client = await cluster.client();
    const spec = await upload(client);
    const link = await connectNats({ servers: [cluster.url], name: 'bench' });
    const processes = { coordinator: coordinator.pid, 'nats-server': cluster.nats.pid };
    simulators.forEach(({ child }, k) => (processes[`workers ${k + 1}`] = child.pid));
    await follow(client, link, spec, { processes, idle, seconds });
    await link.close();
    client[Symbol.dispose]();
  } finally {
    for (const { child, exited } of simulators) {
      if (child.connected) child.send('end');
      await exited;
    }
    await cluster.end();
  }
}

/** A model that nobody runs, and images of one pixel. */
async function upload(client) {
  const model = Buffer.from('a model that is not looked at');
  const header = { dtype: 'uint8', shape: [IMAGES, 1, 1, 1], labelled: false, start: 0, step: 1 };
  const data = Buffer.concat([encodeHeader(header), Buffer.alloc(IMAGES, 128)]);
  const send = (bytes, digest, kind) => {
    const read = async function* (from) {
      yield bytes.subarray(from);
    };
    return client.upload({ digest, kind, bytes: bytes.length }, read, () => undefined);
  };
  const digest = createHash('sha256').update(model).digest('hex');
  const { digest: dataDigest } = new DataDigest().update(data).finish();
  await send(model, digest, 'file');
  await send(data, dataDigest, 'data-set');
  return {
    ...CLAIM,
    layout: 'auto',
    output: null,
    batch: null,
    images: null,
    model: { digest, fileDigest: digest, weights: [], uri: null },
    data: { digest: dataDigest, uri: null },
  };
}

async function follow(client, link, spec, { processes, idle, seconds }) {
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  const { id } = await client.createJob(spec, randomUUID());
  console.log(`created after ${since().toFixed(2)} s`);
  const seen = { waiting: 0, taken: 0, resident: 0, stops: 0, stopBytes: 0 };
  link.connection.subscribe(`sc1.stop.${id}`, {
    callback: (_, { data }) => {
      seen.stops += 1;
      seen.stopBytes += data.length;
    },
  });
  const over = new globalThis.AbortController();
  const looking = lookAtQueue(link, processes.coordinator, seen, over.signal);
  const cancelling = cancelAfter(client, id, seconds, over.signal);
  let job;
  let [running, counted, shownAt] = [false, false, 0];
  let before = { at: since(), samples: 0, cpu: cpusOf(processes), stops: 0, stopBytes: 0 };
  for await (const update of client.watch(id)) {
    ({ job } = update);
    if (!running && job.state === 'running') {
      running = true;
      console.log(`running after ${since().toFixed(2)} s`);
    }
    if (!counted && job.progress.samples > 0) {
      counted = true;
      console.log(`first samples after ${since().toFixed(2)} s\n`);
      before = { ...before, at: since(), cpu: cpusOf(processes) };
      shownAt = since();
    }
    if (counted && since() - shownAt >= EVERY_MS / 1000) {
      shownAt = since();
      before = show(job.progress, before, since(), processes, seen);
    }
  }
  over.abort();
  await Promise.all([looking, cancelling]);
  tell(job, seen, idle, since());
}

function cpusOf(processes) {
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuSeconds(pid)]));
}

function show({ certified, abstained, samples, sequence }, before, at, processes, seen) {
  const now = { at, samples, sequence, cpu: cpusOf(processes), stops: seen.stops, stopBytes: seen.stopBytes };
  const rate = (key, values = now, old = before) => (values[key] - (old[key] ?? 0)) / (at - before.at);
  const shares = Object.keys(processes).map(
    (name) => `${name} ${(100 * rate(name, now.cpu, before.cpu)).toFixed(0)} %`,
  );
  console.log(
    `${at.toFixed(0).padStart(4)} s: ${certified + abstained} decided, ${(rate('samples') / 1e6).toFixed(2)} million samples/s, ` +
      `${rate('sequence').toFixed(0)} records/s, queue ≤ ${seen.waiting} + ${seen.taken}, ${residentMiB(processes.coordinator).toFixed(0)} MiB; ` +
      `of a core: ${shares.join(', ')}; stop signal ${(rate('stopBytes') / 1e3).toFixed(0)} kB/s to each; ${load()}`,
  );
  return now;
}

/** The largest number of tasks that were in the queue, and waited in it, and the coordinator's largest memory. */
async function lookAtQueue(link, pid, seen, signal) {
  const consumer = consumerOf(classToken(NUMERIC_CLASS));
  while (!signal.aborted) {
    const { num_pending: waiting, num_ack_pending: taken } = await link.manager.consumers.info(
      WORK_STREAM,
      consumer,
    );
    seen.waiting = Math.max(seen.waiting, waiting);
    seen.taken = Math.max(seen.taken, taken);
    seen.resident = Math.max(seen.resident, residentMiB(pid));
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function cancelAfter(client, id, seconds, signal) {
  await delay(1000 * seconds, undefined, { signal }).catch(() => undefined);
  if (!signal.aborted) await client.cancelJob(id);
}

function tell({ state, progress }, seen, idle, seconds) {
  const { certified, abstained, samples, shardsCounted, shardsLate, shardsDuplicate, sequence } = progress;
  console.log(`
ended as ${state} after ${seconds.toFixed(1)} s: ${certified + abstained} of ${IMAGES} images decided, ${(samples / 1e6).toFixed(1)} million samples
${shardsCounted} shards counted in ${sequence} records, ${shardsDuplicate} duplicate, ${shardsLate} for nothing
queue: at most ${seen.waiting} tasks that nobody had taken (bound ${2 * WORKERS + 16}: two a slot, and 16), at most ${seen.taken} taken and not acknowledged (bound
  ${TASKS_PER_WORKER * WORKERS}: two a worker); the stream refuses more than ${WORK_LIMITS.tasks}
coordinator: ${idle.toFixed(0)} MiB before, at most ${seen.resident.toFixed(0)} MiB`);
}
