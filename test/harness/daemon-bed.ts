import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { LocalExchange } from '../../adapters/local/local-exchange.js';
import { canonicalJson, jobDigest } from '../../shared/job.js';
import type { JobLinks, Presence, WorkerExchange, WorkerLinks } from '../../shared/ports/exchange.js';
import type { ArtifactSource } from '../../worker/cluster/artifacts/source.js';
import { folderSource } from '../../worker/cluster/artifacts/source.js';
import { NO_METRICS } from '../../shared/telemetry/metrics.js';
import type { Shard } from '../../shared/shards.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { ArtifactCache } from '../../worker/cluster/artifacts/cache.js';
import { InferenceMachine } from '../../worker/cluster/inference-machine.js';
import { Daemon, type DaemonEvent, type DaemonOptions } from '../../worker/cluster/daemon.js';
import { CHILD_MODULE, project, type LocalJob } from './local-job.js';
import { store } from '../support/service-bed.js';
import { ManualClock } from '../support/vote-drawer.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { never } from '../support/never.js';

export const PRESENCE_EVERY_MS = 5_000;
export const GRACE_MS = 20_000;
export const DIGITS_MODEL = project('examples/digits/digits.onnx');
const LEDGER_BYTES = 2 ** 30;

/** Appends one record in place of a worker's ledger. */
export type Append = (
  record: LedgerRecord,
  real: WorkerLinks['ledger'],
) => Promise<'recorded' | 'already recorded'>;

/** The exchange as a worker meets it, with faults. */
export function faulty(
  real: LocalExchange,
  faults: { readonly append?: Append; readonly open?: (job: string) => Promise<void> },
): WorkerExchange {
  const append: Append = faults.append ?? ((record, ledger) => ledger.append(record));
  return {
    connected: true,
    hasQuorum: true,
    onConnected: () => real.onConnected(),
    tasks: (numericClass) => real.tasks(numericClass),
    open: async (job) => {
      await faults.open?.(job);
      const links = await real.open(job);
      return links && { ...links, ledger: { append: (record) => append(record, links.ledger) } };
    },
    answerPreparations: (...given) => real.answerPreparations(...given),
    announce: (presence) => real.announce(presence),
    artifactsUrl: () => real.artifactsUrl(),
    close: () => real.close(),
  };
}

/** A daemon that runs, and what it has said. */
export class RunningDaemon {
  readonly events: DaemonEvent[] = [];
  readonly ended: Promise<void>;
  private readonly controller = new AbortController();
  private readonly waiting = new Set<() => void>();

  constructor(options: Omit<DaemonOptions, 'onEvent'>) {
    const onEvent = (event: DaemonEvent) => {
      this.events.push(event);
      for (const look of [...this.waiting]) look();
    };
    this.ended = new Daemon({ ...options, onEvent }).run(this.controller.signal);
    this.ended.catch(() => undefined);
  }

  count(kind: DaemonEvent['kind']): number {
    return this.events.filter((event) => event.kind === kind).length;
  }

  /** Resolves once it has said this so often. */
  says(kind: DaemonEvent['kind'], times = 1): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.count(kind) < times) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
      this.ended.catch(reject);
    });
  }

  abort(): void {
    this.controller.abort();
  }

  /** As SIGTERM does. */
  async stop(): Promise<void> {
    this.abort();
    await this.ended;
  }
}

/** A job whose tasks a test publishes by hand. */
export class HandMadeJob {
  private tasks = 0;
  constructor(
    readonly order: WorkOrder,
    readonly links: JobLinks,
  ) {}

  /** Publishes a task of these shards; its name. */
  async publish(...shards: readonly Shard[]): Promise<string> {
    const name = `${this.order.job}.${++this.tasks}`;
    await this.links.queue.publish({ name, job: this.order.job, shards });
    return name;
  }

  /** The first `count` records, as soon as they are there. */
  async records(count: number): Promise<LedgerRecord[]> {
    const found: LedgerRecord[] = [];
    const enough = new AbortController();
    if (count === 0) return found;
    for await (const { record } of this.links.ledger.read(0, enough.signal)) {
      if (found.push(record) === count) break;
    }
    return found;
  }

