import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Army, LONG_JOB, certifiedRows } from '../harness/army.js';
import { runCommand } from '../harness/command.js';
import { hasNatsServer } from '../harness/nats-server.js';

test.runIf(hasNatsServer)(
  'cancelled while it is drawn, twice at once, and while all drain: what was decided keeps its certificates, and no more',
  async () => {
    const expected = (await certifiedRows(LONG_JOB)).split('\n');
    await using army = await Army.raise(['one', 'two']);
    const { cluster, taps } = army;
    const cancel = (id: string) => runCommand(['cancel', id, '--server', army.coordinator.grpc]);
    for (const draining of [false, true]) {
      const id = await cluster.detach(army.coordinator, LONG_JOB);
      await taps.until(() => taps.job(id).attempted.size >= 10);
      const cancelled = [cancel(id), cancel(id)];
      if (draining) {
        const ends = [army.coordinator, army.workers[0]!].map((part) => part.end());
        expect(await Promise.all(ends)).toEqual([0, 0]);
        army.coordinator = cluster.again(army.coordinator);
        army.workers[0] = cluster.again(army.workers[0]!);
      }
      for (const { code, stdout } of await Promise.all(cancelled)) {
        expect(code).toBe(0);
        expect(stdout).toMatch(/is cancel(ling|led)\.$/m);
      }
      const watched = await runCommand(['watch', id, '--server', army.coordinator.grpc]);
      expect([watched.code, watched.stderr]).toEqual([2, expect.stringContaining('CANCELLED')]);
      expect((await cancel(id)).stdout).toContain('is cancelled.');
      const out = cluster.folder.file(`cancelled-${id}`);
      await runCommand(['results', id, '--server', army.coordinator.grpc, '--out', out]);
      const rows = await readFile(`${out}/results.jsonl`, 'utf8');
      const lines = rows.split('\n').slice(0, -1);
      expect(expected).toEqual(expect.arrayContaining(lines));
      expect(lines.length).toBeLessThan(expected.length - 1);
      const account = await accountOf(cluster.nats, id, rows, taps);
      console.log(show(draining ? 'cancelled while draining' : 'cancelled', account));
      expect(account.findings).toEqual([]);
    }
    const { state } = await (await cluster.nats.connect()).manager.streams.info('SC1_WORK');
    expect(state.messages).toBe(0);
  },
);
