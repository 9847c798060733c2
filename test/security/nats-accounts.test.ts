import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { connectNats } from '../../adapters/nats/link/connect.js';
import { NatsCoordinatorExchange } from '../../adapters/nats/exchange/coordinator-exchange.js';
import { ensureLedger, removeLedger } from '../../adapters/nats/ledger/ledger-stream.js';
import { NatsTaskQueue } from '../../adapters/nats/tasks/nats-task-queue.js';
import { NatsVoteLedger } from '../../adapters/nats/ledger/nats-vote-ledger.js';
import { NatsWorkerExchange } from '../../adapters/nats/exchange/worker-exchange.js';
import { DeployedNats, type Role } from '../harness/deployed-nats.js';
import { TEST_TIMES, hasNatsServer } from '../harness/nats-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { recordOf, taskOf } from '../support/records.js';
import { PREPARED, orderOf, presenceOf, requestOf } from '../support/stored-state.js';
import { never } from '../support/never.js';
import { ATTACKS, EARS, REWRITES, listen, type Target } from './attacks.js';
import { Besieged, STILL } from './besieged.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Resolves when the server has dealt with all that this connection has asked of it before. */
const answered = (nc: NatsConnection) => nc.request('$JS.API.INFO', '', { timeout: 5_000 });

describe.runIf(hasNatsServer)('without accounts', () => {
  let open: Besieged;
  let attacker: Awaited<ReturnType<Besieged['attacker']>>;
  beforeAll(async () => {
    open = await Besieged.begin(null);
    attacker = await open.attacker('worker');
  });
  afterAll(async () => {
    await attacker.nc.close();
    await open[Symbol.asyncDispose]();
  });

  it.each(ATTACKS.filter(({ refusedByStream }) => !refusedByStream))('anybody can $name', async ({ act }) => {
    const target = await open.besiege();
    const before = await open.state();
    await act(attacker.nc, target);
    await vi.waitFor(async () => expect(await open.state()).not.toEqual(before), { timeout: 10_000 });
  });

  it.each([...ATTACKS.filter(({ refusedByStream }) => refusedByStream), ...REWRITES])(
    'nobody can $name, for the stream refuses it',
    async ({ act }) => {
      const target = await open.besiege();
      const before = await open.state();
      await act(attacker.nc, target);
      await answered(attacker.nc);
      expect(await open.state()).toEqual(before);
    },
  );

  it('anybody hears everything', async () => {
    const other = await open.server.connect();
    // The server may answer the one who asks before it tells the one who listens.
    const { refused } = await listen(attacker.nc, '>', async (heard) => {
      await other.manager.streams.info('SC1_WORK');
      await vi.waitFor(() => expect(heard).toContain('$JS.API.STREAM.INFO.SC1_WORK'), { timeout: 10_000 });
    });
    expect(refused).toBeNull();
  });
});

