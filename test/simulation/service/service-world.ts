import { JobManager } from '../../../coordinator/jobs/job-manager.js';
import { jobIdOf } from '../../../coordinator/jobs/new-job-id.js';
import { DEFAULT_LIMITS, type ServiceLimits } from '../../../coordinator/jobs/limits.js';
import type { PrepareRequest } from '../../../shared/ports/exchange.js';
import type { JobEntry } from '../../../shared/ports/job-store.js';
import type { Task } from '../../../shared/ports/task-queue.js';
import type { Prepared } from '../../../shared/preparation.js';
import { NO_METRICS } from '../../../shared/telemetry/metrics.js';
import type { WorkOrder } from '../../../shared/work-order.js';
import { FINGERPRINT } from '../../support/jobs.js';
import { Checker } from '../checker.js';
import { InjectedFault, type Faults } from '../faults.js';
import { Network } from '../network.js';
import { Outcomes } from '../outcomes.js';
import type { Random } from '../random.js';
import { Life, Scheduler } from '../scheduler.js';
import { LONGEST_DRAIN_MS, WorkerEvents, simulatedDaemon } from '../simulated-daemon.js';
import { ExchangeStore, SimulatedWorkerExchange } from '../simulated-exchange.js';
import { LedgerStore } from '../simulated-ledger.js';
import type { SimulatedPool } from '../simulated-pool.js';
import { QueueStore, type QueueWatcher } from '../simulated-queue.js';
import { SimulatedClock } from '../simulated-stop.js';
import { ServiceChecker, type JobAccount } from './service-checker.js';
import { DATA_DIGEST, MODEL_DIGEST, NUMERIC_CLASS, PREPARED, type ServiceJob } from './service-jobs.js';
import { ArtifactState, SimulatedArtifacts, SimulatedDataSets } from './simulated-artifacts.js';
import { SimulatedCoordinatorExchange, type ServiceStores } from './simulated-coordinator-exchange.js';
import { JobStoreState, SimulatedJobStore } from './simulated-job-store.js';
import { LeaseStore, SimulatedLease } from './simulated-lease.js';

const PROCESSES = 2;
/** Fewer than there may be jobs, so that jobs must make room. */
const MAX_JOBS = 2;
const RESTART_MS = 2_000;
/** From the signal to the end of a coordinator that is not paused: by a clock that may be ten times too slow. */
const LONGEST_END_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 1);

const LIMITS: ServiceLimits = {
  ...DEFAULT_LIMITS,
  retainMs: 5_000,
  retainLedgers: 1,
  retainJobs: 2,
  sweepMs: 1_500,
  backoffMs: { least: 200, most: 2_000 },
  settleMs: 500,
  closeMs: 2_000,
  taskMicros: 2_000,
};

export interface ServiceProcess {
  readonly life: Life;
  readonly interrupt: AbortController;
  readonly manager: JobManager | null;
  readonly pools: ReadonlySet<SimulatedPool>;
}

/** A job that a client asks for. */
export interface Request {
  readonly requestId: string;
  readonly id: string;
  readonly job: ServiceJob;
  /** The client was told that it is created. */
  acknowledged: boolean;
  /** It was cancelled before its ledger was made. */
  cancelledEarly: boolean;
  /** It has ended, or was removed after that. */
  ended: boolean;
}

interface Account extends JobAccount {
  readonly outcomes: Outcomes;
}

/** A whole service: job managers and daemons, the real ones, and the stores that outlive them. */
export class ServiceWorld implements ServiceStores {
  readonly scheduler = new Scheduler();
  readonly network: Network;
  readonly entries: JobStoreState;
  readonly lease: LeaseStore;
  readonly artifacts = new ArtifactState();
  readonly queue: QueueStore;
  readonly exchange: ExchangeStore;
  readonly checker: ServiceChecker;
  readonly exhaustedListeners = new Map<(task: Task) => void, Life>();
  readonly running = new Set<ServiceProcess>();
  readonly events = new WorkerEvents();
  readonly requests: readonly Request[];
  lives = 0;
  /** How often a coordinator began to serve while there was a job that had not ended. */
  takeOvers = 0;
  /** How often one began to serve while another one that was alive still served. */
  twoServed = 0;
  /** Ledgers that were made for jobs that had been removed. */
  remade = 0;
  /** Jobs that were cancelled before their ledgers were made. */
  cancelledEarly = 0;
  /** Jobs that were created again after they had been removed. */
  recreated = 0;
  /** Nothing is started any more. */
  closing = false;
  private readonly accounts = new Map<string, Account>();
  /** Jobs of which workers were told that they have ended. */
  readonly told = new Set<string>();
  private readonly ledgers = new Map<string, LedgerStore>();

