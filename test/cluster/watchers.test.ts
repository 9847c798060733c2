import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Army, LONG_JOB, certifiedRows } from '../harness/army.js';
import { startCommand } from '../harness/command.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { RawClient } from '../service/grpc-client.js';

const SILENT = 40;

test.runIf(hasNatsServer)(
  'clients that are killed, never read or lose their connection change nothing for the job',
  async () => {
    const expected = await certifiedRows(LONG_JOB);
    await using army = await Army.raise(['one']);
    const { cluster, taps, coordinator } = army;
    const { grpc } = coordinator;
    const [host, port] = grpc.split(':') as [string, string];
    await using network = await TcpProxy.to(Number(port));
    const submitted = startCommand(['submit', ...LONG_JOB, '--server', grpc, '--verbose']);
    await taps.further(5);
    submitted.kill('SIGKILL');
    const { code, stderr } = await submitted.exited;
    expect(code).toBe(null);
    const id = /j-[0-9a-f]{20}/.exec(stderr)![0];
    const silent = Array.from({ length: SILENT }, () => new RawClient({ host, port: Number(port) }));
    const calls = silent.map((client) => client.watch(id));
    await using watcher = new Part('watch', ['watch', id, '--server', network.url, '--json']);
    await watcher.says(/"sequence":[1-9]/);
    network.cut();
    await taps.further(10);
    network.restore();
    expect((await watcher.exited).code).toBe(0);
    const updates = watcher.log.split('\n').filter((line) => line.startsWith('{'));
    const sequences = updates.map((line) => (JSON.parse(line) as { sequence: number }).sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(JSON.parse(updates.at(-1)!)).toMatchObject({ state: 'succeeded' });
    const { rows } = await cluster.finish(coordinator, id);
    expect(rows).toBe(expected);
    const account = await accountOf(cluster.nats, id, rows, taps);
    console.log(show('clients come and go', account));
    expect(account.findings).toEqual([]);
    expect(taps.job(id).mostUnanswered).toBeLessThanOrEqual(MOST_TASKS);
    for (const call of calls) call.cancel();
    for (const client of silent) client.close();
    expect(await coordinator.end()).toBe(0);
  },
);

/** Two a process, and 16. */
const MOST_TASKS = 18;