describe.runIf(hasNatsServer)('with the accounts of deploy/nats', () => {
  const folder = folderOfAllTests();
  let deployed: DeployedNats;
  let besieged: Besieged;
  let target: Target;
  let before: unknown;
  const attackers = {} as Record<Role, Awaited<ReturnType<Besieged['attacker']>>>;
  beforeAll(async () => {
    deployed = new DeployedNats(folder.file('nats'));
    besieged = await Besieged.begin(deployed);
    target = await besieged.besiege();
    before = await besieged.state();
    for (const role of ['coordinator', 'worker', 'monitor'] as const)
      attackers[role] = await besieged.attacker(role);
  });
  afterAll(async () => {
    for (const { nc } of Object.values(attackers)) await nc.close();
    await besieged[Symbol.asyncDispose]();
  });
  const link = (role: Role) => besieged.server.connect({}, [besieged.server.url], deployed.login(role));

  describe.each(['worker', 'monitor'] as const)('a %s', (role) => {
    it.each([...ATTACKS, ...REWRITES])('cannot $name', async ({ act, allowed }) => {
      const { nc, violations } = attackers[role];
      const told = violations.length;
      await act(nc, target);
      await answered(nc);
      expect(await besieged.state()).toEqual(before);
      const violation = expect.stringContaining('Violation for Publish') as string;
      expect(violations.slice(told)).toEqual(allowed?.includes(role) ? [] : [violation]);
    });

    it.each(EARS)('cannot listen to $of', async ({ subject }) => {
      const coordinator = await link('coordinator');
      const busy = async () => {
        await coordinator.manager.streams.info('SC1_WORK');
        const worker = await NatsWorkerExchange.open(await link('worker'), 'w');
        await (await worker.open(target.job))!.close();
      };
      const { refused, heard } = await listen(attackers[role].nc, subject, busy);
      expect({ refused, heard }).toEqual({
        refused: expect.stringContaining('Violation') as string,
        heard: [],
      });
    });

    it('cannot tell coordinators that images are decided', async () => {
      const subject = `sc1.stop.${target.job}`;
      const coordinator = await link('coordinator');
      const { heard } = await listen(coordinator.connection, subject, async () => {
        attackers[role].nc.publish(subject, 'mine');
        // A record that it may have is not told to the coordinator, either.
        const source = `$JS.API.DIRECT.GET.SC1_LEDGER_${target.job}.sc1.ledger.${target.job}.${target.recorded}`;
        attackers[role].nc.publish(source, '', { reply: subject });
        await answered(attackers[role].nc);
      });
      expect(heard).toEqual([]);
      expect(attackers[role].violations.join()).toContain(`Violation for Publish to "${subject}"`);
    });

    it('knows the coordinator’s questions only if it shares in them', async () => {
      const link = await besieged.server.connect();
      const exchange = await NatsCoordinatorExchange.open(link);
      const why = vi.fn();
      const patience = new AbortController();
      const asking = exchange.prepare(requestOf('j-1'), why, patience.signal).catch(() => undefined);
      const { refused, heard } = await listen(attackers[role].nc, 'sc1.prepare.cpu', () =>
        answered(attackers[role].nc),
      );
      expect([refused === null, heard]).toEqual([false, []]);
      patience.abort();
      await asking;
      await exchange.close();
    });
  });

  it('a monitor can see how streams fare, and no message', async () => {
    const { nc } = attackers.monitor;
    const info = await nc.request('$JS.API.STREAM.INFO.SC1_WORK', '', { timeout: 5_000 });
    expect(info.json()).toMatchObject({ state: { messages: 2 } });
    for (const question of [
      'STREAM.MSG.GET.KV_SC1_JOBS',
      `CONSUMER.MSG.NEXT.SC1_WORK.SC1_CLASS_${target.token}`,
    ])
      await expect(nc.request(`$JS.API.${question}`, '{"seq":1}', { timeout: 500 })).rejects.toThrow(
        'Violation',
      );
  });

  it('a coordinator cannot remove jobs, the queue or the lease as a whole, change streams, or take tasks', async () => {
    const { nc } = attackers.coordinator;
    for (const question of [
      ...['KV_SC1_JOBS', 'KV_SC1_LEASE', 'SC1_WORK'].map((name) => `STREAM.DELETE.${name}`),
      `STREAM.UPDATE.SC1_LEDGER_${target.job}`,
      `STREAM.PURGE.SC1_LEDGER_${target.job}`,
      'STREAM.PURGE.SC1_WORK',
      `CONSUMER.MSG.NEXT.SC1_WORK.SC1_CLASS_${target.token}`,
      `CONSUMER.DELETE.SC1_WORK.SC1_CLASS_${target.token}`,
    ]) {
      await expect(nc.request(`$JS.API.${question}`, '', { timeout: 500 })).rejects.toThrow('Violation');
    }
    expect(await besieged.state()).toEqual(before);
  });

  it('nobody comes in without a key, with a key that is not known, or into the system’s account', async () => {
    const { url } = besieged.server;
    await expect(connect({ servers: url })).rejects.toThrow(/authorization/i);
    for (const user of ['coordinator', 'sys', 'admin'])
      await expect(connect({ servers: url, user, pass: '' })).rejects.toThrow(/authorization/i);
    const strangers = new DeployedNats(folder.file('strangers'));
    const times = { ...TEST_TIMES, connectMs: 300 };
    const stranger = connectNats({ servers: [url], name: 's', times, ...strangers.login('coordinator') });
    await expect(stranger).rejects.toThrow('refuses our credentials');
  });

  it('whoever lacks a permission hears so in a sentence, and does not wait for ever', async () => {
    const forbidden = (subject: string) => ({
      code: 'NATS_FORBIDDEN',
      message: expect.stringContaining(`does not let this user ${subject}`) as string,
      remedy: expect.stringContaining('deploy/nats/accounts.conf') as string,
    });
    const worker = await link('worker');
    const asCoordinator = await NatsCoordinatorExchange.open(worker);
    await expect(asCoordinator.open(orderOf('j-new'), 1_000)).rejects.toMatchObject(
      forbidden('publish to $JS.API.STREAM.CREATE.SC1_LEDGER_j-new'),
    );
    await asCoordinator.close();
    const monitor = await besieged.server.connect(STILL, [besieged.server.url], deployed.login('monitor'));
    const asWorker = await NatsWorkerExchange.open(monitor, 'w');
    const tasks = await asWorker.tasks(orderOf('j').draw.numericClass);
    await expect(tasks.next(never)).rejects.toMatchObject(forbidden('publish to $JS.API.CONSUMER.MSG.NEXT'));
    await tasks.close();
    await expect(
      asWorker.answerPreparations('cpu', () => Promise.resolve(PREPARED), never),
    ).rejects.toMatchObject(forbidden('listen on sc1.prepare.cpu'));
    const told = new Promise<string>((resolve) => monitor.onTrouble(resolve));
    asWorker.announce(presenceOf('w'));
    expect(await told).toBe('NATS does not let this user publish to sc1.presence.w.');
    const mixed = { ...deployed.login('worker'), inboxPrefix: '_INBOX_coordinator' };
    await expect(besieged.server.connect({}, [besieged.server.url], mixed)).rejects.toMatchObject(
      forbidden('listen on _INBOX_coordinator'),
    );
  });

  it('a ledger that was removed is missed by whoever still records in it', async () => {
    const { job, jobDigest } = { ...orderOf('j-gone') };
    const coordinator = await link('coordinator');
    await ensureLedger(coordinator, { job, jobDigest }, 1_000);
    const ledger = await NatsVoteLedger.open(await link('worker'), { job, jobDigest });
    await removeLedger(coordinator, job);
    await expect(ledger.append({ ...recordOf('late'), jobDigest })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
    await ledger.close();
  });

  it('a worker’s records cannot end a job or an image: it may not write where such records count', async () => {
    const { job, jobDigest } = { ...orderOf('j-ending') };
    const coordinator = await link('coordinator');
    await ensureLedger(coordinator, { job, jobDigest }, 1_000);
    const theirs = await NatsVoteLedger.open(await link('worker'), { job, jobDigest });
    const ending = { ...recordOf('cancel'), jobDigest, cancelled: true };
    await expect(theirs.append(ending)).rejects.toMatchObject({ code: 'NATS_FORBIDDEN' });
    expect(await theirs.append({ ...recordOf('a.1'), jobDigest })).toBe('recorded');
    const ours = await NatsVoteLedger.open(coordinator, { job, jobDigest });
    expect(await ours.append(ending)).toBe('recorded');
    await Promise.all([theirs.close(), ours.close()]);
  });

  it('a task that was taken before a connection was made anew goes to others, and nobody complains', async () => {
    await using proxy = await TcpProxy.to(besieged.server.port);
    const numericClass = 'a class of its own';
    const queue = await NatsTaskQueue.open(await link('coordinator'), numericClass);
    await queue.publish(taskOf('again', 'j-again'));
    const holder = await besieged.server.connect({}, [proxy.url], deployed.login('worker'));
    const troubles = vi.fn();
    holder.onTrouble(troubles);
    const tasks = await NatsTaskQueue.bind(holder, numericClass);
    const first = (await tasks.next(never))!;
    proxy.cut();
    await new Promise<void>((resolve) => holder.onConnected((connected) => !connected && resolve()));
    proxy.restore();
    await holder.untilConnected();
    await first.acknowledge();
    const second = (await tasks.next(never))!;
    expect(second.task).toEqual(first.task);
    await second.acknowledge();
    expect(await queue.depth()).toEqual({ waiting: 0, taken: 0 });
    expect(troubles).not.toHaveBeenCalled();
    await Promise.all([tasks.close(), queue.close()]);
    await holder.close();
  });
});