  /** Returns the record of a task, as soon as there is one. */
  async recordOf(task: string): Promise<LedgerRecord> {
    for await (const { record } of this.links.ledger.read(0, never)) {
      if (record.task === task) return record;
    }
    throw new Error('the ledger ended');
  }
}

/** Real local adapters in a folder, the digits' model and images in its store, and daemons with real children. */
export class DaemonBed implements AsyncDisposable {
  private readonly daemons: RunningDaemon[] = [];
  private readonly jobs: HandMadeJob[] = [];
  private caches = 0;

  private constructor(
    readonly local: LocalJob,
    readonly folder: TemporaryFolder,
    readonly clock: ManualClock,
    readonly exchange: LocalExchange,
    readonly artifacts: ArtifactFolder,
    readonly source: ArtifactSource,
  ) {}

  /** @param local of the digits' model */
  static async open(local: LocalJob): Promise<DaemonBed> {
    const folder = new TemporaryFolder();
    const artifacts = await ArtifactFolder.open(folder.file('artifacts'));
    const clock = new ManualClock();
    const exchange = await LocalExchange.open(folder.file('ledgers'), clock);
    const bed = new DaemonBed(local, folder, clock, exchange, artifacts, folderSource(artifacts));
    await store(artifacts, await readFile(DIGITS_MODEL), 'file');
    await store(artifacts, await readFile(local.setup.dataFile), 'data-set');
    return bed;
  }

  order(job: string, more: Partial<WorkOrder> = {}): WorkOrder {
    const { draw, claim } = this.local.job;
    const { modelDigest: digest } = draw;
    return {
      job,
      jobDigest: jobDigest(this.local.job),
      draw,
      device: 'cpu',
      imageLimit: 1_000,
      claim: canonicalJson(claim),
      model: { digest, fileDigest: digest, weights: [], uri: null },
      probeImages: this.local.setup.probeImages,
      fingerprint: this.local.fingerprint,
      ...more,
    };
  }

  async begin(job: string, more: Partial<WorkOrder> = {}): Promise<HandMadeJob> {
    const order = this.order(job, more);
    const made = new HandMadeJob(order, await this.exchange.open(order, LEDGER_BYTES));
    this.jobs.push(made);
    return made;
  }

  /** Starts a daemon; it is not ready yet. */
  async start(more: Partial<DaemonOptions> = {}): Promise<RunningDaemon> {
    const cache = await ArtifactCache.open(this.folder.file(`cache-${++this.caches}`), 2 ** 30, this.source);
    const onDeath = () => undefined;
    const pool = { processes: 1, hangMs: 60_000, auditShare: 1 / 256, onDeath, childModule: CHILD_MODULE };
    const daemon = new RunningDaemon({
      name: 'w',
      exchange: this.exchange,
      machine: new InferenceMachine({ device: more.device ?? 'cpu', cache, pool }),
      device: 'cpu',
      maxJobs: 2,
      clock: this.clock,
      presenceEveryMs: PRESENCE_EVERY_MS,
      graceMs: GRACE_MS,
      metrics: NO_METRICS,
      ...more,
    });
    this.daemons.push(daemon);
    return daemon;
  }

  async ready(more: Partial<DaemonOptions> = {}): Promise<RunningDaemon> {
    const daemon = await this.start(more);
    await daemon.says('ready');
    return daemon;
  }

  /** Lets time pass for those who sleep by now, and lets them act. */
  async pass(ms: number): Promise<void> {
    await setImmediate();
    await this.clock.advance(ms);
    await setImmediate();
  }

  /** Lets time pass until the promise is settled. */
  async passUntil<T>(promise: Promise<T>): Promise<T> {
    const settled = new AbortController();
    const done = promise.finally(() => settled.abort());
    done.catch(() => undefined);
    while (!settled.signal.aborted) await this.pass(1_000);
    return done;
  }

  /** Returns the worker's current presence. */
  async presence(): Promise<Presence> {
    await this.pass(PRESENCE_EVERY_MS);
    return this.exchange.presences()[0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.daemons) daemon.abort();
    await Promise.allSettled(this.daemons.map(({ ended }) => ended));
    await Promise.all(this.jobs.map(({ links }) => links.close()));
    await this.exchange.close();
    this.folder[Symbol.dispose]();
  }
}
