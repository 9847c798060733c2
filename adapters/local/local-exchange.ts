import { mkdir, rm } from 'node:fs/promises';
import type { Device } from '../../shared/job.js';
import type { Clock } from '../../shared/ports/clock.js';
import type {
  CoordinatorExchange,
  JobLinks,
  PrepareRequest,
  Presence,
  WorkerExchange,
  WorkerLinks,
} from '../../shared/ports/exchange.js';
import type { Prepared } from '../../shared/preparation.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { FileLedger } from './file-ledger.js';
import { storageError } from '../../shared/files.js';
import { ledgerFileOf } from './ledger-folder.js';
import { LocalPreparations } from './local-preparations.js';
import { MemoryQueue } from './memory-queue.js';
import { MemoryStop } from './memory-stop.js';

/** A worker that says nothing for so long is gone. */
const PRESENCE_MS = 15_000;

/** A job that coordinator, workers or both hold open: one ledger for all of them, because only one may write to its file. */
interface OpenJob {
  readonly order: WorkOrder;
  readonly ledger: FileLedger;
  readonly stop: MemoryStop;
  readonly ended: AbortController;
  holders: number;
}

/**
 * Coordinators and workers of one process: a queue a numeric class in memory, a ledger a job in a folder. What is in memory is lost
 * with the process, and is made anew from the ledgers.
 */
export class LocalExchange implements CoordinatorExchange, WorkerExchange {
  readonly connected = true;
  private readonly queues = new Map<string, MemoryQueue>();
  private readonly jobs = new Map<string, OpenJob>();
  private readonly workers = new Map<string, { readonly presence: Presence; readonly at: number }>();
  private readonly preparations = new LocalPreparations();
  private tail: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** @param folder of the ledgers, created if need be. @throws SmoothcertError FOLDER_UNUSABLE */
  static async open(folder: string, clock: Clock): Promise<LocalExchange> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw storageError(error, folder);
    });
    return new LocalExchange(folder, clock);
  }

  /** As either side opens it: by an order, as a coordinator; by a job's id, as a worker. */
  open(order: WorkOrder, ledgerBytes: number): Promise<JobLinks>;
  open(job: string): Promise<WorkerLinks | null>;
  open(what: WorkOrder | string): Promise<JobLinks | WorkerLinks | null> {
    return this.inTurn(async () => {
      if (typeof what === 'string') return this.forWorker(what);
      const job = this.jobs.get(what.job) ?? (await this.begin(what));
      const queue = this.queueOf(what.draw.numericClass);
      return { ledger: job.ledger, queue, stop: job.stop, close: this.holding(job) };
    });
  }

  async end({ job, draw }: WorkOrder): Promise<void> {
    await this.queueOf(draw.numericClass).purge(job);
    this.jobs.get(job)?.ended.abort();
  }

  removeLedger(job: string): Promise<void> {
    return this.inTurn(async () => {
      const file = this.fileOf(job);
      await rm(file, { force: true }).catch((error: unknown) => {
        throw storageError(error, file);
      });
    });
  }

  prepare(request: PrepareRequest, onWaiting: (why: string) => void, signal: AbortSignal): Promise<Prepared> {
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

  presences(): readonly Presence[] {
    const since = this.clock.now() - PRESENCE_MS;
    for (const [name, { at }] of this.workers) if (at < since) this.workers.delete(name);
    return [...this.workers.values()].map(({ presence }) => presence);
  }

  /** Workers read the artifacts where the coordinator keeps them. */
  artifactsUrl(): Promise<null> {
    return Promise.resolve(null);
  }

  /** Never called: a task in this process is answered, or lost with it. */
  onExhausted(): () => void {
    return () => undefined;
  }

  /** Never called: there is nobody to lose. */
  onConnected(): () => void {
    return () => undefined;
  }

  /** Ends all jobs for their workers; each closes its own links. */
  async close(): Promise<void> {
    await this.tail;
    for (const { ended } of this.jobs.values()) ended.abort();
  }

  private forWorker(id: string): WorkerLinks | null {
    const job = this.jobs.get(id);
    if (!job || job.ended.signal.aborted) return null;
    const { order, ledger, stop, ended } = job;
    return { order, ledger, stop, ended: ended.signal, close: this.holding(job) };
  }

  private async begin(order: WorkOrder): Promise<OpenJob> {
    const ledger = await FileLedger.open(this.fileOf(order.job), order.jobDigest);
    const job = { order, ledger, stop: new MemoryStop(), ended: new AbortController(), holders: 0 };
    this.jobs.set(order.job, job);
    return job;
  }

  /** Adds a holder; what is returned lets go, once. The last one closes the ledger. */
  private holding(job: OpenJob): () => Promise<void> {
    job.holders += 1;
    let held = true;
    return () =>
      this.inTurn(async () => {
        if (!held) return;
        held = false;
        job.holders -= 1;
        if (job.holders > 0) return;
        this.jobs.delete(job.order.job);
        await job.ledger.close();
      });
  }

  /** One at a time: a ledger is closed before it is opened again. */
  private inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.tail.then(action);
    this.tail = done.catch(() => undefined);
    return done;
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
