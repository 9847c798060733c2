import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Army, LONG_JOB, certifiedRows } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { seededRandom } from '../harness/processes.js';

const ROUNDS = 12;

test.runIf(hasNatsServer)(
  'random bytes on every subject, and in the place of records before they are written: ignored, and what they took is drawn again',
  async () => {
    const expected = await certifiedRows(LONG_JOB);
    await using army = await Army.raise(['one', 'two']);
    const { cluster, taps, coordinator } = army;
    const { connection } = await cluster.nats.connect();
    const id = await cluster.detach(coordinator, LONG_JOB);
    const random = seededRandom(31);
    const watched = cluster.finish(coordinator, id);
    const squatted = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      await taps.further(8);
      const [token] = taps.classes;
      const subjects = [
        `sc1.work.${token!}.${id}`,
        `sc1.work.${token!}.j-00000000000000000000`,
        `sc1.work.${token!}.x`,
        `sc1.ledger.${id}.x${round}`,
        `sc1.stop.${id}`,
        `sc1.stopped.${id}`,
        'sc1.presence.x',
        'sc1.presence.one',
        'sc1.prepare.cpu',
      ];
      for (const subject of subjects) connection.publish(subject, randomBytes(random(300)));
      const open = [...taps.job(id).issued].filter((task) => !taps.job(id).attempted.has(task));
      for (const task of open.slice(-2)) {
        squatted.add(task);
        connection.publish(`sc1.ledger.${id}.${task}`, randomBytes(random(300)));
      }
    }
    const { code, rows } = await watched;
    expect([code, rows]).toEqual([0, expected]);
    const account = await accountOf(cluster.nats, id, rows, taps, squatted);
    console.log(show(`garbage, ${squatted.size} records prevented`, account));
    expect(account.findings).toEqual([]);
    expect(squatted.size).toBeGreaterThan(0);
    expect(army.standing).toBe(true);
  },
);
