import type { Waiting } from '../../shared/waiting.js';
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

import { SmoothcertError } from '../../shared/errors.js';
import { jobDigestOf } from '../../shared/job.js';
import type { CoordinatorExchange, WorkerExchange } from '../../shared/ports/exchange.js';
import type { Prepared } from '../../shared/preparation.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { aborted, Heard } from '../support/events.js';
import { never } from '../support/never.js';
import { recordOf, take, taskOf } from '../support/records.js';
import { orderOf, PREPARED, presenceOf, requestOf } from '../support/stored-state.js';

/** Where coordinators and workers meet. */
export interface ExchangePlace extends AsyncDisposable {
  /** Opens a coordinator's side, as a further process would. */
  coordinator(): Promise<CoordinatorExchange>;
  /** Opens the side of a worker. */
  worker(): Promise<WorkerExchange>;
  /** Resolves once what workers have announced is known to coordinators. */
  settled(): Promise<void>;
}

export interface ExchangeAdapter {
  /** Makes a place where nobody has met. */
  readonly create: () => Promise<ExchangePlace>;
}

const MIB = 2 ** 20;

/** Makes the order of a job of its own, for workers of a numeric class of its own. */
function newOrder(): WorkOrder {
  const order = orderOf(`j-${randomUUID()}`);
  const draw = { ...order.draw, numericClass: randomUUID() };
  return { ...order, draw, jobDigest: jobDigestOf(draw, order.claim) };
}

const recordFor = ({ jobDigest }: WorkOrder, task: string) => ({ ...recordOf(task), jobDigest });

/** Tests the promises of every exchange, to coordinators and to workers. */
export function describeExchange(name: string, adapter: ExchangeAdapter): void {
  describe(`the exchange: ${name}`, () => {
    describeJobs(adapter);
    describeWorkers(adapter);
    describePreparations(adapter);
  });
}

