import type { Presence, PrepareRequest, WorkerExchange } from '../../shared/ports/exchange.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { Refusal } from '../../shared/ports/job-store.js';
import type { Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { Device } from '../../shared/job.js';
import type { Prepared } from '../../shared/preparation.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';
import { NO_TRACER, startBelow, within, type Tracer } from '../../shared/telemetry/tracer.js';
import { VERSION } from '../../shared/version.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { PostponedTasks } from '../tasks/postponed-tasks.js';
import { TASKS_PER_PROCESS, TaskLoop } from '../tasks/task-loop.js';
import type { ClusterJob } from './cluster-job.js';
import { ClusterJobs } from './cluster-jobs.js';
import type { Machine } from './machine.js';
import { Rate } from './rate.js';
import { MAX_REFUSALS, Refusals } from './refusals.js';
import { countAnswered, showWork } from './worker-meter.js';

/** Postponed tasks beyond two for each process: together as many as a job may have unanswered where this is the only worker. */
const SPARE_POSTPONED = 16;

/** After the grace, what was drawn may be recorded for so long, if the exchange can be reached. */
const LAST_RECORDS_MS = 5_000;

/** A process that hangs was killed and replaced before it was silent for so much longer than it may be. */
const KILL_OVERDUE_MS = 10_000;

/** An event that an operator is told of. */
export type DaemonEvent =
  | { readonly kind: 'ready'; readonly numericClass: string; readonly processes: number }
  | { readonly kind: 'refused'; readonly job: string; readonly refusal: Refusal }
  | { readonly kind: 'prepared'; readonly job: string; readonly batch: number }
  | { readonly kind: 'postponed'; readonly job: string; readonly task: string; readonly refusal: Refusal }
  | { readonly kind: 'draining' }
  | { readonly kind: 'ended' };

export interface DaemonOptions {
  /** Unique in the cluster. */
  readonly name: string;
  readonly exchange: WorkerExchange;
  readonly machine: Machine;
  readonly device: Device;
  /** Jobs whose processes are kept at once. */
  readonly maxJobs: number;
  readonly presenceEveryMs: number;
  /**
   * From the signal until processes that are still in a batch are killed; their shards are drawn again elsewhere. What cannot be recorded
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
 * A worker of a cluster: the task loop for tasks of its numeric class, whatever their job, and beside it preparations and presence. It is
 * NOT aware of α, bounds, radii or stopping. A job that it cannot draw for is refused in its presence, and its tasks are handed back after
 * a while.
 */
export class Daemon {
  private readonly refusals: Refusals;
  private readonly jobs: ClusterJobs;
  private readonly loop: TaskLoop<ClusterJob>;
  private readonly rate: Rate;
  private readonly ending = new AbortController();
  private state: 'testing' | 'working' | 'draining' = 'testing';
  private announceNow: () => void = () => undefined;

  constructor(private readonly options: DaemonOptions) {
    const { clock, exchange, machine, maxJobs, onEvent, metrics } = options;
    this.refusals = new Refusals(options.name, () => clock.now());
    this.rate = new Rate(() => clock.now());
    const { refusals } = this;
    const onRefusal = (job: string, error: unknown) => {
      onEvent({ kind: 'refused', job, refusal: refusals.refusalOf(error) });
      // At once: before the next presence a further refusal may displace it.
      this.announceNow();
    };
    const onDrawn = (samples: number) => this.rate.add(samples);
    const maxDrawn = TASKS_PER_PROCESS * machine.processes;
    const jobs = {
      worker: options.name,
      exchange,
      machine,
      clock,
      maxJobs,
      maxTasks: maxDrawn,
      refusals,
      onRefusal,
      onDrawn,
    };
    this.jobs = new ClusterJobs(jobs);
    const onFault = ({ name: task, job }: Task, error: unknown) =>
      onEvent({ kind: 'postponed', job, task, refusal: refusals.refusalOf(error) });
    const maxTasks = maxDrawn + SPARE_POSTPONED;
    const onAnswered = (record: LedgerRecord) => countAnswered(metrics, record);
    this.loop = new TaskLoop({
      source: this.jobs,
      processes: machine.processes,
      postponed: new PostponedTasks({ exchange, clock, maxTasks, onFault, onAnswered }),
      onTaken: ({ redelivered }) => {
        if (redelivered) metrics.add('smoothcert_task_redeliveries_total', 1);
      },
      onAnswered,
      onDraining: () => this.ending.abort(),
      ...(options.tracer && { tracer: options.tracer }),
    });
    metrics.onScrape(() => this.showMetrics());
  }

  /** Null if it takes tasks; otherwise why not, in a sentence. */
  get unready(): string | null {
    if (this.state === 'working') return null;
    return this.state === 'testing' ? 'The device is being tested.' : 'It is ending.';
  }

  /** The ids of its inference processes. */
  get pids(): readonly number[] {
    return this.jobs.pools.flatMap(({ pids }) => pids);
  }

  /** Null if its processes are well; otherwise what is wrong, in a sentence. One that hangs is killed by its pool, and replaced. */
  get stuck(): string | null {
    const stuck = this.jobs.pools.some(({ overdueMs }) => overdueMs > KILL_OVERDUE_MS);
    return stuck ? 'An inference process gives no sign of life, and killing it does not help.' : null;
  }

  /**
   * Works until `signal` aborts, then hands back what is not drawn and resolves when all of it is recorded, or cannot be in time.
   * To be called once.
   * @throws SmoothcertError DEVICE_UNAVAILABLE if the device is not there, and what the exchange throws
   */
  async run(signal: AbortSignal): Promise<void> {
    const { device, exchange, machine, onEvent, metrics } = this.options;
    const tested = await machine.selfTest(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!tested || signal.aborted) return;
    const { numericClass } = tested;
    const queue = await exchange.tasks(numericClass);
    const onnxruntime = /(?:^|\/)ort-([^/]+)/.exec(numericClass)?.[1] ?? 'unknown';
    metrics.set('smoothcert_worker_info', 1, { device, numeric_class: numericClass, onnxruntime });
    this.state = 'working';
    onEvent({ kind: 'ready', numericClass, processes: machine.processes });
    try {
      await this.work(queue, numericClass, signal);
    } finally {
      await queue.close();
      onEvent({ kind: 'ended' });
    }
  }

  /** Draws, answers preparations and announces itself until `signal` aborts or one of the three fails, which ends the others. */
  private async work(queue: TaskQueue, numericClass: string, signal: AbortSignal): Promise<void> {
    const { device, exchange } = this.options;
    const { ending } = this;
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ending.signal]);
    const presence = () => this.presence(numericClass, until.aborted);
    this.announceNow = () => exchange.announce(presence());
    const drained = new Promise<void>((resolve, reject) => {
      const drain = () => void this.drain(presence, ended.signal).then(resolve, reject);
      until.addEventListener('abort', drain, { once: true });
    });
    const parts = [
      this.loop.run(queue, until),
      exchange.answerPreparations(device, (request, end) => this.prepare(request, end), until),
      this.announce(presence, until),
    ].map((part) => part.finally(() => ending.abort()));
    try {
      await Promise.race([Promise.all(parts), drained]);
    } finally {
      await Promise.race([Promise.allSettled(parts), drained]);
      ended.abort();
    }
  }

  /** Resolves once nothing more is waited for, or `ended` aborts. */
  private async drain(presence: () => Presence, ended: AbortSignal): Promise<void> {
    const { exchange, graceMs, clock, onEvent } = this.options;
    this.state = 'draining';
    onEvent({ kind: 'draining' });
    exchange.announce(presence());
    await clock.sleep(graceMs, ended);
    if (ended.aborted) return;
    this.jobs.kill();
    await clock.sleep(LAST_RECORDS_MS, ended);
  }

  private async prepare(request: PrepareRequest, signal: AbortSignal): Promise<Prepared> {
    const { machine, onEvent, tracer = NO_TRACER } = this.options;
    const attributes = { 'smoothcert.job': request.job };
    const span = startBelow(tracer, request.trace, 'smoothcert.worker.prepare', {
      kind: 'server',
      attributes,
    });
    const prepared = await within(span, () => machine.inspect(request, signal));
    onEvent({ kind: 'prepared', job: request.job, batch: prepared.batch });
    return prepared;
  }

  private async announce(presence: () => Presence, until: AbortSignal): Promise<void> {
    const { exchange, clock, presenceEveryMs } = this.options;
    while (!until.aborted) {
      exchange.announce(presence());
      await clock.sleep(presenceEveryMs, until);
    }
  }

  private showMetrics(): void {
    const ready = this.jobs.pools.reduce((sum, pool) => sum + pool.ready, 0);
    showWork(this.options.metrics, { ready, tasks: this.loop.tasks, refusals: this.refusals.list });
  }

  private presence(numericClass: string, draining: boolean): Presence {
    const { name: worker, device, machine } = this.options;
    return {
      worker,
      version: VERSION,
      device,
      numericClass,
      slots: machine.processes,
      tasks: this.loop.tasks,
      jobs: this.jobs.drawn,
      samplesPerSecond: this.rate.perSecond,
      refusals: this.troubles(),
      draining,
    };
  }

  /** Returns the jobs that are refused, and those whose votes cannot be stored: both get on only once somebody sees to it. */
  private troubles(): Presence['refusals'] {
    const { refusals } = this;
    const unstored = this.jobs.unstored.map(({ job, error }) => ({
      job,
      refusal: refusals.refusalOf(error),
    }));
    const full = new Set(unstored.map(({ job }) => job));
    return [...unstored, ...refusals.list.filter(({ job }) => !full.has(job))].slice(0, MAX_REFUSALS);
  }
}
