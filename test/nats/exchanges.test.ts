import type { Waiting } from '../../shared/waiting.js';
import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';

import { jobsBucket, leaseBucket } from '../../adapters/nats/link/buckets.js';
import { NatsCoordinatorExchange } from '../../adapters/nats/exchange/coordinator-exchange.js';
import { LEASE_KEY, NatsLease } from '../../adapters/nats/jobs/nats-lease.js';
import { WorkOrders } from '../../adapters/nats/exchange/work-orders.js';
import { NatsWorkerExchange } from '../../adapters/nats/exchange/worker-exchange.js';
import type { NatsTimes } from '../../adapters/nats/link/times.js';
import { WORK_LIMITS, WORK_STREAM, consumerOf } from '../../adapters/nats/tasks/work-stream.js';
import { jobDigestOf } from '../../shared/job.js';
import { classToken } from '../../adapters/nats/tasks/class-token.js';
import type { Task } from '../../shared/ports/task-queue.js';
import { encodeOrder } from '../../shared/wire/cluster.js';
import { smoothcert } from '../../shared/wire/generated.js';
import { drawToJson } from '../../shared/wire/job-json.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { describeNats } from './support.js';
import { Heard, aborted } from '../support/events.js';
import { taskOf } from '../support/records.js';
import { MALFORMED, PREPARED, orderOf, presenceOf, requestOf } from '../support/stored-state.js';
import { never } from '../support/never.js';

const MIB = 2 ** 20;