function describeJobs({ create }: ExchangeAdapter): void {
  it('carries orders, tasks, records and decided images of a job between both sides', async () => {
    await using place = await create();
    const [coordinator, worker] = [await place.coordinator(), await place.worker()];
    const order = newOrder();
    expect(await worker.open(order.job)).toBeNull();
    const links = await coordinator.open(order, MIB);
    await links.queue.publish(taskOf('a', order.job));
    const tasks = await worker.tasks(order.draw.numericClass);
    const delivery = (await tasks.next(never))!;
    expect(delivery.task).toEqual(taskOf('a', order.job));
    const theirs = (await worker.open(order.job))!;
    expect([theirs.order, theirs.ended.aborted]).toEqual([order, false]);
    const told = new Heard<readonly number[]>();
    theirs.stop.onAnnounce(told.hear);
    const next = told.next();
    links.stop.announce([3]);
    expect(await next).toEqual([3]);
    expect(await theirs.ledger.append(recordFor(order, 'a'))).toBe('recorded');
    await delivery.acknowledge();
    expect((await take(links.ledger, 0, 1))[0]!.record).toEqual(recordFor(order, 'a'));
    expect(await links.queue.depth(order.job)).toEqual({ waiting: 0, taken: 0 });
    await Promise.all([links.close(), theirs.close()]);
  });

  it('ends a job for its workers: its tasks are removed, and nobody can open it', async () => {
    await using place = await create();
    const [coordinator, worker] = [await place.coordinator(), await place.worker()];
    const [order, other] = [newOrder(), newOrder()];
    const links = await coordinator.open(order, MIB);
    const others = await coordinator.open(other, MIB);
    await links.queue.publish(taskOf('a', order.job));
    await others.queue.publish(taskOf('b', other.job));
    const theirs = (await worker.open(order.job))!;
    const untouched = (await worker.open(other.job))!;
    await coordinator.end(order);
    await aborted(theirs.ended);
    expect(await worker.open(order.job)).toBeNull();
    expect(await links.queue.depth(order.job)).toEqual({ waiting: 0, taken: 0 });
    expect(await others.queue.depth(other.job)).toEqual({ waiting: 1, taken: 0 });
    expect(untouched.ended.aborted).toBe(false);
    await coordinator.end(order);
    await Promise.all([links, theirs, others, untouched].map((each) => each.close()));
  });

  it('keeps the ledger of a job that has ended until that is removed', async () => {
    await using place = await create();
    const coordinator = await place.coordinator();
    const order = newOrder();
    const links = await coordinator.open(order, MIB);
    await links.ledger.append(recordFor(order, 'a'));
    await coordinator.end(order);
    await links.close();
    const again = await coordinator.open(order, MIB);
    expect(again.ledger.size()).toBe(1);
    await coordinator.end(order);
    await again.close();
    await coordinator.removeLedger(order.job);
    await coordinator.removeLedger(order.job);
    const fresh = await coordinator.open(order, MIB);
    expect(fresh.ledger.size()).toBe(0);
    await fresh.close();
  });

  it('opens a job again after its end, for coordinators and workers', async () => {
    await using place = await create();
    const [coordinator, worker] = [await place.coordinator(), await place.worker()];
    const order = newOrder();
    const first = await coordinator.open(order, MIB);
    await coordinator.end(order);
    await first.close();
    const links = await coordinator.open(order, MIB);
    const theirs = (await worker.open(order.job))!;
    links.stop.announce([1]);
    const told = new Heard<readonly number[]>();
    theirs.stop.onAnnounce(told.hear);
    if (!theirs.stop.isDecided(1)) await told.next();
    expect([theirs.stop.isDecided(1), theirs.ended.aborted]).toEqual([true, false]);
    await Promise.all([links.close(), theirs.close()]);
  });

  it('refuses to open a job on the ledger of another one', async () => {
    await using place = await create();
    const coordinator = await place.coordinator();
    const order = newOrder();
    await (await coordinator.open(order, MIB)).close();
    const other = { ...order, claim: '{}', jobDigest: jobDigestOf(order.draw, '{}') };
    await expect(coordinator.open(other, MIB)).rejects.toMatchObject({ code: 'JOB_DIFFERS' });
    const links = await coordinator.open(order, MIB);
    expect(links.ledger.size()).toBe(0);
    await links.close();
  });

  it('lets each side close its links twice, and the other side go on', async () => {
    await using place = await create();
    const [coordinator, worker] = [await place.coordinator(), await place.worker()];
    const order = newOrder();
    const links = await coordinator.open(order, MIB);
    const theirs = (await worker.open(order.job))!;
    await links.close();
    await links.close();
    expect(await theirs.ledger.append(recordFor(order, 'a'))).toBe('recorded');
    await theirs.close();
    await theirs.close();
    const again = await coordinator.open(order, MIB);
    expect(again.ledger.size()).toBe(1);
    await again.close();
  });
}

function describeWorkers({ create }: ExchangeAdapter): void {
  it('tells coordinators of the workers that announce themselves, what each said last', async () => {
    await using place = await create();
    const coordinator = await place.coordinator();
    expect(coordinator.presences()).toEqual([]);
    const worker = await place.worker();
    for (const presence of [
      presenceOf('v'),
      presenceOf('w'),
      presenceOf('v', { tasks: 7, draining: true }),
    ]) {
      worker.announce(presence);
    }
    await place.settled();
    const heard = [...coordinator.presences()].sort((a, b) => (a.worker < b.worker ? -1 : 1));
    expect(heard).toMatchObject([presenceOf('v', { tasks: 7, draining: true }), presenceOf('w')]);
  });

  it('knows how long a worker is silent: as long as it has announced nothing', async () => {
    await using place = await create();
    const coordinator = await place.coordinator();
    const worker = await place.worker();
    const before = performance.now();
    worker.announce(presenceOf('w', { jobs: ['j-1', 'j-2'] }));
    await place.settled();
    const [heard] = coordinator.presences();
    expect(heard).toMatchObject({ worker: 'w', jobs: ['j-1', 'j-2'] });
    expect(heard!.silentMs).toBeGreaterThanOrEqual(0);
    expect(heard!.silentMs).toBeLessThanOrEqual(performance.now() - before);
  });

  it('is connected on both sides, and lets listeners go', async () => {
    await using place = await create();
    for (const side of [await place.coordinator(), await place.worker()]) {
      const told: boolean[] = [];
      const unlisten = side.onConnected((connected) => told.push(connected));
      expect(side.connected).toBe(true);
      unlisten();
      expect(told).toEqual([]);
    }
  });

  it('gives no address of artifacts while no coordinator has given one', async () => {
    await using place = await create();
    expect(await (await place.worker()).artifactsUrl()).toBeNull();
  });
}

