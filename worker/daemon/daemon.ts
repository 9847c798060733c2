import { setMaxListeners } from 'node:events';
import type { Presence, PrepareRequest, WorkerExchange } from '../../shared/ports/exchange.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { Refusal } from '../../shared/ports/job-store.js';
import type { Delivery, TaskQueue } from '../../shared/ports/task-queue.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Device } from '../../shared/job.js';
import { VERSION } from '../../shared/version.js';
import type { ArtifactCache } from '../artifacts/cache.js';
import { askChild } from '../ask-child.js';
import type { Prepared } from '../setup.js';
import { answerTask, returnedRecord } from '../worker.js';
import type { JobInHand, PoolSettings } from './job-in-hand.js';
import { Jobs } from './jobs.js';
import { Rate } from './rate.js';
import { Refusals } from './refusals.js';
import { selfTest } from './self-test.js';

/** Tasks in hand for each child: one that is drawn and one behind it, so that no child waits. */
const TASKS_PER_SLOT = 2;

/** A fault that lasts is not met again at once. */
const AFTER_LEAVING_MS = 1_000;

/** What an operator is told. */
export type DaemonEvent =
  | { readonly kind: 'ready'; readonly numericClass: string; readonly slots: number }
  | { readonly kind: 'refused'; readonly job: string; readonly refusal: Refusal }
  | { readonly kind: 'prepared'; readonly job: string; readonly batch: number }
  | { readonly kind: 'left'; readonly task: string; readonly refusal: Refusal }
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
  /** From the signal until children that are still in a batch are killed; their shards are drawn again elsewhere. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly onEvent: (event: DaemonEvent) => void;
}

/**
 * A worker of a cluster: takes tasks of its numeric class, whatever their job, and looks at models for coordinators. It is NOT aware of
 * α, bounds, radii or stopping. A job that it cannot draw for is refused in its presence, and its tasks are handed back.
 */
export class Daemon {
  private readonly refusals: Refusals;
  private readonly jobs: Jobs;
  private readonly rate: Rate;
  private tasks = 0;

  constructor(private readonly options: DaemonOptions) {
    const { clock, exchange, cache, pool, jobs: most, onEvent } = options;
    this.refusals = new Refusals(options.name, () => clock.now());
    this.rate = new Rate(() => clock.now());
    const onRefusal = (job: string, error: unknown) =>
      onEvent({ kind: 'refused', job, refusal: this.refusals.refusalOf(error) });
    this.jobs = new Jobs({ exchange, cache, pool, most, refusals: this.refusals, onRefusal });
  }

  /**
   * Works until `signal` aborts, then hands back what is not drawn and resolves when all of it is recorded.
   * @throws SmoothcertError DEVICE_UNAVAILABLE if the device is not there, and what the exchange throws
   */
  async run(signal: AbortSignal): Promise<void> {
    const { device, exchange, pool, onEvent } = this.options;
    const { numericClass } = await selfTest(device, pool.childModule);
    const queue = await exchange.tasks(numericClass);
    const failed = new AbortController();
    const until = AbortSignal.any([signal, failed.signal]);
    // Every loop waits on it: from six slots on Node would warn of a leak.
    setMaxListeners(0, until);
    const presence = () => this.presence(numericClass, until.aborted);
    onEvent({ kind: 'ready', numericClass, slots: pool.processes });
    const parts = [
      ...Array.from({ length: pool.processes * TASKS_PER_SLOT }, () => this.takeTasks(queue, until)),
      exchange.answerPreparations(device, (request, end) => this.prepare(request, end), until),
      this.announce(presence, until),
    ].map((part) => part.finally(() => failed.abort()));
    until.addEventListener('abort', () => this.drain(presence), { once: true });
    try {
      await Promise.all(parts);
    } finally {
      await Promise.allSettled(parts);
      await this.jobs.end();
      await queue.close();
      onEvent({ kind: 'ended' });
    }
  }

  private drain(presence: () => Presence): void {
    const { exchange, graceMs, onEvent } = this.options;
    onEvent({ kind: 'draining' });
    exchange.announce(presence());
    this.jobs.drain();
    const kill = () => this.jobs.open.forEach((job) => void job.pool.close());
    setTimeout(kill, graceMs).unref();
  }

  private async takeTasks(queue: TaskQueue, until: AbortSignal): Promise<void> {
    for (;;) {
      const delivery = await queue.next(until);
      if (!delivery) return;
      this.tasks += 1;
      await this.answer(delivery, until)
        .catch((error: unknown) => this.leave(delivery, error, until))
        .finally(() => (this.tasks -= 1));
    }
  }

