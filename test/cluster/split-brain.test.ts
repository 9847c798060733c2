import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Army, SHORT_JOB, certifiedRows } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';

test.runIf(hasNatsServer)(
  'a coordinator stopped for longer than its lease: the other one takes over, and both come to the same certificates',
  async () => {
    const expected = await certifiedRows(SHORT_JOB);
    await using army = await Army.raise(['one', 'two'], { ackWait: 1, lease: 3 });
    const { cluster, taps, coordinator } = army;
    const standby = await cluster.coordinator();
    await standby.says(/listens/);
    const id = await cluster.detach(coordinator, SHORT_JOB);
    await taps.further(10);
    coordinator.signal('SIGSTOP');
    await standby.says(/Serving/);
    await taps.further(10);
    // It goes on in the midst of what it did, with a lease that is another one's by now.
    coordinator.signal('SIGCONT');
    await coordinator.says(/Not serving/);
    const { rows } = await cluster.finish(standby, id);
    expect(rows).toBe(expected);
    expect(standby.log).not.toContain('Not serving');
    const account = await accountOf(cluster.nats, id, rows, taps);
    console.log(show('two coordinators', account));
    expect(account.findings).toEqual([]);

    expect(await standby.end()).toBe(0);
    await coordinator.says(/Serving/, 2);
    expect((await cluster.finish(coordinator, id)).rows).toBe(expected);
    expect(army.standing).toBe(true);
  },
);
