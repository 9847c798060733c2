import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Army, SHORT_JOB, certifiedRows } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';

const certified = hasNatsServer ? certifiedRows(SHORT_JOB) : Promise.resolve('');
const AWAY = /NATS is away/;
const BACK = /NATS is back/;

test.runIf(hasNatsServer)('NATS killed, and started once all have noticed: the job goes on', async () => {
  const expected = await certified;
  await using army = await Army.raise(['one', 'two']);
  const { cluster, taps, coordinator, workers } = army;
  const submitted = cluster.submit(coordinator, SHORT_JOB);
  for (const times of [1, 2]) {
    await taps.further(10);
    await cluster.nats.kill();
    await Promise.all([coordinator, ...workers].map((part) => part.says(AWAY, times)));
    await cluster.nats.restart();
    await Promise.all([coordinator, ...workers].map((part) => part.says(BACK, times)));
  }
  const { code, rows, id } = await submitted;
  expect([code, rows]).toEqual([0, expected]);
  const account = await accountOf(cluster.nats, id, rows, taps);
  console.log(show('NATS away', account));
  expect(account.findings).toEqual([]);
  expect(army.standing).toBe(true);
});

test.runIf(hasNatsServer)(
  'a worker behind a network that is slow, is cut, and at last lets nothing through: the same certificates without it',
  async () => {
    const expected = await certified;
    await using army = await Army.raise([]);
    const { cluster, taps, coordinator } = army;
    await using network = await TcpProxy.to(cluster.nats.port);
    const far = cluster.worker('far', [], network.url);
    await far.says(/Ready/);
    const submitted = cluster.submit(coordinator, SHORT_JOB);
    await taps.further(5);
    network.delay(20);
    await taps.further(10);
    network.cut();
    await far.says(AWAY);
    network.restore();
    await far.says(BACK);
    await taps.further(10);
    network.blackHole();
    cluster.worker('near');
    const { code, rows, id } = await submitted;
    expect([code, rows]).toEqual([0, expected]);
    // What it held comes late, and changes nothing.
    network.restore();
    await far.says(BACK, 2);
    expect(await far.end()).toBe(0);
    const account = await accountOf(cluster.nats, id, rows, taps);
    console.log(show('a worker cut off', account));
    expect(account.findings).toEqual([]);
    expect((await cluster.finish(coordinator, id)).rows).toBe(expected);
  },
);