describeNats('the exchanges in NATS', (server) => {
  async function coordinator(times: Partial<NatsTimes> = {}) {
    const link = await server().connect(times);
    return NatsCoordinatorExchange.open(link);
  }

  async function worker(times: Partial<NatsTimes> = {}, url = server().url) {
    const link = await server().connect(times, [url]);
    return { link, exchange: await NatsWorkerExchange.open(link, 'w') };
  }

  /** A job of its own and of a numeric class of its own. */
  function newOrder() {
    const order = orderOf(`j-${randomUUID()}`);
    const draw = { ...order.draw, numericClass: randomUUID() };
    return { ...order, draw, jobDigest: jobDigestOf(draw, order.claim) };
  }

  it('end a job for a worker that was away when that was said', async () => {
    await using proxy = await TcpProxy.to(server().port);
    const [one, { exchange: other }] = [await coordinator({ stopEveryMs: 1 }), await worker({}, proxy.url)];
    const order = newOrder();
    const links = await one.open(order, MIB);
    const theirs = (await other.open(order.job))!;
    const away = new Promise<void>((resolve) => other.onConnected((up) => !up && resolve()));
    proxy.cut();
    await away;
    expect(other.connected).toBe(false);
    await one.end(order);
    await links.close();
    await one.close();
    expect(theirs.ended.aborted).toBe(false);
    proxy.restore();
    await aborted(theirs.ended);
    expect(other.connected).toBe(true);
    await theirs.close();
  });

  it('end a job for a worker where, when it is back, another job has its id', async () => {
    await using proxy = await TcpProxy.to(server().port);
    const [one, { exchange: other }] = [await coordinator(), await worker({}, proxy.url)];
    const order = newOrder();
    const links = await one.open(order, MIB);
    const theirs = (await other.open(order.job))!;
    const away = new Promise<void>((resolve) => other.onConnected((up) => !up && resolve()));
    proxy.cut();
    await away;
    const link = await server().connect();
    const orders = new WorkOrders(link, await jobsBucket(link));
    await orders.put({ ...order, claim: '{}', jobDigest: jobDigestOf(order.draw, '{}') });
    expect(theirs.ended.aborted).toBe(false);
    proxy.restore();
    await aborted(theirs.ended);
    await Promise.all([links.close(), theirs.close(), one.close()]);
  });

  it('give no work order that says to draw something else than its digest', async () => {
    const [one, { exchange }] = [await coordinator(), await worker()];
    const order = newOrder();
    const links = await one.open(order, MIB);
    const bucket = await jobsBucket(await server().connect());
    const forged = smoothcert.v1.WorkOrder.decode(encodeOrder(order));
    forged.drawJson = drawToJson({ ...order.draw, seed: '666' });
    await bucket.put(`order.${order.job}`, smoothcert.v1.WorkOrder.encode(forged).finish());
    await expect(exchange.open(order.job)).rejects.toMatchObject({ code: 'MESSAGE_MALFORMED' });
    await bucket.put(`order.${order.job}`, encodeOrder(order));
    const theirs = (await exchange.open(order.job))!;
    expect(theirs.order).toEqual(order);
    await Promise.all([links.close(), theirs.close(), one.close()]);
  });

  it('tell of tasks that are delivered no more', async () => {
    const times = { ackWaitMs: 60, workingEveryMs: 1e9 };
    const [one, { exchange: other }] = [await coordinator(times), await worker(times)];
    const order = newOrder();
    const exhausted = new Heard<Task>();
    const unlisten = one.onExhausted(exhausted.hear);
    const links = await one.open(order, MIB);
    await links.queue.publish(taskOf('bad', order.job));
    const told = exhausted.next();
    const tasks = await other.tasks(order.draw.numericClass);
    for (let k = 0; k < WORK_LIMITS.deliveries; k++) await tasks.next(never);
    const asking = new AbortController();
    const none = tasks.next(asking.signal);
    expect(await told).toEqual(taskOf('bad', order.job));
    expect(await links.queue.depth(order.job)).toEqual({ waiting: 0, taken: 0 });
    asking.abort();
    expect(await none).toBeNull();
    unlisten();
    await Promise.all([links.close(), tasks.close()]);
  });

  it('show workers to coordinators, and coordinators’ questions to workers', async () => {
    const [one, { link, exchange: other }] = [await coordinator(), await worker()];
    const end = new AbortController();
    const answering = other.answerPreparations('cpu', () => Promise.resolve(PREPARED), end.signal);
    const why = new Heard<Waiting>();
    expect(await one.prepare(requestOf('j-1'), why.hear, never)).toEqual(PREPARED);
    end.abort();
    await answering;
    const said = why.next();
    const patience = new AbortController();
    other.announce(presenceOf('w'));
    await link.connection.flush();
    const asked = one.prepare(requestOf('j-1'), why.hear, patience.signal);
    expect(await said).toMatchObject({
      code: 'busy',
      message: 'All workers with the device cpu are looking at models of other jobs.',
    });
    expect(one.presences()).toMatchObject([presenceOf('w')]);
    patience.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    expect([one.malformedCount, other.malformedCount]).toEqual([0, 0]);
    await one.close();
  });

  it('have a queue for each class that workers are of, however often it is removed, and for no more than 64', async () => {
    const [one, { link, exchange: other }] = [await coordinator(), await worker()];
    const classes = Array.from({ length: 70 }, () => randomUUID());
    const consumers = () => link.manager.consumers.list(WORK_STREAM).next();
    const mine = async () => {
      const names = new Set((await consumers().catch(() => [])).map(({ name }) => name));
      return classes.filter((one) => names.has(consumerOf(classToken(one)))).length;
    };
    for (const numericClass of classes) other.announce(presenceOf('w', { numericClass }));
    await vi.waitFor(async () => expect(await mine()).toBe(64), { timeout: 10_000 });
    await link.manager.consumers.delete(WORK_STREAM, consumerOf(classToken(classes[0]!)));
    await vi.waitFor(
      async () => {
        other.announce(presenceOf('w', { numericClass: classes[0]! }));
        expect(await mine()).toBe(64);
      },
      { timeout: 10_000 },
    );
    // Classes that nobody announces any more leave their places.
    const refused = classes.at(-1)!;
    const consumerOfRefused = consumerOf(classToken(refused));
    await vi.waitFor(
      async () => {
        other.announce(presenceOf('w', { numericClass: refused }));
        await link.manager.consumers.info(WORK_STREAM, consumerOfRefused);
      },
      { timeout: 60_000, interval: 200 },
    );
    await one.close();
  });

  it('say where artifacts are, as soon as a coordinator does', async () => {
    const { link, exchange } = await worker();
    const bucket = await leaseBucket(link);
    await bucket.delete(LEASE_KEY);
    expect(await exchange.artifactsUrl()).toBeNull();
    const lease = await NatsLease.open(link, { holder: 'one', artifactsUrl: 'http://here:9464' });
    await lease.acquire(never);
    expect(await exchange.artifactsUrl()).toBe('http://here:9464');
    await lease.release();
    expect(await exchange.artifactsUrl()).toBeNull();
    for (const bytes of MALFORMED) {
      await bucket.put(LEASE_KEY, bytes);
      expect(await exchange.artifactsUrl()).toBeNull();
    }
    expect(exchange.malformedCount).toBe(MALFORMED.length);
    await bucket.delete(LEASE_KEY);
  });

  it('do not need a coordinator to have been there', async () => {
    const { link, exchange } = await worker();
    await link.manager.streams.delete('KV_SC1_LEASE');
    expect(await exchange.artifactsUrl()).toBeNull();
    await leaseBucket(link);
  });

  it('say whether NATS can be reached', async () => {
    await using proxy = await TcpProxy.to(server().port);
    const link = await server().connect({}, [proxy.url]);
    const exchange = await NatsCoordinatorExchange.open(link);
    const changes = new Heard<boolean>();
    const unlisten = exchange.onConnected(changes.hear);
    expect(exchange.connected).toBe(true);
    let next = changes.next();
    proxy.cut();
    expect([await next, exchange.connected]).toEqual([false, false]);
    next = changes.next();
    proxy.restore();
    expect([await next, exchange.connected]).toEqual([true, true]);
    unlisten();
    await exchange.close();
  });
});
