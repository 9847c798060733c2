import { createHash, randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { JobManager, type JobManagerOptions } from '../../coordinator/jobs/job-manager.js';
import { DEFAULT_LIMITS, type ServiceLimits } from '../../coordinator/jobs/limits.js';
import type { CertificationService } from '../../coordinator/jobs/certification-service.js';
import { jsonLines, tsvLines } from '../../coordinator/results/result-lines.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { JobFolder } from '../../adapters/local/job-folder.js';
import { LocalExchange } from '../../adapters/local/local-exchange.js';
import { encodeHeader, type DataSetHeader } from '../../shared/dataset/canonical.js';
import { DataDigest } from '../../shared/dataset/data-digest.js';
import type { Job } from '../../shared/job.js';
import type { JobSpec } from '../../shared/job-spec.js';
import type { JobView } from '../../api/job-view.js';
import type { ArtifactKind, ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { CoordinatorExchange, WorkerExchange } from '../../shared/ports/exchange.js';
import type { JobEnding, JobStore } from '../../shared/ports/job-store.js';
import type { Lease } from '../../shared/ports/lease.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { EventName } from '../../shared/telemetry/events.js';
import type { Log, LogFields } from '../../shared/telemetry/log.js';
import type { Prepared } from '../../shared/preparation.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { Shard } from '../../shared/shards.js';
import { NO_METRICS } from '../../shared/telemetry/metrics.js';
import { FINGERPRINT, allShards, counted, makeRecord, voterOf, type Voter } from './jobs.js';
import { ManualClock } from './vote-drawer.js';
import { TemporaryFolder } from './temporary-folder.js';

export const MODEL = Buffer.from('a model');
export const NUMERIC_CLASS = 'test';

/** Some images are easy, some hopeless. */
export const VOTER = voterOf(11, (image) => [1, 0.97, 0.55, 0.9, 0.2, 0.999][image % 6]!);

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** A canonical data set of images of four pixels, labelled image mod 10. */
export function dataSet(header: Partial<DataSetHeader> & { count?: number } = {}): Buffer {
  const { count = 6, start = 0, step = 1, labelled = true } = header;
  const head = encodeHeader({ dtype: 'uint8', shape: [count, 4], labelled, start, step });
  const labels = Buffer.from(Int32Array.from({ length: count }, (_, i) => (start + i * step) % 10).buffer);
  return Buffer.concat([head, Buffer.alloc(4 * count), ...(labelled ? [labels] : [])]);
}

/** Returns the results that `certify` would write for these votes: every shard folded in order. */
export function expectedResults(
  job: Job,
  labelled = true,
  voter: Voter = VOTER,
): { jsonl: string; tsv: string } {
  const fold = new JobFold(job);
  for (const shard of allShards(fold)) fold.apply(makeRecord(job, { counted: [counted(voter, shard)] }));
  const labelOf = (image: number) => (labelled ? image % 10 : null);
  return { jsonl: [...jsonLines(fold, labelOf)].join(''), tsv: [...tsvLines(fold, labelOf)].join('') };
}

export async function store(
  artifacts: ArtifactStore,
  bytes: Uint8Array,
  kind: ArtifactKind,
): Promise<string> {
  const digest = kind === 'file' ? sha256(bytes) : new DataDigest().update(bytes).finish().digest;
  async function* pieces() {
    yield await Promise.resolve(bytes);
  }
  await artifacts.put({ digest, kind, bytes: bytes.length }, 0, pieces());
  return digest;
}

export async function textOf(artifacts: ArtifactStore, digest: string): Promise<string> {
  const { bytes } = (await artifacts.find(digest))!;
  const pieces: Uint8Array[] = [];
  for await (const piece of artifacts.read(digest, 0, bytes)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

export const prepared = (more: Partial<Prepared> = {}): Prepared => ({
  modelDigest: sha256(MODEL),
  layout: 'flat',
  output: 'scores',
  classes: 10,
  batch: 32,
  batchNote: null,
  roundingNote: null,
  numericClass: NUMERIC_CLASS,
  fingerprint: FINGERPRINT,
  steady: true,
  batchMs: 1,
  generator: { name: 'test', version: 1 },
  lattice: { step: '1/255', ratio: '127.5', largest: 1177, dimension: 4 },
  ...more,
});

export interface WorkerOptions {
  readonly exchange: WorkerExchange;
  /** `w` unless given. */
  readonly name?: string;
  readonly voter?: Voter;
  readonly prepare?: () => Promise<Prepared> | Prepared;
  /** Is told of a task; false loses it, as a worker does that dies. */
  readonly onTask?: (task: Task) => Promise<boolean> | boolean;
  /** Changes a record before it is written. */
  readonly change?: (record: LedgerRecord) => LedgerRecord;
  readonly slots?: number;
}

/** A worker that has a voter where a model should be: prepares, draws and records, and is NOT aware of claims. */
export class VoteWorker {
  private readonly controller = new AbortController();
  private readonly parts: Promise<void>[];

  constructor(private readonly options: WorkerOptions) {
    const { exchange, prepare = () => prepared(), slots = 2 } = options;
    this.announce();
    const { signal } = this.controller;
    const answer = async () => prepare();
    this.parts = [
      exchange.answerPreparations('cpu', answer, signal),
      ...Array.from({ length: slots }, () => this.draw(signal)),
    ];
  }

  announce(): void {
    const { exchange, name = 'w', slots = 2 } = this.options;
    exchange.announce({
      worker: name,
      version: '0',
      device: 'cpu',
      numericClass: NUMERIC_CLASS,
      slots,
      tasks: 0,
      jobs: [],
      samplesPerSecond: 0,
      refusals: [],
      draining: false,
    });
  }

  async stop(): Promise<void> {
    this.controller.abort();
    await Promise.all(this.parts);
  }

  private async draw(signal: AbortSignal): Promise<void> {
    const queue = await this.options.exchange.tasks(NUMERIC_CLASS);
    for (;;) {
      const delivery = await queue.next(signal);
      if (!delivery) return;
      await setImmediate();
      if (await (this.options.onTask?.(delivery.task) ?? true)) await this.answer(delivery.task);
      await delivery.acknowledge();
    }
  }

  private async answer({ name, job, shards, insist, notBy = [] }: Task): Promise<void> {
    const links = await this.options.exchange.open(job);
    if (!links) return;
    const { name: worker = 'w', voter = VOTER, change = (record: LedgerRecord) => record } = this.options;
    const { order, stop, ledger } = links;
    const mine = notBy.includes(worker) ? [] : shards;
    const isDecided = ({ image }: Shard) => insist !== true && stop.isDecided(image);
    const record: LedgerRecord = {
      jobDigest: order.jobDigest,
      fingerprint: FINGERPRINT,
      task: name,
      counted: mine.filter((shard) => !isDecided(shard)).map((shard) => counted(voter, shard)),
      dropped: mine.filter(isDecided),
      failed: [],
      returned: shards.filter((shard) => !mine.includes(shard)),
      failedImages: [],
      cancelled: false,
      worker,
    };
    await ledger.append(change(record));
    await links.close();
  }
}

/** A lease that a test gives and takes. */
export class ManualLease implements Lease {
  trouble: string | null = null;
  lost = AbortSignal.abort();
  released = 0;
  private controller = new AbortController();
  private waiter: (() => void) | null = null;
  private given = false;

  get held(): boolean {
    return this.given && !this.lost.aborted;
  }

  async acquire(signal: AbortSignal, onWaiting?: () => void): Promise<void> {
    signal.throwIfAborted();
    if (!this.given) {
      onWaiting?.();
      await new Promise<void>((resolve, reject) => {
        this.waiter = resolve;
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    }
    this.controller = new AbortController();
    this.lost = this.controller.signal;
  }

  give(): void {
    this.given = true;
    this.waiter?.();
  }

  take(): void {
    this.given = false;
    this.controller.abort();
  }

  release(): Promise<void> {
    this.released += 1;
    this.take();
    return Promise.resolve();
  }
}

type Ports = { jobs: JobStore; exchange: CoordinatorExchange; artifacts: ArtifactStore };

/** An event that a manager said. */
export interface SaidEvent extends LogFields {
  readonly event: EventName;
  readonly message: string;
}

/** Real local stores in a folder, and managers on them. */
export class ServiceBed {
  readonly events: SaidEvent[] = [];
  time = 1_000_000;
  readonly log: Log = (event, message, fields) => void this.events.push({ event, message, ...fields });
  private readonly running: { end: AbortController; done: Promise<void> }[] = [];
  private readonly workers: VoteWorker[] = [];

  private constructor(
    readonly folder: TemporaryFolder,
    readonly clock: ManualClock,
    readonly jobs: JobFolder,
    readonly exchange: LocalExchange,
    readonly artifacts: ArtifactFolder,
    readonly dataDigest: string,
    readonly modelDigest: string,
  ) {}

  static async open(): Promise<ServiceBed> {
    const folder = new TemporaryFolder();
    const clock = new ManualClock();
    const jobs = await JobFolder.open(folder.file('jobs'), (_, error) => {
      throw error;
    });
    const exchange = await LocalExchange.open(folder.file('ledgers'), clock);
    const artifacts = await ArtifactFolder.open(folder.file('artifacts'));
    const data = await store(artifacts, dataSet(), 'data-set');
    const model = await store(artifacts, MODEL, 'file');
    return new ServiceBed(folder, clock, jobs, exchange, artifacts, data, model);
  }

  /** By default it is never in a hurry to stop. */
  spec(more: Partial<JobSpec> = {}): JobSpec {
    const { modelDigest: digest } = this;
    return {
      model: { digest, fileDigest: digest, weights: [], uri: null },
      data: { digest: this.dataDigest, uri: null },
      images: null,
      noise: 'gaussian',
      sigma: 0.5,
      seed: '1',
      normalisation: { inputScale: 1, mean: [0], std: [1] },
      layout: 'auto',
      output: null,
      batch: null,
      device: 'cpu',
      alpha: 0.001,
      bound: 'anytime',
      stop: { kind: 'gain', minGain: 0.02 },
      maxSamples: 1024,
      runnerUp: false,
      simultaneous: false,
      ...more,
    };
  }

  manager(
    more: Partial<Omit<JobManagerOptions, 'limits'>> & { limits?: Partial<ServiceLimits> } = {},
  ): JobManager {
    const { limits, ...others } = more;
    const manager = new JobManager({
      jobs: this.jobs,
      exchange: this.exchange,
      artifacts: this.artifacts,
      clock: this.clock,
      lease: null,
      fetcher: null,
      now: () => this.time++,
      randomBytes,
      log: this.log,
      metrics: NO_METRICS,
      ...others,
      limits: { ...DEFAULT_LIMITS, taskMicros: 2_000, ...limits },
    });
    const end = new AbortController();
    this.running.push({ end, done: manager.run(end.signal) });
    return manager;
  }

  /** A manager that serves already. */
  async serving(more: Parameters<ServiceBed['manager']>[0] = {}): Promise<JobManager> {
    const manager = this.manager(more);
    await happens(() => manager.serving);
    return manager;
  }

  worker(more: Partial<WorkerOptions> = {}): VoteWorker {
    const worker = new VoteWorker({ exchange: this.exchange, ...more });
    this.workers.push(worker);
    return worker;
  }

  /** Ends the managers and keeps the stores. */
  async stop(): Promise<void> {
    for (const { end } of this.running) end.abort();
    await Promise.all(this.running.splice(0).map(({ done }) => done));
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await this.exchange.close();
    await this.jobs.close();
    this.folder[Symbol.dispose]();
  }

  ports(): Ports {
    return { jobs: this.jobs, exchange: this.exchange, artifacts: this.artifacts };
  }

  async ending(id: string): Promise<JobEnding> {
    await happens(async () => (await this.jobs.get(id))?.entry.ending != null);
    return (await this.jobs.get(id))!.entry.ending!;
  }

  /** Returns the results that a job must have. */
  async expected(id: string): Promise<{ jsonl: string; tsv: string }> {
    return expectedResults((await this.jobs.get(id))!.entry.job!);
  }

  /** The results of a job that has ended, as text. */
  async results(id: string): Promise<{ jsonl: string; tsv: string }> {
    const { results } = await this.ending(id);
    return {
      jsonl: await textOf(this.artifacts, results!.jsonl),
      tsv: await textOf(this.artifacts, results!.tsv),
    };
  }
}

/** Resolves once a condition holds: after whatever is going on, not after a time. */
export async function happens(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setImmediate();
}

export async function endOf(service: CertificationService, id: string): Promise<JobView> {
  await happens(async () => (await service.getJob(id)).endMs !== null);
  return service.getJob(id);
}
