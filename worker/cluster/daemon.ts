import { setMaxListeners } from 'node:events';
import type { Presence, PrepareRequest, WorkerExchange } from '../../shared/ports/exchange.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { Refusal } from '../../shared/ports/job-store.js';
import type { Delivery, Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { Device } from '../../shared/job.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';
import { NO_TRACER, startBelow, within, type Tracer } from '../../shared/telemetry/tracer.js';
import { VERSION } from '../../shared/version.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { ArtifactCache } from './artifacts/cache.js';
import type { Prepared } from '../draw/setup.js';
import { TASKS_PER_SLOT } from '../draw/worker.js';
import { drawTask, Unrecorded } from './draw-task.js';
import type { JobInHand, PoolSettings } from './job-in-hand.js';
import { Jobs } from './jobs.js';
import { prepare } from './prepare.js';
import { Rate } from './rate.js';
import { Refusals } from './refusals.js';
import { selfTest } from './self-test.js';
import { SetAside } from './set-aside.js';
import { countAnswered, showHand } from './worker-meter.js';
import { unlessAborted } from './unless-aborted.js';

/** Tasks set aside beside two for each slot: together as many as a job may have out where this is the only worker. */
const SPARE_ASIDE = 16;

/** After the grace: what was drawn is recorded, if the exchange can be reached. */
const LAST_WORDS_MS = 5_000;

/** After so long a process that hangs should have been killed, and replaced. */
const PATIENCE_WITH_KILLED_MS = 10_000;

/** What an operator is told. */
export type DaemonEvent =
  | { readonly kind: 'ready'; readonly numericClass: string; readonly slots: number }
  | { readonly kind: 'refused'; readonly job: string; readonly refusal: Refusal }
  | { readonly kind: 'prepared'; readonly job: string; readonly batch: number }
  | { readonly kind: 'left'; readonly job: string; readonly task: string; readonly refusal: Refusal }
  | { readonly kind: 'draining' }
  | { readonly kind: 'ended' };

export interface DaemonOptions {
  /** Unique in the cluster. */
  readonly name: string;
  readonly exchange: WorkerExchange;
  readonly cache: ArtifactCache;
  readonly device: Device;
  readonly pool: PoolSettings;
  /** Jobs whose children are kept at once. */
  readonly jobs: number;
  readonly presenceEveryMs: number;
  /**
   * From the signal until children that are still in a batch are killed; their shards are drawn again elsewhere. What cannot be recorded
   * five seconds later is left to others.
   */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly onEvent: (event: DaemonEvent) => void;
  readonly metrics: Metrics<'worker'>;
  /** Nobody traces unless given. */
  readonly tracer?: Tracer;
}

/**
 * A worker of a cluster: takes tasks of its numeric class, whatever their job, and looks at models for coordinators. It is NOT aware of
 * α, bounds, radii or stopping. A job that it cannot draw for is refused in its presence, and its tasks are handed back after a while.
 */
export class Daemon {
  private readonly refusals: Refusals;
  private readonly jobs: Jobs;
  private readonly aside: SetAside;
  private readonly rate: Rate;
  private tasks = 0;
  private state: 'testing' | 'working' | 'draining' = 'testing';
  private announceNow: () => void = () => undefined;

  constructor(private readonly options: DaemonOptions) {
    const { clock, exchange, cache, jobs: most, onEvent, metrics } = options;
    const pool = { ...options.pool, metrics };
    this.refusals = new Refusals(options.name, () => clock.now());
    this.rate = new Rate(() => clock.now());
    const { refusals } = this;
    const onRefusal = (job: string, error: unknown) => {
      onEvent({ kind: 'refused', job, refusal: refusals.refusalOf(error) });
      // Now: the next refusal may take its place before the next presence.
      this.announceNow();
    };
    this.jobs = new Jobs({ exchange, cache, pool, most, refusals, onRefusal });
    const onFault = ({ name: task, job }: Task, error: unknown) =>
      onEvent({ kind: 'left', job, task, refusal: refusals.refusalOf(error) });
    const mostAside = TASKS_PER_SLOT * pool.processes + SPARE_ASIDE;
    const onAnswered = (record: LedgerRecord) => countAnswered(metrics, record);
    this.aside = new SetAside({ exchange, clock, most: mostAside, onFault, onAnswered });
    metrics.onScrape(() => this.show());
  }

  /** Null if it takes tasks; otherwise why not, in a sentence. */
  get unready(): string | null {
    if (this.state === 'working') return null;
    return this.state === 'testing' ? 'The device is being tested.' : 'It is ending.';
  }

  /** Null if all is well with its processes; otherwise what is not, in a sentence. One that hangs is killed by its pool, and replaced. */
  get stuck(): string | null {
    const stuck = this.jobs.pools.some(({ overdueMs }) => overdueMs > PATIENCE_WITH_KILLED_MS);
    return stuck ? 'An inference process gives no sign of life, and killing it does not help.' : null;
  }

  /**
   * Works until `signal` aborts, then hands back what is not drawn and resolves when all of it is recorded, or cannot be in time.
   * @throws SmoothcertError DEVICE_UNAVAILABLE if the device is not there, and what the exchange throws
   */
  async run(signal: AbortSignal): Promise<void> {
    const { device, exchange, pool, onEvent, metrics } = this.options;
    const tested = await selfTest(device, this.askingUntil(signal)).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!tested || signal.aborted) return;
    const { numericClass } = tested;
    const queue = await exchange.tasks(numericClass);
    const onnxruntime = /(?:^|\/)ort-([^/]+)/.exec(numericClass)?.[1] ?? 'unknown';
    metrics.set('smoothcert_worker_info', 1, { device, numeric_class: numericClass, onnxruntime });
    this.state = 'working';
    onEvent({ kind: 'ready', numericClass, slots: pool.processes });
    try {
      await this.work(queue, numericClass, signal);
    } finally {
      await queue.close();
      onEvent({ kind: 'ended' });
    }
  }

  private async work(queue: TaskQueue, numericClass: string, signal: AbortSignal): Promise<void> {
    const { device, exchange, pool } = this.options;
    const failed = new AbortController();
    const ended = new AbortController();
    const until = AbortSignal.any([signal, failed.signal]);
    // Every loop waits on it: from six slots on Node would warn of a leak.
    setMaxListeners(0, until);
    const presence = () => this.presence(numericClass, until.aborted);
    this.announceNow = () => exchange.announce(presence());
    const drained = new Promise<void>((resolve, reject) => {
      const drain = () => void this.drain(presence, ended.signal).then(resolve, reject);
      until.addEventListener('abort', drain, { once: true });
    });
    const parts = [
      ...Array.from({ length: pool.processes * TASKS_PER_SLOT }, () => this.takeTasks(queue, until)),
      exchange.answerPreparations(device, (request, end) => this.prepare(request, end), until),
      this.announce(presence, until),
    ].map((part) => part.finally(() => failed.abort()));
    try {
      await Promise.race([Promise.all(parts), drained]);
    } finally {
      await Promise.race([this.settled(parts), drained]);
      ended.abort();
    }
  }

  private async settled(parts: readonly Promise<void>[]): Promise<void> {
    await Promise.allSettled(parts);
    await this.aside.settled();
    await this.jobs.end();
  }

  /** Resolves once nothing more is waited for. */
  private async drain(presence: () => Presence, ended: AbortSignal): Promise<void> {
    const { exchange, graceMs, clock, onEvent } = this.options;
    this.state = 'draining';
    onEvent({ kind: 'draining' });
    exchange.announce(presence());
    this.jobs.drain();
    await clock.sleep(graceMs, ended);
    if (ended.aborted) return;
    this.jobs.kill();
    await clock.sleep(LAST_WORDS_MS, ended);
  }

  private async takeTasks(queue: TaskQueue, until: AbortSignal): Promise<void> {
    for (;;) {
      const delivery = await queue.next(until);
      if (!delivery) return;
      this.tasks += 1;
      if (delivery.redelivered) this.options.metrics.add('smoothcert_task_redeliveries_total', 1);
      await this.answer(delivery, until).finally(() => (this.tasks -= 1));
    }
  }

  /** Record first, acknowledge after. What cannot be answered now is set aside: first those may go on that can. */
  private async answer(delivery: Delivery, until: AbortSignal): Promise<void> {
    const { job: id } = delivery.task;
    const waitMs = this.refusals.waitOf(id);
    // Not handed back at once: it would be here again at once.
    if (waitMs > 0) return this.aside.put(delivery, null, waitMs, until);
    let record: LedgerRecord | null = null;
    try {
      const job = await this.jobs.take(id, until);
      // A job that has ended wants no word.
      if (job) record = await this.draw(job, delivery.task, until).finally(() => this.jobs.done(job));
    } catch (error) {
      return this.aside.put(delivery, error instanceof Unrecorded ? error.record : null, 0, until);
    }
    await delivery.acknowledge();
    if (record) countAnswered(this.options.metrics, record);
  }

  private async draw(job: JobInHand, task: Task, until: AbortSignal): Promise<LedgerRecord> {
    const drawn = async () => {
      const images = new Set(task.shards.map(({ image }) => image));
      await unlessAborted(job.ensure(images), until).catch((error: unknown) => {
        if (!until.aborted) this.jobs.failed(job, error);
        throw error;
      });
      return drawTask(job, task, this.options.tracer ?? NO_TRACER);
    };
    const record = await unlessAborted(drawn(), job.links.ended);
    const samples = record.counted.reduce((sum, { shard }) => sum + shard.end - shard.begin, 0);
    this.rate.add(samples);
    if (samples > 0) this.refusals.remove(job.id);
    return record;
  }

  private async prepare(request: PrepareRequest, signal: AbortSignal): Promise<Prepared> {
    const { cache, onEvent, tracer = NO_TRACER } = this.options;
    const attributes = { 'smoothcert.job': request.job };
    const span = startBelow(tracer, request.trace, 'smoothcert.worker.prepare', {
      kind: 'server',
      attributes,
    });
    const prepared = await within(span, () => prepare(request, cache, this.askingUntil(signal)));
    onEvent({ kind: 'prepared', job: request.job, batch: prepared.batch });
    return prepared;
  }

  private askingUntil(signal: AbortSignal): { readonly childModule?: URL; readonly signal: AbortSignal } {
    const { childModule } = this.options.pool;
    return { signal, ...(childModule ? { childModule } : {}) };
  }

  private async announce(presence: () => Presence, until: AbortSignal): Promise<void> {
    const { exchange, clock, presenceEveryMs } = this.options;
    while (!until.aborted) {
      exchange.announce(presence());
      await clock.sleep(presenceEveryMs, until);
    }
  }

  private show(): void {
    const ready = this.jobs.pools.reduce((sum, pool) => sum + pool.ready, 0);
    const tasks = this.tasks + this.aside.size;
    showHand(this.options.metrics, { ready, tasks, refusals: this.refusals.list });
  }

  private presence(numericClass: string, draining: boolean): Presence {
    const { name: worker, device, pool } = this.options;
    const tasks = this.tasks + this.aside.size;
    return {
      worker,
      version: VERSION,
      device,
      numericClass,
      slots: pool.processes,
      tasks,
      samplesPerSecond: this.rate.perSecond,
      refusals: this.refusals.list,
      draining,
    };
  }
}