function describePreparations({ create }: ExchangeAdapter): void {
  const atOnce = () => Promise.resolve(PREPARED);
  /** Answers when the signal aborts, as a worker that is stopped in the midst of its work. */
  const untilAborted = (_: unknown, signal: AbortSignal): Promise<Prepared> =>
    aborted(signal).then(() => Promise.reject(new SmoothcertError('CANCELLED', 'It ends.', 'Ask again.')));

  it('waits for a worker of the device, says why, and gives its answer', async () => {
    await using place = await create();
    const [coordinator, worker] = [await place.coordinator(), await place.worker()];
    const end = new AbortController();
    const unsuited = worker.answerPreparations(
      'cuda',
      () => Promise.reject(new Error('another device')),
      end.signal,
    );
    const why = new Heard<Waiting>();
    const said = why.next();
    const asked = coordinator.prepare(requestOf('j-1'), why.hear, never);
    expect(await said).toMatchObject({
      code: 'no-worker',
      message: expect.stringMatching(/^No worker .*device cpu/) as string,
    });
    const seen: unknown[] = [];
    const answering = (await place.worker()).answerPreparations(
      'cpu',
      (request) => {
        seen.push(request);
        return atOnce();
      },
      end.signal,
    );
    expect(await asked).toEqual(PREPARED);
    expect(seen).toEqual([requestOf('j-1')]);
    end.abort();
    await Promise.all([unsuited, answering]);
  });

  it('is refused with the error that the worker answers with, and the worker goes on', async () => {
    await using place = await create();
    const [coordinator, worker] = [await place.coordinator(), await place.worker()];
    const refusal = new SmoothcertError('MODEL_INPUT_UNSUPPORTED', 'It takes text.', 'Give another model.');
    const end = new AbortController();
    const answering = worker.answerPreparations(
      'cpu',
      ({ job }) => (job === 'j-refused' ? Promise.reject(refusal) : atOnce()),
      end.signal,
    );
    const refused = coordinator.prepare(requestOf('j-refused'), () => undefined, never);
    await expect(refused).rejects.toMatchObject({
      code: refusal.code,
      message: refusal.message,
      remedy: refusal.remedy,
    });
    expect(await coordinator.prepare(requestOf('j-2'), () => undefined, never)).toEqual(PREPARED);
    end.abort();
    await answering;
  });

  it('ends with the reason of its signal, and the worker is told that nobody waits', async () => {
    await using place = await create();
    const [coordinator, worker] = [await place.coordinator(), await place.worker()];
    const end = new AbortController();
    const begun = new Heard<AbortSignal>();
    const answering = worker.answerPreparations(
      'cpu',
      (request, signal) => {
        begun.hear(signal);
        return untilAborted(request, signal);
      },
      end.signal,
    );
    const reason = new Error('cancelled');
    const patience = new AbortController();
    const started = begun.next();
    const asked = coordinator.prepare(requestOf('j-1'), () => undefined, patience.signal);
    const signal = await started;
    patience.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await aborted(signal);
    await expect(coordinator.prepare(requestOf('j-2'), () => undefined, patience.signal)).rejects.toBe(
      reason,
    );
    end.abort();
    await answering;
  });

  it('asks another worker where the first one ends before it has answered', async () => {
    await using place = await create();
    const [coordinator, one] = [await place.coordinator(), await place.worker()];
    const [leaving, end] = [new AbortController(), new AbortController()];
    const begun = new Heard<unknown>();
    const first = one.answerPreparations(
      'cpu',
      (request, signal) => {
        begun.hear(request);
        return untilAborted(request, signal);
      },
      leaving.signal,
    );
    const started = begun.next();
    const asked = coordinator.prepare(requestOf('j-1'), () => undefined, never);
    await started;
    const second = (await place.worker()).answerPreparations('cpu', atOnce, end.signal);
    await setImmediate();
    leaving.abort();
    await first;
    expect(await asked).toEqual(PREPARED);
    end.abort();
    await second;
  });
}
