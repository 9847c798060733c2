import { expect, test } from 'vitest';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { WORK_STREAM } from '../../adapters/nats/tasks/work-stream.js';
import { accountOf, show } from '../harness/account.js';
import { Army, SHORT_JOB, certifiedRows } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { childrenOf, signalTo } from '../harness/processes.js';

/** Tasks that are in the hands of workers. */
async function tasksTaken(link: NatsLink): Promise<number> {
  let taken = 0;
  for await (const { num_ack_pending } of link.manager.consumers.list(WORK_STREAM)) taken += num_ack_pending;
  return taken;
}

test.runIf(hasNatsServer)(
  'SIGTERM: a worker hands back what it has not drawn, a coordinator its lease; nobody waits for a silence to be noticed',
  async () => {
    const expected = await certifiedRows(SHORT_JOB);
    // Whoever had to wait for one of these would wait for longer than a test may take.
    await using army = await Army.raise(['first'], { ackWait: 600, lease: 600 });
    const { cluster, taps } = army;
    const id = await cluster.detach(army.coordinator, SHORT_JOB);
    const tap = taps.job(id);
    const link = await cluster.nats.connect();
    for (const name of ['second', 'third', 'fourth']) {
      await taps.further(10);
      const worker = army.workers.pop()!;
      // Its inference process stands still while it takes tasks, until all is handed back: so there is something to hand back.
      const children = await childrenOf(worker.pid);
      for (const child of children) signalTo(child, 'SIGSTOP');
      await expect.poll(() => tasksTaken(link), { timeout: 30_000 }).toBeGreaterThan(1);
      worker.signal('SIGTERM');
      await worker.says(/handed back/);
      for (const child of children) signalTo(child, 'SIGCONT');
      expect((await worker.exited).code).toBe(0);
      const before = [...tap.issued];
      army.workers.push(cluster.worker(name));
      await taps.until(() => before.every((task) => tap.acknowledged.has(task)));
    }
    expect(await army.coordinator.end()).toBe(0);
    army.coordinator = cluster.again(army.coordinator);
    await army.coordinator.says(/Serving/);
    const { code, rows } = await cluster.finish(army.coordinator, id);
    expect([code, rows]).toEqual([0, expected]);
    const account = await accountOf(cluster.nats, id, rows, taps);
    console.log(show('SIGTERM', account));
    expect(account.findings).toEqual([]);
    expect(account.returned).toBeGreaterThan(0);
    expect(await Promise.all([army.coordinator, ...army.workers].map((part) => part.end()))).toEqual([0, 0]);
  },
);