  constructor(
    jobs: readonly ServiceJob[],
    readonly random: Random,
    readonly faults: Faults,
  ) {
    this.network = new Network(this.scheduler, random, faults);
    this.network.kill = (life) => this.kill(life);
    this.lease = new LeaseStore(this.network);
    this.queue = new QueueStore(this.network, this.queueWatcher());
    this.exchange = new ExchangeStore(this.queue);
    this.entries = new JobStoreState((before, after) => this.entryChanges(before, after));
    this.requests = jobs.map((job, at) => {
      const requestId = `r-${at}`;
      return {
        requestId,
        id: jobIdOf(requestId),
        job,
        acknowledged: false,
        cancelledEarly: false,
        ended: false,
      };
    });
    for (const digest of [MODEL_DIGEST, DATA_DIGEST]) {
      const kind = digest === DATA_DIGEST ? 'data-set' : 'file';
      this.artifacts.add({ digest, kind, bytes: 0 }, Buffer.alloc(0));
    }
    this.checker = new ServiceChecker({
      faults,
      limits: LIMITS,
      artifacts: this.artifacts,
      now: () => this.now(),
      entries: () => this.entries.entries,
      accountOf: (job) => this.accounts.get(job),
      isTold: (job) => this.told.has(job),
    });
  }

  now(): number {
    return START_MS + Math.floor(this.scheduler.now);
  }

  alive(kind: Life['kind']): ServiceProcess[] {
    return [...this.running].filter(({ life }) => life.kind === kind);
  }

  /** Every request was acknowledged, and its job has ended. */
  get isDone(): boolean {
    return this.requests.every(({ acknowledged, ended }) => acknowledged && ended);
  }

  startCoordinator(): void {
    const life = new Life(`c${++this.lives}`, 'coordinator');
    const { network, random } = this;
    const manager = new JobManager({
      jobs: new SimulatedJobStore(this.entries, network, life),
      exchange: new SimulatedCoordinatorExchange(this, network, life),
      artifacts: new SimulatedArtifacts(this.artifacts, network, life),
      dataSets: new SimulatedDataSets(network, life),
      lease: new SimulatedLease(this.lease, network, life, () => this.losesLease(life)),
      clock: new SimulatedClock(network, life),
      now: () => this.now(),
      randomBytes: (count) => Buffer.from(Array.from({ length: count }, () => random.below(256))),
      fetcher: null,
      limits: LIMITS,
      log: () => undefined,
      metrics: NO_METRICS,
    });
    manager.onServing((serving) => serving && this.serves(manager));
    this.run({ life, manager, pools: new Set(), interrupt: new AbortController() }, (signal) =>
      manager.run(signal),
    );
  }

  startWorker(): void {
    const life = new Life(`w${++this.lives}`, 'worker');
    const { network } = this;
    const { pools, start } = simulatedDaemon({
      network,
      life,
      exchange: new SimulatedWorkerExchange(this.exchange, network, life),
      processes: PROCESSES,
      numericClass: NUMERIC_CLASS,
      fingerprint: FINGERPRINT,
      outcome: (job, shard) => this.accounts.get(job)!.outcomes.of(shard),
      inspect: (request) => this.inspected(request),
      maxJobs: MAX_JOBS,
      events: this.events,
    });
    this.run({ life, manager: null, pools, interrupt: new AbortController() }, start);
  }

  /** At once, wherever it is; another one of its kind starts later. */
  kill(life: Life): void {
    const found = [...this.running].find((one) => one.life === life);
    if (!found) return;
    life.alive = false;
    this.ended(found);
  }

  /** In good order, as SIGTERM does. */
  interrupt({ life, interrupt }: ServiceProcess): void {
    life.interruptedAt ??= this.scheduler.now;
    interrupt.abort();
  }

  /** Starts what is missing, so that there is always somebody to go on. */
  ensure(kind: Life['kind']): void {
    if (this.closing || this.alive(kind).length > 0) return;
    if (kind === 'coordinator') this.startCoordinator();
    else this.startWorker();
  }

  openLedger({ job, jobDigest }: WorkOrder): LedgerStore {
    const known = this.ledgers.get(job);
    if (known) return known;
    const request = this.requests.find(({ id }) => id === job)!;
    this.checker.require(
      'S1',
      this.entries.get(job)?.entry.job != null || request.ended,
      `${job} is opened and was never made`,
    );
    if (this.accounts.has(job)) this.remade += 1;
    const ledger = new LedgerStore(this.network, (record) => {
      this.checker.require(
        'S2',
        record.jobDigest === jobDigest,
        `a record of another job is in the ledger of ${job}`,
      );
      if (this.accounts.get(job)?.ledger === ledger) this.accounts.get(job)!.checker.appended(record);
      this.take(job);
    });
    this.ledgers.set(job, ledger);
    if (!this.accounts.has(job)) this.accounts.set(job, this.accountOf(request, ledger));
    return ledger;
  }

  removeLedger(job: string): void {
    if (!this.ledgers.has(job)) return;
    this.checker.removesLedger(job);
    this.ledgers.delete(job);
  }

  /**
   * Ledgers that retention must still remove. Not those that a coordinator which had lost the lease made again after they were removed:
   * `smoothcert prune` removes them.
   */
  get ledgersLeft(): number {
    return [...this.ledgers].filter(([job, ledger]) => this.accounts.get(job)?.ledger === ledger).length;
  }