  /** Record first, acknowledge after. */
  private async answer(delivery: Delivery, until: AbortSignal): Promise<void> {
    const { job: id, shards } = delivery.task;
    const job = await this.jobOf(id, until);
    if (!job) {
      await this.handBack(delivery);
      return;
    }
    try {
      if (until.aborted) job.pool.drain();
      const { ledger, stop, order } = job.links;
      const ready = job.ensure(new Set(shards.map(({ image }) => image)));
      const fetched = await ready.then(
        () => true,
        (error: unknown) => this.jobs.failed(job, error),
      );
      const fingerprint = order.fingerprint ?? job.pool.fingerprint ?? '';
      const common = { ledger, stop, jobDigest: order.jobDigest, fingerprint };
      if (!fetched) await ledger.append(returnedRecord(common, delivery.task));
      else this.rate.add(await answerTask({ ...common, task: delivery.task, pool: job.pool }));
    } finally {
      this.jobs.done(job);
    }
    await delivery.acknowledge();
  }

  /** A task that could be neither answered nor handed back is delivered again, to whomever. */
  private async leave({ task }: Delivery, error: unknown, until: AbortSignal): Promise<void> {
    this.options.onEvent({ kind: 'left', task: task.name, refusal: this.refusals.refusalOf(error) });
    await this.options.clock.sleep(AFTER_LEAVING_MS, until);
  }

  /** Null if there is no such job, or it cannot be drawn for here: then only after a while, so that others may take its tasks. */
  private async jobOf(id: string, until: AbortSignal): Promise<JobInHand | null> {
    const waitMs = this.refusals.waitOf(id);
    if (waitMs > 0) {
      await this.options.clock.sleep(waitMs, until);
      return null;
    }
    if (until.aborted) return null;
    return this.jobs.take(id, until).catch(() => null);
  }

  /** Returns the shards of a task that nobody here can draw. A job that has ended wants no word. */
  private async handBack(delivery: Delivery): Promise<void> {
    const { exchange } = this.options;
    const links = await exchange.open(delivery.task.job);
    if (links) {
      try {
        const { ledger, order } = links;
        await ledger.append(returnedRecord({ jobDigest: order.jobDigest, fingerprint: '' }, delivery.task));
      } finally {
        await links.close();
      }
    }
    await delivery.acknowledge();
  }

  /** What a model is like on this machine. */
  private async prepare({ job, spec, probeImages }: PrepareRequest, signal: AbortSignal): Promise<Prepared> {
    const { cache, device, pool, onEvent } = this.options;
    const model = await cache.model(spec.model);
    try {
      const data = await cache.dataSet(spec.data.digest);
      try {
        await data.value.ensure(probeImages);
        const { layout, output, batch, normalisation, sigma, seed } = spec;
        const prepared = await askChild(
          {
            // Of this child it is asked what batch the model can run; that it is this model is checked behind.
            ...{ modelFile: model.value, modelDigest: null, dataFile: data.value.file },
            ...{ dataDigest: spec.data.digest, dataChunks: data.value.chunks, device, layout, output, batch },
            ...{ normalisation, scale: sigma, seed, probeImages },
          },
          { signal, ...(pool.childModule ? { childModule: pool.childModule } : {}) },
        );
        if (prepared.modelDigest !== spec.model.digest)
          throw otherModel(prepared.modelDigest, spec.model.digest);
        onEvent({ kind: 'prepared', job, batch: prepared.batch });
        return prepared;
      } finally {
        await data.release();
      }
    } finally {
      await model.release();
    }
  }

  private async announce(presence: () => Presence, until: AbortSignal): Promise<void> {
    const { exchange, clock, presenceEveryMs } = this.options;
    while (!until.aborted) {
      exchange.announce(presence());
      await clock.sleep(presenceEveryMs, until);
    }
  }

  private presence(numericClass: string, draining: boolean): Presence {
    const { name: worker, device, pool } = this.options;
    return {
      ...{ worker, version: VERSION, device, numericClass, slots: pool.processes, tasks: this.tasks },
      ...{ samplesPerSecond: this.rate.perSecond, refusals: this.refusals.list, draining },
    };
  }
}

function otherModel(found: string, asked: string): SmoothcertError {
  return new SmoothcertError(
    'MODEL_DIGEST_MISMATCH',
    `The model file and its weights have digest ${found} together, and the job names ${asked}.`,
    'Name the digest that smoothcert artifacts put prints, or let smoothcert submit name it.',
  );
}
