import { mkdir, rm } from 'node:fs/promises';
import type { Device } from '../../shared/job.js';
import type { Clock } from '../../shared/ports/clock.js';
import type {
  CoordinatorExchange,
  HeardPresence,
  JobLinks,
  PrepareRequest,
  Presence,
  WorkerExchange,
  WorkerLinks,
} from '../../shared/ports/exchange.js';
import type { Prepared } from '../../shared/preparation.js';
import type { Waiting } from '../../shared/waiting.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { SerialQueue } from './serial-queue.js';
import { FileLedger } from './file-ledger.js';
import { storeError } from '../../shared/files.js';
import { ledgerFileOf } from './ledger-folder.js';
import { LocalPreparations } from './local-preparations.js';
import { MemoryQueue } from './memory-queue.js';
import { MemoryStop } from './memory-stop.js';

/** Milliseconds without an announcement after which a worker counts as gone. */
const PRESENCE_MS = 15_000;

/** A job that coordinator, workers or both have open. They share one ledger, because only one may write to its file. */
interface OpenJob {
  readonly order: WorkOrder;
  readonly ledger: FileLedger;
  readonly stop: MemoryStop;
  readonly ended: AbortController;
  /** Links of the job that are not closed. */
  openLinks: number;
}

/**
 * The exchange between coordinator and workers of one process: a queue in memory for each numeric class, a ledger in a folder for each job.
 * Queues are lost with the process; the next one fills them from the ledgers.
 */
export class LocalExchange implements CoordinatorExchange, WorkerExchange {
  readonly connected = true;
  readonly hasQuorum = true;
  private readonly queues = new Map<string, MemoryQueue>();
  private readonly jobs = new Map<string, OpenJob>();
  private readonly workers = new Map<string, { readonly presence: Presence; readonly at: number }>();
  private readonly preparations = new LocalPreparations();
  /** A ledger is closed before it is opened again. */
  private readonly operations = new SerialQueue();

  private constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** @param folder of the ledgers, created if it is not there. @throws SmoothcertError FOLDER_UNUSABLE */
  static async open(folder: string, clock: Clock): Promise<LocalExchange> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw storeError(error, folder);
    });
    return new LocalExchange(folder, clock);
  }

  /** Opens a job: for a coordinator by its work order, for a worker by its id. */
  open(order: WorkOrder, ledgerBytes: number): Promise<JobLinks>;
  open(job: string): Promise<WorkerLinks | null>;
  open(what: WorkOrder | string): Promise<JobLinks | WorkerLinks | null> {
    return this.operations.run(async () => {
      if (typeof what === 'string') return this.forWorker(what);
      const job = this.jobs.get(what.job) ?? (await this.begin(what));
      const queue = this.queueOf(what.draw.numericClass);
      return { ledger: job.ledger, queue, stop: job.stop, close: this.closerOf(job) };
    });
  }

  async end({ job, draw }: WorkOrder): Promise<void> {
    await this.queueOf(draw.numericClass).purge(job);
    this.jobs.get(job)?.ended.abort();
  }

  removeLedger(job: string): Promise<void> {
    return this.operations.run(async () => {
      const file = this.fileOf(job);
      await rm(file, { force: true }).catch((error: unknown) => {
        throw storeError(error, file);
      });
    });
  }

  prepare(
    request: PrepareRequest,
    onWaiting: (why: Waiting) => void,
    signal: AbortSignal,
  ): Promise<Prepared> {
    return this.preparations.ask(request, onWaiting, signal);
  }

  answerPreparations(
    device: Device,
    answer: (request: PrepareRequest, signal: AbortSignal) => Promise<Prepared>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.preparations.answer(device, answer, signal);
  }

  tasks(numericClass: string): Promise<MemoryQueue> {
    return Promise.resolve(this.queueOf(numericClass));
  }

  announce(presence: Presence): void {
    this.workers.set(presence.worker, { presence, at: this.clock.now() });
  }

  presences(): readonly HeardPresence[] {
    const now = this.clock.now();
    for (const [name, { at }] of this.workers) if (at < now - PRESENCE_MS) this.workers.delete(name);
    return [...this.workers.values()].map(({ presence, at }) => ({ ...presence, silentMs: now - at }));
  }

  /** Resolves with null: workers read the artifacts in the coordinator's own store. */
  artifactsUrl(): Promise<null> {
    return Promise.resolve(null);
  }

  /** Never calls its listener: deliveries in this process have no limit. */
  onExhausted(): () => void {
    return () => undefined;
  }

  /** Never calls its listener: within one process nothing disconnects. */
  onConnected(): () => void {
    return () => undefined;
  }

  /** Ends all jobs for their workers, which close their own links. */
  async close(): Promise<void> {
    await this.operations.idle();
    for (const { ended } of this.jobs.values()) ended.abort();
  }

  private forWorker(id: string): WorkerLinks | null {
    const job = this.jobs.get(id);
    if (!job || job.ended.signal.aborted) return null;
    const { order, ledger, stop, ended } = job;
    return { order, ledger, stop, ended: ended.signal, close: this.closerOf(job) };
  }

  private async begin(order: WorkOrder): Promise<OpenJob> {
    const ledger = await FileLedger.open(this.fileOf(order.job), order.jobDigest, storeError);
    const job = { order, ledger, stop: new MemoryStop(), ended: new AbortController(), openLinks: 0 };
    this.jobs.set(order.job, job);
    return job;
  }

  /** Counts one more link. The returned function closes it once; the last one closes the ledger. */
  private closerOf(job: OpenJob): () => Promise<void> {
    job.openLinks += 1;
    let isOpen = true;
    return () =>
      this.operations.run(async () => {
        if (!isOpen) return;
        isOpen = false;
        job.openLinks -= 1;
        if (job.openLinks > 0) return;
        this.jobs.delete(job.order.job);
        await job.ledger.close();
      });
  }

  private queueOf(numericClass: string): MemoryQueue {
    const queue = this.queues.get(numericClass) ?? new MemoryQueue();
    this.queues.set(numericClass, queue);
    return queue;
  }

  private fileOf(job: string): string {
    return ledgerFileOf(this.folder, job);
  }
}
