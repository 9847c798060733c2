import type {
  CoordinatorExchange,
  JobLinks,
  PrepareRequest,
  Presence,
} from '../../../shared/ports/exchange.js';
import type { Task } from '../../../shared/ports/task-queue.js';
import type { Prepared } from '../../../shared/preparation.js';
import type { WorkOrder } from '../../../shared/work-order.js';
import { jobsBucket } from '../link/buckets.js';
import { ClassQueues } from '../tasks/class-queues.js';
import { ensureLedger, removeLedger } from '../ledger/ledger-stream.js';
import type { NatsLink } from '../link/nats-link.js';
import { MalformedMessages } from '../link/core-messages.js';
import { WorkOrders } from './work-orders.js';
import { Preparations } from './preparations.js';
import { MOST_WORKERS, Presences } from './worker-presences.js';
import { NatsStopSignal } from './nats-stop-signal.js';
import { NatsTaskQueue } from '../tasks/nats-task-queue.js';
import { NatsVoteLedger } from '../ledger/nats-vote-ledger.js';

/** For so many repetitions workers are told that a job has ended; one that was away for longer finds that its order is gone. */
const FAREWELLS = 10;

interface Farewell {
  readonly stop: NatsStopSignal;
  readonly timer: NodeJS.Timeout;
}

/** Where a coordinator meets workers in NATS. The link is its opener's: `close` leaves it open. */
export class NatsCoordinatorExchange implements CoordinatorExchange {
  private readonly malformed: MalformedMessages;
  private readonly heard: Presences;
  private readonly preparations: Preparations;
  private readonly exhaustedListeners = new Set<(task: Task) => void>();
  private readonly farewells = new Map<string, Farewell>();

  private constructor(
    private readonly link: NatsLink,
    private readonly orders: WorkOrders,
  ) {
    this.malformed = new MalformedMessages(link.tellMalformed);
    const queues = new ClassQueues(link);
    this.heard = new Presences(link, this.malformed, MOST_WORKERS, (worker) => queues.ensure(worker));
    this.preparations = new Preparations(link, () => this.presences(), this.malformed);
  }

  /** @throws SmoothcertError NATS_UNSUITABLE, DISK_FULL, NATS_UNREACHABLE */
  static async open(link: NatsLink): Promise<NatsCoordinatorExchange> {
    return new NatsCoordinatorExchange(link, new WorkOrders(link, await jobsBucket(link)));
  }

  get connected(): boolean {
    return this.link.connected;
  }

  onConnected(listener: (connected: boolean) => void): () => void {
    return this.link.onConnected(listener);
  }

  /** Messages beside tasks that could not be read; they were ignored. */
  get malformedCount(): number {
    return this.malformed.count;
  }

  async open(order: WorkOrder, ledgerBytes: number): Promise<JobLinks> {
    const { link } = this;
    const { job, jobDigest, draw } = order;
    this.forgetFarewell(job);
    await ensureLedger(link, { job, jobDigest }, ledgerBytes);
    await this.orders.put(order);
    const ledger = await NatsVoteLedger.open(link, {
      job,
      jobDigest,
      onMalformed: () => this.malformed.add(),
    });
    const queue = await NatsTaskQueue.open(link, draw.numericClass);
    const stop = this.stopSignal(order);
    const unlisten = queue.onExhausted((task) => this.tellExhausted(task));
    const close = async () => {
      unlisten();
      await Promise.all([ledger.close(), queue.close(), stop.close()]);
    };
    return { ledger, queue, stop, close };
  }

  async end(order: WorkOrder): Promise<void> {
    const queue = await NatsTaskQueue.open(this.link, order.draw.numericClass);
    await queue.purge(order.job).finally(() => queue.close());
    await this.orders.remove(order.job);
    this.sayFarewell(order);
  }

  removeLedger(job: string): Promise<void> {
    return removeLedger(this.link, job);
  }

  prepare(request: PrepareRequest, onWaiting: (why: string) => void, signal: AbortSignal): Promise<Prepared> {
    return this.preparations.ask(request, onWaiting, signal);
  }

  presences(): readonly Presence[] {
    return this.heard.list();
  }

  onExhausted(listener: (task: Task) => void): () => void {
    this.exhaustedListeners.add(listener);
    return () => void this.exhaustedListeners.delete(listener);
  }

  close(): Promise<void> {
    for (const job of [...this.farewells.keys()]) this.forgetFarewell(job);
    this.heard.close();
    return Promise.resolve();
  }

  private stopSignal({ job, imageLimit }: WorkOrder): NatsStopSignal {
    return new NatsStopSignal(this.link, { job, imageLimit, malformed: this.malformed });
  }

  private tellExhausted(task: Task): void {
    for (const listener of [...this.exhaustedListeners]) listener(task);
  }

  private sayFarewell(order: WorkOrder): void {
    const { job } = order;
    this.forgetFarewell(job);
    const stop = this.stopSignal(order);
    stop.announceEnded();
    const timer = setTimeout(() => this.forgetFarewell(job), FAREWELLS * this.link.times.stopEveryMs);
    this.farewells.set(job, { stop, timer: timer.unref() });
  }

  /** A job that is begun again has not ended. */
  private forgetFarewell(job: string): void {
    const farewell = this.farewells.get(job);
    if (!farewell) return;
    this.farewells.delete(job);
    clearTimeout(farewell.timer);
    void farewell.stop.close();
  }
}
