import { expect, test } from 'vitest';
import { LONG_JOB } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { childrenOf, signalTo } from '../harness/processes.js';
import { rowsIn, until, watched } from '../harness/watched-cluster.js';
import { scrape } from '../support/scrape.js';

test.runIf(hasNatsServer)(
  'kills, and NATS away: what happens is counted, nothing twice, and a worker stays alive without NATS',
  async () => {
    await using bed = await watched(['one', 'two']);
    const { cluster, coordinator, workers } = bed;
    const [one, two] = workers as [(typeof workers)[0], (typeof workers)[0]];
    const id = await cluster.detach(coordinator, LONG_JOB);
    await until(one.http, (now) => now.value('smoothcert_ready_processes') === 1);
    for (const child of await childrenOf(one.pid)) signalTo(child, 'SIGKILL');
    await until(one.http, (now) => now.value('smoothcert_process_restarts_total', { reason: 'died' }) > 0);
    two.signal('SIGSTOP');
    await until(one.http, (now) => now.value('smoothcert_task_redeliveries_total') > 0);
    two.signal('SIGCONT');

    const before = await scrape(coordinator.http);
    await coordinator.end('SIGKILL');
    const successor = cluster.again(coordinator);
    await successor.says(/Serving/);
    const { rows } = await cluster.finish(successor, id);
    const after = await scrape(successor.http);
    const { progress } = await cluster.look(successor, id);
    for (const [name, labels, total] of [
      ['smoothcert_images_decided_total', {}, rowsIn(rows).length],
      ['smoothcert_folded_samples_total', { outcome: 'counted' }, progress.samples],
      ['smoothcert_folded_shards_total', { outcome: 'counted' }, progress.shardsCounted],
    ] as const) {
      expect(before.value(name, labels)).toBeGreaterThan(0);
      // Less by what came while there was no coordinator, and since the first one was asked.
      expect(before.value(name, labels) + after.value(name, labels)).toBeLessThanOrEqual(total);
    }

    await cluster.nats.kill();
    for (const { http } of [successor, one]) {
      await until(http, (now) => now.value('smoothcert_nats_connected') === 0);
    }
    expect((await fetch(`http://${one.http}/livez`)).status).toBe(200);
    const unready = await fetch(`http://${one.http}/readyz`);
    expect([unready.status, await unready.text()]).toEqual([503, 'NATS cannot be reached.\n']);
    await cluster.nats.restart();
    for (const { http } of [successor, one]) {
      const back = await until(http, (now) => now.value('smoothcert_nats_connected') === 1);
      expect(back.value('smoothcert_nats_disconnects_total')).toBe(1);
    }
    expect((await fetch(`http://${one.http}/readyz`)).status).toBe(200);
  },
);
