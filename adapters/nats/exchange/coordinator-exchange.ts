import type {
  CoordinatorExchange,
  HeardPresence,
  JobLinks,
  PrepareRequest,
} from '../../../shared/ports/exchange.js';
import { Listeners } from '../../../shared/listeners.js';
import type { Task } from '../../../shared/ports/task-queue.js';
import type { Prepared } from '../../../shared/preparation.js';
import type { Waiting } from '../../../shared/waiting.js';
import type { WorkOrder } from '../../../shared/work-order.js';
import { jobsBucket } from '../link/buckets.js';
import { ClassQueues } from '../tasks/class-queues.js';
import { ensureLedger, removeLedger } from '../ledger/ledger-stream.js';
import type { NatsLink } from '../link/nats-link.js';
import { MalformedMessages } from '../link/core-messages.js';
import { RecurringTrouble } from '../link/recurring.js';
import { WorkOrders } from './work-orders.js';
import { Preparations } from './preparations.js';
import { MOST_WORKERS, WorkerPresences } from './worker-presences.js';
import { NatsStopSignal } from './nats-stop-signal.js';
import { NatsTaskQueue } from '../tasks/nats-task-queue.js';
import { NatsVoteLedger } from '../ledger/nats-vote-ledger.js';

/** Times that the end of a job is announced to workers; one that was disconnected for longer finds that its order is gone. */
const END_ANNOUNCEMENTS = 10;

/** A stop signal that is kept open to repeat the end of its job, and the timer that closes it. */
interface EndAnnouncement {
  readonly stop: NatsStopSignal;
  readonly timer: NodeJS.Timeout;
}

/** The coordinator's side of its exchange with workers over NATS. `close` leaves `link` open: whoever opened it closes it. */
export class NatsCoordinatorExchange implements CoordinatorExchange {
  private readonly malformed: MalformedMessages;
  private readonly heard: WorkerPresences;
  private readonly preparations: Preparations;
  private readonly exhaustedListeners = new Listeners<[task: Task]>();
  private readonly endAnnouncements = new Map<string, EndAnnouncement>();

  private constructor(
    private readonly link: NatsLink,
    private readonly orders: WorkOrders,
  ) {
    this.malformed = new MalformedMessages(link.tellMalformed);
    const queues = new ClassQueues(link);
    this.heard = new WorkerPresences(link, this.malformed, MOST_WORKERS, (worker) => queues.ensure(worker));
    this.preparations = new Preparations(link, () => this.presences(), this.malformed);
  }

  /** @throws SmoothcertError NATS_UNSUITABLE, DISK_FULL, NATS_UNREACHABLE */
  static async open(link: NatsLink): Promise<NatsCoordinatorExchange> {
    return new NatsCoordinatorExchange(link, new WorkOrders(link, await jobsBucket(link)));
  }

  get connected(): boolean {
    return this.link.connected;
  }

  get hasQuorum(): boolean {
    return this.link.hasQuorum;
  }

  onConnected(listener: (connected: boolean) => void): () => void {
    return this.link.onConnected(listener);
  }

  /** Messages other than tasks that could not be read and were ignored. */
  get malformedCount(): number {
    return this.malformed.count;
  }

  async open(order: WorkOrder, ledgerBytes: number): Promise<JobLinks> {
    const { link } = this;
    const { job, jobDigest, draw } = order;
    this.stopAnnouncingEnd(job);
    await ensureLedger(link, { job, jobDigest }, ledgerBytes);
    await this.orders.put(order);
    const forged = new RecurringTrouble(link);
    const ledger = await NatsVoteLedger.open(link, {
      job,
      jobDigest,
      onMalformed: (sequence, { code, message }) => {
        this.malformed.add();
        if (code === 'NATS_FORBIDDEN') forged.met(`${message} It is ignored (record ${sequence}).`);
      },
    });
    const queue = await NatsTaskQueue.open(link, draw.numericClass);
    const stop = this.stopSignal(order);
    const unlisten = queue.onExhausted((task) => this.exhaustedListeners.tell(task));
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
    this.announceEnd(order);
  }

  removeLedger(job: string): Promise<void> {
    return removeLedger(this.link, job);
  }

  prepare(
    request: PrepareRequest,
    onWaiting: (why: Waiting) => void,
    signal: AbortSignal,
  ): Promise<Prepared> {
    return this.preparations.ask(request, onWaiting, signal);
  }

  presences(): readonly HeardPresence[] {
    return this.heard.list();
  }

  onExhausted(listener: (task: Task) => void): () => void {
    return this.exhaustedListeners.add(listener);
  }

  close(): Promise<void> {
    for (const job of [...this.endAnnouncements.keys()]) this.stopAnnouncingEnd(job);
    this.heard.close();
    return Promise.resolve();
  }

  private stopSignal({ job, imageLimit }: WorkOrder): NatsStopSignal {
    return new NatsStopSignal(this.link, { job, imageLimit, malformed: this.malformed });
  }

  private announceEnd(order: WorkOrder): void {
    const { job } = order;
    this.stopAnnouncingEnd(job);
    const stop = this.stopSignal(order);
    stop.announceEnded();
    const timer = setTimeout(
      () => this.stopAnnouncingEnd(job),
      END_ANNOUNCEMENTS * this.link.times.stopEveryMs,
    );
    this.endAnnouncements.set(job, { stop, timer: timer.unref() });
  }

  /** Stops repeating that the job has ended; called when the job is begun again, too. */
  private stopAnnouncingEnd(job: string): void {
    const announcement = this.endAnnouncements.get(job);
    if (!announcement) return;
    this.endAnnouncements.delete(job);
    clearTimeout(announcement.timer);
    void announcement.stop.close();
  }
}
