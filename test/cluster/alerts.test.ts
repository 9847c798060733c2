import { afterAll, beforeAll, describe, it } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../harness/command.js';
import { DIGITS_JOB, project } from '../harness/local-job.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { childrenOf, signalTo } from '../harness/processes.js';
import { hasPrometheus } from '../harness/prometheus.js';
import { WatchedCluster } from '../monitoring/watched-cluster.js';

/** Alerts whose condition is made true: they fire, they alone, and are silent again when it is mended. Durations are 60 times shorter. */

const digits = (...more: readonly string[]) => [...DIGITS_JOB, '--seed', '11', ...more];
/** Far longer than any of these tests; it is cancelled. */
const ENDLESS = digits('--stop', 'fixed', '--bound', 'clopper-pearson', '--max-samples', '10000000');
/** A quarter of its 40 images fail. */
const failing = (seed: string) => [
  '--model',
  project('test/fixtures/models/fails-sometimes.onnx'),
  '--data',
  project('test/fixtures/models/images.npz'),
  '--sigma',
  '0.05',
  '--seed',
  seed,
  '--max-samples',
  '512',
];
/** Windows of an hour last a minute here. */
const A_WINDOW_MS = 90_000;
const KILL_EVERY_MS = 1_000;

describe.runIf(hasNatsServer && hasPrometheus)('alerts of a cluster', { timeout: 240_000 }, () => {
  let watched: WatchedCluster;
  beforeAll(async () => {
    watched = await WatchedCluster.raise();
    await watched.calm();
  });
  afterAll(() => watched[Symbol.asyncDispose]());

  const cancel = async (id: string) => {
    await runCommand(['cancel', id, '--server', watched.coordinators[0]!.grpc]);
  };

  it('all coordinators are killed', async () => {
    const { cluster, coordinators } = watched;
    await Promise.all(coordinators.map((part) => part.end('SIGKILL')));
    await watched.fires('SmoothcertNotServing', 'SmoothcertTargetDown');
    // The first of them serves again.
    const first = cluster.again(coordinators[0]!);
    await first.says(/Serving:/);
    coordinators.splice(0, 2, first, cluster.again(coordinators[1]!));
    await watched.calm();
  });

  it('the workers are killed while a job runs', async () => {
    const { cluster, coordinators, workers } = watched;
    const id = await cluster.detach(coordinators[0]!, ENDLESS);
    const folded = 'sum(increase(smoothcert_folded_shards_total[10s]))';
    await watched.prometheus.until('it is drawn', async () => (await watched.prometheus.value(folded)) > 0);
    await Promise.all(workers.map((part) => part.end('SIGKILL')));
    await watched.fires('SmoothcertJobsStalled', 'SmoothcertTargetDown');
    workers.splice(0, 2, ...workers.map((part) => cluster.again(part)));
    await watched.calm();

    // The same job goes on; now its inference processes are killed, one after the other.
    const over = new AbortController();
    const killing = killChildren(workers[0]!.pid, over.signal);
    await watched.fires('SmoothcertProcessesDie');
    over.abort();
    await killing;
    await cancel(id);
    await watched.calm();
  });

  it('a job waits for a device that no worker has', async () => {
    const id = await watched.cluster.detach(watched.coordinators[0]!, digits('--device', 'cuda'));
    await watched.fires('SmoothcertJobsWaiting');
    await cancel(id);
    await watched.calm();
  });

  it('a stranger publishes on the subjects of the cluster, and a model fails', async () => {
    const { cluster, coordinators } = watched;
    const { connection } = await cluster.nats.connect();
    for (let k = 0; k < 9; k++) connection.publish('sc1.presence.stranger', Buffer.from([0xff, k]));
    await connection.flush();
    await watched.fires('SmoothcertMalformedMessages');
    for (const seed of ['5', '6']) await cluster.detach(coordinators[0]!, failing(seed));
    await watched.fires('SmoothcertImagesFailing');
    await watched.calm(A_WINDOW_MS);
  });
});

/** Kills inference processes of a worker as soon as they are there. */
async function killChildren(worker: number, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    for (const child of await childrenOf(worker)) signalTo(child, 'SIGKILL');
    await delay(KILL_EVERY_MS);
  }
}