  private accountOf({ job }: Request, ledger: LedgerStore): Account {
    const checker = new Checker(job, ledger, FINGERPRINT, Infinity, () => undefined);
    const outcomes = new Outcomes(job, this.random, this.faults, (shard) => checker.account.holds(shard));
    return { ledger, checker, outcomes };
  }

  /** Collects what the checker of a job has found. */
  private take(job: string): void {
    const { findings } = this.accounts.get(job)!.checker;
    this.checker.findings.push(...findings.splice(0).map((finding) => `${job}: ${finding}`));
  }

  private entryChanges(before: JobEntry | null, after: JobEntry | null): void {
    this.checker.changes(before, after);
    const { id, ending } = (after ?? before)!;
    const request = this.requests.find((one) => one.id === id)!;
    if (before === null && request.ended) this.recreates(request);
    if (after?.cancelRequested && !before?.cancelRequested) {
      request.cancelledEarly = !this.accounts.has(id);
      if (request.cancelledEarly) this.cancelledEarly += 1;
    }
    if (ending === null) return;
    request.ended = true;
    // Among faults it may be decided before whoever draws it learns of the cancellation.
    const isQuiet = Object.values(this.faults.counts).every((count) => count === 0);
    const missed = isQuiet && request.cancelledEarly && ending.state !== 'cancelled';
    this.checker.require('S5', !missed, `${id} was cancelled before it was drawn, and is ${ending.state}`);
  }

  /** A request that was under way while its job ended and was forgotten makes it anew, with a ledger of its own. */
  private recreates(request: Request): void {
    const { id } = request;
    this.recreated += 1;
    request.ended = false;
    request.cancelledEarly = false;
    this.accounts.delete(id);
    this.told.delete(id);
    this.ledgers.delete(id);
    this.exchange.jobs.delete(id);
  }

  private losesLease(life: Life): void {
    const found = [...this.running].find((one) => one.life === life);
    const serves = found?.manager?.serving === true;
    this.checker.require('S6', !serves, `${life.name} has lost the lease, and serves`);
  }

  private serves(manager: JobManager): void {
    if (this.entries.entries.some(({ ending }) => ending === null)) this.takeOvers += 1;
    const others = this.alive('coordinator').filter((one) => one.manager !== manager);
    if (others.some((other) => other.manager!.serving)) this.twoServed += 1;
  }

  /** Returns a preparation: the same for every worker, but for the time that it took. */
  private inspected({ spec }: PrepareRequest): Prepared {
    const { faults, random } = this;
    if (faults.happens('preparation refused')) {
      throw new InjectedFault('INFERENCE_FAILED', 'It did not run (simulated).', 'Try again.');
    }
    if (faults.happens('preparation refused for good')) {
      throw new InjectedFault('MODEL_OUTPUT_UNSUPPORTED', 'It is no classifier (simulated).', 'Export it.');
    }
    return { ...PREPARED, modelDigest: spec.model.digest, batchMs: random.between(1, 100) };
  }

  private run(process: ServiceProcess, start: (signal: AbortSignal) => Promise<void>): void {
    this.running.add(process);
    start(process.interrupt.signal).then(
      () => this.returned(process, null),
      (error: unknown) => this.returned(process, error),
    );
  }

  private returned(process: ServiceProcess, error: unknown): void {
    const { life } = process;
    if (!life.alive) return;
    const fine = error === null && life.interruptedAt !== null;
    const how = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.checker.require('end', fine, `${life.name} ended with ${how}`);
    const took = this.scheduler.now - Math.max(life.interruptedAt ?? Infinity, life.pausedUntil);
    const longest = life.kind === 'worker' ? LONGEST_DRAIN_MS : LONGEST_END_MS;
    this.checker.require('I7', !(took > longest), `${life.name} took ${took} ms to end`);
    life.alive = false;
    this.ended(process);
  }

  private ended(process: ServiceProcess): void {
    this.running.delete(process);
    for (const answerer of this.exchange.answerers) {
      if (answerer.life === process.life) this.exchange.answerers.delete(answerer);
    }
    this.scheduler.after(this.random.between(1, RESTART_MS), null, () => this.ensure(process.life.kind));
  }

  /** Each task is told to the checker of its job. */
  private queueWatcher(): QueueWatcher {
    const tell = (task: Task, how: (checker: Checker) => void) => {
      const account = this.accounts.get(task.job);
      if (!account) return;
      how(account.checker);
      this.take(task.job);
    };
    return {
      issued: (task) => tell(task, (checker) => checker.issued(task)),
      attempted: (task) => tell(task, (checker) => checker.attempted(task)),
      // Nobody records tasks of a job that has ended.
      acknowledged: (task) => {
        if (this.exchange.jobs.has(task.job)) tell(task, (checker) => checker.acknowledged(task));
      },
      waits: () => undefined,
      exhausted: (task) => {
        for (const [listener, life] of this.exhaustedListeners) {
          this.network.deliver(life, () => listener(task));
        }
      },
    };
  }
}
