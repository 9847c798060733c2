import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';

import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { NatsTaskQueue } from '../../adapters/nats/tasks/nats-task-queue.js';
import {
  WORK_LIMITS,
  WORK_STREAM,
  consumerOf,
  workSubject,
  type WorkLimits,
} from '../../adapters/nats/tasks/work-stream.js';
import { classToken } from '../../adapters/nats/tasks/class-token.js';
import type { Task } from '../../shared/ports/task-queue.js';
import { encodeTask } from '../../shared/wire/cluster.js';
import { describeNats } from './support.js';
import { Heard } from '../support/events.js';
import { taskOf, upTo } from '../support/records.js';
import { never } from '../support/never.js';

const DEADLINE = { timeout: 20_000, interval: 20 };

describeNats('the task queue in NATS', (server) => {
  const open = async (link?: NatsLink, numericClass: string = randomUUID()) =>
    NatsTaskQueue.open(link ?? (await server().connect()), numericClass);

  it('serves a thousand pulls that wait at once', async () => {
    const numericClass = randomUUID();
    const queues = await Promise.all(upTo(1, 10).map(() => open(undefined, numericClass)));
    const pulls = queues.flatMap((queue) => upTo(1, 100).map(() => queue.next(never)));
    const names = upTo(1, 1000).map((k) => `task.${k}`);
    for (const name of names) expect(await queues[0]!.publish(taskOf(name))).toBe('queued');
    const taken = await Promise.all(pulls);
    expect(taken.map((delivery) => delivery!.task.name).sort()).toEqual([...names].sort());
    expect(await queues[0]!.depth()).toEqual({ waiting: 0, taken: 1000 });
    await Promise.all(taken.map((delivery) => delivery!.acknowledge()));
    expect(await queues[0]!.depth()).toEqual({ waiting: 0, taken: 0 });
  });

  it('is removed by the server where no worker asks for tasks, and made anew with its tasks once one does', async () => {
    const [numericClass, link] = [randomUUID(), await server().connect()];
    const consumer = consumerOf(classToken(numericClass));
    const { consumers } = link.manager;
    const queue = await NatsTaskQueue.open(link, numericClass, { ...WORK_LIMITS, unusedMs: 300 });
    await queue.publish(taskOf('a'));
    const isThere = () =>
      consumers.info(WORK_STREAM, consumer).then(
        () => true,
        () => false,
      );
    await vi.waitFor(async () => expect(await isThere()).toBe(false), DEADLINE);
    const [coordinator, worker] = [await open(undefined, numericClass), await open(undefined, numericClass)];
    expect((await worker.next(never))!.task.name).toBe('a');
    const { config } = await consumers.info(WORK_STREAM, consumer);
    expect(config.inactive_threshold).toBe(3_600e9);
    await Promise.all([queue, coordinator, worker].map((one) => one.close()));
  });

  it('takes over a consumer that was made before there was such a limit', async () => {
    const [numericClass, link] = [randomUUID(), await server().connect()];
    await (await open(link, numericClass)).close();
    const consumer = consumerOf(classToken(numericClass));
    const { config } = await link.manager.consumers.info(WORK_STREAM, consumer);
    await link.manager.consumers.delete(WORK_STREAM, consumer);
    const before = { ...config };
    delete before.inactive_threshold;
    await link.manager.consumers.add(WORK_STREAM, before);
    const queue = await open(link, numericClass);
    await queue.publish(taskOf('a'));
    expect((await queue.next(never))!.task.name).toBe('a');
  });

  it('leaves a task with whoever holds it, for longer than ack_wait', async () => {
    const numericClass = randomUUID();
    const times = { ackWaitMs: 3000, workingEveryMs: 200 };
    const links = [await server().connect(times), await server().connect(times)] as const;
    const [holder, other] = [await open(links[0], numericClass), await open(links[1], numericClass)];
    const enough = new AbortController();
    let working = 0;
    links[1].connection.subscribe(`$JS.ACK.${WORK_STREAM}.${consumerOf(classToken(numericClass))}.>`, {
      callback: (_, { data }) => {
        const isWorking = Buffer.from(data).toString() === '+WPI';
        if (isWorking && ++working * times.workingEveryMs > 1.4 * times.ackWaitMs) enough.abort();
      },
    });
    await links[1].connection.flush();
    await holder.publish(taskOf('a'));
    const held = await holder.next(never);
    expect(await other.next(enough.signal)).toBeNull();
    await held!.acknowledge();
    expect(await other.depth()).toEqual({ waiting: 0, taken: 0 });
  });

  it('hands out again what was held when the queue was closed', async () => {
    const numericClass = randomUUID();
    const [first, second] = [await open(undefined, numericClass), await open(undefined, numericClass)];
    await first.publish(taskOf('a'));
    await first.next(never);
    const waiting = first.next(never);
    await first.close();
    expect(await waiting).toBeNull();
    expect((await second.next(never))!.task).toEqual(taskOf('a'));
  });

  it('counts and removes what is no task, and hands out what is behind it', async () => {
    const link = await server().connect();
    const numericClass = randomUUID();
    const queue = await open(link, numericClass);
    for (const bytes of [Buffer.alloc(0), Buffer.from('{"no":"task"}'), Buffer.alloc(100, 255)]) {
      await link.streams.publish(workSubject(classToken(numericClass), 'j-1'), bytes);
    }
    await queue.publish(taskOf('a'));
    const delivery = await queue.next(never);
    expect(delivery!.task.name).toBe('a');
    await delivery!.acknowledge();
    expect(queue.malformedCount).toBe(3);
    await vi.waitFor(async () => expect(await queue.depth()).toEqual({ waiting: 0, taken: 0 }), DEADLINE);
  });

  it('leaves a task of another protocol to others, tells of it, and counts it', async () => {
    const link = await server().connect({ ackWaitMs: 500, workingEveryMs: 100 });
    const numericClass = randomUUID();
    const queue = await open(link, numericClass);
    const told = new Heard<string>();
    link.onTrouble(told.hear);
    const foreign = Buffer.from(encodeTask(taskOf('a')));
    foreign[foreign.indexOf(Buffer.from([0x08, 1])) + 1] = 99;
    await link.streams.publish(workSubject(classToken(numericClass), 'j-1'), foreign);
    await queue.publish(taskOf('b'));
    const delivery = await queue.next(never);
    expect(delivery!.task).toEqual(taskOf('b'));
    await delivery!.acknowledge();
    expect(told.all).toEqual([expect.stringContaining('protocol 99')]);
    const end = new AbortController();
    const waiting = queue.next(end.signal);
    await vi.waitFor(() => expect(queue.malformedCount).toBe(2), DEADLINE);
    end.abort();
    expect(await waiting).toBeNull();
    const { waiting: left, taken } = await queue.depth();
    expect(left + taken).toBe(1);
    expect(told.all).toHaveLength(1);
  });

  it('rejects whoever waits when the connection is closed', async () => {
    const link = await server().connect();
    const queue = await open(link);
    const waiting = expect(queue.next(never)).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await link.close();
    await waiting;
    await expect(queue.publish(taskOf('a'))).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
  });

  it('rejects a task that nobody could read', async () => {
    const queue = await open();
    await expect(queue.publish({ ...taskOf('a'), shards: [] })).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(queue.publish(taskOf('not a token'))).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describeNats('tasks that nobody finishes, in NATS', (server) => {
  it('are removed and told, each once, when they were delivered as often as they may be', async () => {
    const numericClass = randomUUID();
    const limits: WorkLimits = { ...WORK_LIMITS, deliveries: 2 };
    const link = await server().connect({ ackWaitMs: 300, workingEveryMs: 100 });
    const watcher = await NatsTaskQueue.open(link, numericClass, limits);
    const heard = new Heard<Task>();
    const told = heard.next();
    const unlisten = watcher.onExhausted(heard.hear);
    await watcher.publish(taskOf('poison'));
    for (let delivery = 1; delivery <= limits.deliveries; delivery++) {
      const dying = await server().connect({ ackWaitMs: 300, workingEveryMs: 100 });
      const taker = await NatsTaskQueue.open(dying, numericClass, limits);
      expect((await taker.next(never))!.task.name).toBe('poison');
      await dying.connection.close();
    }
    const end = new AbortController();
    const pulling = watcher.next(end.signal);
    expect(await told).toEqual(taskOf('poison'));
    expect(await watcher.depth()).toEqual({ waiting: 0, taken: 0 });
    expect((await link.manager.streams.info('SC1_WORK')).state.messages).toBe(0);
    end.abort();
    await pulling;
    unlisten();
    expect(heard.all).toHaveLength(1);
  });
});

describeNats('a full work stream in NATS', (server) => {
  it('says so, and takes tasks again as soon as there is room', async () => {
    const link = await server().connect();
    const queue = await NatsTaskQueue.open(link, randomUUID(), { ...WORK_LIMITS, tasks: 3 });
    const outcomes = [];
    for (const name of ['a', 'b', 'c', 'd']) outcomes.push(await queue.publish(taskOf(name)));
    expect(outcomes).toEqual(['queued', 'queued', 'queued', 'full']);
    await (await queue.next(never))!.acknowledge();
    expect(await queue.publish(taskOf('d'))).toBe('queued');
    expect(await queue.publish(taskOf('e'))).toBe('full');
  });
});

describeNats('the task queue and a server that is killed', (server) => {
  it('goes on with whoever waited and whoever held a task, and loses none', async () => {
    const numericClass = randomUUID();
    const [holder, waiter] = [await server().connect(), await server().connect()];
    const queue = await NatsTaskQueue.open(holder, numericClass);
    const other = await NatsTaskQueue.open(waiter, numericClass);
    await queue.publish(taskOf('held'));
    const held = await queue.next(never);
    const waiting = other.next(never);
    await server().kill();
    await expect(queue.publish(taskOf('lost'))).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await expect(queue.depth()).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await server().restart();
    await Promise.all([holder.untilConnected(), waiter.untilConnected()]);
    await vi.waitFor(async () => expect(await queue.publish(taskOf('next'))).toBe('queued'), DEADLINE);
    const taken = [(await waiting)!];
    // The server hands `held` out again where it was away for longer than ack_wait, or had not written down who held it.
    while (!taken.some(({ task }) => task.name === 'next')) taken.push((await other.next(never))!);
    expect(['held', 'next']).toEqual(expect.arrayContaining(taken.map(({ task }) => task.name)));
    for (const delivery of [held!, ...taken]) await delivery.acknowledge();
    await vi.waitFor(async () => expect(await queue.depth()).toEqual({ waiting: 0, taken: 0 }), DEADLINE);
  });

  it('makes stream and consumer anew after they were removed', async () => {
    const link = await server().connect({ pullMs: 500, pullBeatMs: 200 });
    const queue = await NatsTaskQueue.open(link, randomUUID());
    await link.manager.streams.delete('SC1_WORK');
    const waiting = queue.next(never);
    await vi.waitFor(async () => expect(await queue.publish(taskOf('a'))).toBe('queued'), DEADLINE);
    expect((await waiting)!.task.name).toBe('a');
  });

  it('of a worker makes nothing, and waits, saying so once, for what a coordinator makes, or makes anew', async () => {
    const [link, worker] = [
      await server().connect(),
      await server().connect({ pullMs: 500, pullBeatMs: 200 }),
    ];
    const numericClass = randomUUID();
    const troubles: string[] = [];
    const told = new Promise<void>((resolve) =>
      worker.onTrouble((sentence) => {
        troubles.push(sentence);
        resolve();
      }),
    );
    const tasks = await NatsTaskQueue.bind(worker, numericClass);
    const waiting = tasks.next(never);
    await told;
    const consumer = consumerOf(classToken(numericClass));
    await expect(link.manager.consumers.info(WORK_STREAM, consumer)).rejects.toThrow('consumer not found');
    const queue = await NatsTaskQueue.open(link, numericClass);
    await queue.publish(taskOf('a'));
    expect((await waiting)!.task.name).toBe('a');
    expect(troubles).toEqual([
      `There is no consumer ${consumer} of SC1_WORK yet; waiting for a coordinator to make it.`,
    ]);

    const next = tasks.next(never);
    await link.manager.streams.delete(WORK_STREAM);
    await vi.waitFor(async () => expect(await queue.publish(taskOf('b'))).toBe('queued'), DEADLINE);
    expect((await next)!.task.name).toBe('b');
    const slower = await server().connect({ ackWaitMs: 2000 });
    await expect(NatsTaskQueue.bind(slower, numericClass)).rejects.toMatchObject({ code: 'NATS_UNSUITABLE' });
    const none = new AbortController();
    const nothing = (await NatsTaskQueue.bind(worker, randomUUID())).next(none.signal);
    none.abort();
    expect(await nothing).toBeNull();
  });
});
