import { cp, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { SHORT_JOB, certifiedRows } from '../harness/army.js';
import { Cluster } from '../harness/cluster.js';
import { runCommand } from '../harness/command.js';
import { hasNatsServer } from '../harness/nats-server.js';

/** Flags that name what a cluster keeps. */
const kept = ({ nats, folder }: Cluster) => ['--nats', nats.url, '--store', folder.file('store')];

async function ok(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCommand([...args, '--json']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** A cluster in the midst of a job of which something was recorded. */
async function midRun(): Promise<{ cluster: Cluster; id: string }> {
  const cluster = await Cluster.start();
  const coordinator = await cluster.coordinator();
  cluster.worker('first');
  const id = await cluster.detach(coordinator, SHORT_JOB);
  while ((await cluster.look(coordinator, id)).progress.sequence < 5);
  return { cluster, id };
}

test.runIf(hasNatsServer)(
  'a job in mid-run: backed up, NATS and store lost, restored, finished; the finished one restored elsewhere',
  async () => {
    const [expected, begun] = await Promise.all([certifiedRows(SHORT_JOB), midRun()]);
    await using lost = begun.cluster;
    const { id } = begun;
    await using cluster = await Cluster.start();
    const [first, second] = [cluster.folder.file('first'), cluster.folder.file('second')];
    const early = await ok(['backup', id, '--out', first, ...kept(lost)]);
    const later = await ok(['backup', id, '--out', second, ...kept(lost)]);
    expect(early).toMatchObject({ id, state: 'not ended', artifacts: 2 });
    expect(Number(later['records'])).toBeGreaterThanOrEqual(Number(early['records']));
    await lost[Symbol.asyncDispose]();

    expect(await ok(['restore', first, ...kept(cluster)])).toMatchObject({ id, outcome: 'restored' });
    expect(await ok(['restore', first, ...kept(cluster)])).toMatchObject({ outcome: 'already there' });
    const coordinator = await cluster.coordinator();
    cluster.worker('other');
    const { code, rows } = await cluster.finish(coordinator, id);
    expect([code, rows]).toEqual([0, expected]);
    const { spec, progress } = await cluster.look(coordinator, id);
    expect(spec.seed).toBe('11');

    const ended = cluster.folder.file('ended');
    expect(await ok(['backup', id, '--out', ended, ...kept(cluster)])).toMatchObject({ state: 'succeeded' });
    await using elsewhere = await Cluster.start();
    const answering = await elsewhere.coordinator();
    await answering.says(/Serving/);
    expect(await ok(['restore', ended, ...kept(elsewhere)])).toMatchObject({ outcome: 'restored' });
    // Nobody draws here.
    expect((await elsewhere.finish(answering, id)).rows).toBe(expected);
    expect((await elsewhere.look(answering, id)).progress).toEqual(progress);
    expect(await ok(['restore', ended, ...kept(elsewhere)])).toMatchObject({ outcome: 'already there' });
    // An older moment of the job takes nothing back.
    expect(await ok(['restore', first, ...kept(elsewhere)])).toMatchObject({ outcome: 'already there' });
    expect((await elsewhere.finish(answering, id)).rows).toBe(expected);
  },
);

test.runIf(hasNatsServer)(
  'files of NATS and of the store, copied while nothing runs, are a backup',
  async () => {
    const [expected, begun] = await Promise.all([certifiedRows(SHORT_JOB), midRun()]);
    await using cluster = begun.cluster;
    const { id } = begun;
    const [coordinator, worker] = cluster.parts as [(typeof cluster.parts)[0], (typeof cluster.parts)[0]];
    await Promise.all([coordinator.end(), worker.end()]);
    await cluster.nats.stop();
    const copy = cluster.folder.file('copy');
    const [streams, store] = [cluster.nats.store, cluster.folder.file('store')];
    await cp(streams, `${copy}/nats`, { recursive: true });
    await cp(store, `${copy}/store`, { recursive: true });
    await Promise.all([streams, store].map((folder) => rm(folder, { recursive: true })));
    await cp(`${copy}/nats`, streams, { recursive: true });
    await cp(`${copy}/store`, store, { recursive: true });
    await cluster.nats.restart();
    const again = await cluster.coordinator();
    cluster.worker('second');
    expect((await cluster.finish(again, id)).rows).toBe(expected);
  },
);
