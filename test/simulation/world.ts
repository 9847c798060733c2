import { canonicalJson, jobDigest } from '../../shared/job.js';
import type { Task } from '../../shared/ports/task-queue.js';
import { Coordinator } from '../../coordinator/run/coordinator.js';
import type { IssueCounters } from '../../coordinator/observe/issue-counters.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { SingleJob } from '../../worker/tasks/single-job.js';
import { TaskLoop } from '../../worker/tasks/task-loop.js';
import { FINGERPRINT, OTHER_FINGERPRINT } from '../support/jobs.js';
import { Checker } from './checker.js';
import { isInjected, type Faults } from './faults.js';
import { Network } from './network.js';
import { Outcomes } from './outcomes.js';
import type { Random } from './random.js';
import { Life, Scheduler } from './scheduler.js';
import { ExchangeStore, SimulatedWorkerExchange, type SharedJob } from './simulated-exchange.js';
import type { SimulatedJob } from './simulated-jobs.js';
import { LedgerStore, SimulatedLedger } from './simulated-ledger.js';
import { LONGEST_DRAIN_MS, WorkerEvents, simulatedDaemon } from './simulated-daemon.js';
import { SimulatedPool } from './simulated-pool.js';
import { QueueStore, SimulatedQueue } from './simulated-queue.js';
import { SimulatedClock, SimulatedStop, StopStore } from './simulated-stop.js';

const PROCESSES = 2;
const LARGEST_WINDOW = 12;
const TASK_MICROS = 2_000;
/** A worker of another fingerprint is found out after a while. */
const FOREIGN_MS = 2_000;
const RESTART_MS = 2_000;
/** Replaying takes as long as the run so far: now and then is enough, more often at the end of a life. */
const REPLAY_SHARE = 0.005;
const REPLAY_SHARE_AT_END = 0.25;
/** From the signal to the end of a process that is not paused. */
const LONGEST_END_MS = 30_000;
const JOB_ID = 'j-1';

interface Running {
  readonly life: Life;
  readonly interrupt: AbortController;
  readonly fold: JobFold | null;
  readonly coordinator: Coordinator | null;
  /** The pools that it draws with. */
  readonly pools: ReadonlySet<SimulatedPool>;
}

/** Everything of one run: the stores that outlive the processes, and the real coordinators and workers. */
export class World {
  readonly scheduler = new Scheduler();
  readonly network: Network;
  readonly ledger: LedgerStore;
  readonly queue: QueueStore;
  readonly stop = new StopStore();
  readonly checker: Checker;
  readonly running = new Set<Running>();
  /** The coordinator's state with every image decided, once there is one. */
  done: JobFold | null = null;
  lives = 0;
  /** The tasks that the coordinators issued and why, over all their lives. */
  readonly counters: IssueCounters = { issued: 0, overtaken: 0, restarts: 0, exhausted: 0 };
  /** That of the job's preparation; null: the first record says it. */
  readonly fingerprint: string | null;
  private readonly window: number;
  /** Workers are those of a cluster, and take the job from an exchange; otherwise those of `certify`. */
  readonly isCluster: boolean;
  readonly workerEvents = new WorkerEvents();
  private readonly exchange: ExchangeStore;
  private readonly outcomes: Outcomes;
  private cancelled = false;

  constructor(
    readonly simulated: SimulatedJob,
    readonly random: Random,
    readonly faults: Faults,
  ) {
    this.network = new Network(this.scheduler, random, faults);
    this.network.kill = (life) => this.kill(life);
    this.ledger = new LedgerStore(this.network, (record) => this.checker.appended(record));
    this.isCluster = random.chance(0.5);
    // A work order names it; `certify` may begin without one.
    this.fingerprint = this.isCluster || random.chance(0.5) ? FINGERPRINT : null;
    this.window = 1 + random.below(LARGEST_WINDOW);
    const exhausted = (task: Task) => this.exhausted(task);
    this.checker = new Checker(simulated, this.ledger, this.fingerprint, this.window, exhausted);
    this.queue = new QueueStore(this.network, this.checker);
    this.outcomes = new Outcomes(simulated, random, faults, (shard) => this.checker.account.holds(shard));
    this.exchange = new ExchangeStore(this.queue);
    this.exchange.jobs.set(JOB_ID, this.sharedJob());
  }

  /** Counts were told that differ from those in the ledger. */
  get lied(): boolean {
    return this.outcomes.lied;
  }

  alive(kind: Life['kind']): Running[] {
    return [...this.running].filter(({ life }) => life.kind === kind);
  }

  startCoordinator(): void {
    const life = new Life(`c${++this.lives}`, 'coordinator');
    const fold = new JobFold(this.simulated.job, this.fingerprint);
    const coordinator = new Coordinator({
      ...this.portsOf(life),
      fold,
      clock: new SimulatedClock(this.network, life),
      job: JOB_ID,
      window: () => this.window,
      taskPrefix: life.name,
      taskMicros: TASK_MICROS,
      onProgress: () => this.progressed(fold),
    });
    if (this.cancelled) coordinator.cancel();
    const running = {
      life,
      fold,
      coordinator,
      pools: new Set<SimulatedPool>(),
      interrupt: new AbortController(),
    };
    this.run(running, (signal) => coordinator.run(signal));
  }

  /** `foreign`: on a device that computes other bits; what it counts is refused unless the job allows any. */
  startWorker(foreign = false): void {
    const life = new Life(`w${++this.lives}`, 'worker');
    if (foreign) this.scheduler.after(this.random.between(0, FOREIGN_MS), life, () => this.kill(life));
    const fingerprint = foreign ? OTHER_FINGERPRINT : FINGERPRINT;
    const started = this.isCluster
      ? this.clusterWorker(life, fingerprint)
      : this.certifyWorker(life, fingerprint);
    const { pools } = started;
    const running = { life, fold: null, coordinator: null, pools, interrupt: new AbortController() };
    this.run(running, started.start);
  }

  /** Draws as `certify` does: for one job, on the first fault to its end. */
  private certifyWorker(life: Life, fingerprint: string) {
    const { network } = this;
    const foreign = fingerprint !== FINGERPRINT;
    const pool = new SimulatedPool({
      network,
      life,
      processes: PROCESSES,
      fingerprint,
      expectedFingerprint: null,
      outcome: (shard) => this.outcomes.of(shard, foreign),
    });
    const { ledger, queue, stop } = this.portsOf(life);
    const source = new SingleJob({
      jobDigest: this.exchange.jobs.get(JOB_ID)!.order.jobDigest,
      fingerprint,
      ledger,
      stop,
      pool,
    });
    const loop = new TaskLoop({ source, processes: PROCESSES, postponed: null });
    return { pools: new Set([pool]), start: (signal: AbortSignal) => loop.run(queue, signal) };
  }

  /** Draws as the workers of a cluster and `serve` do: takes the job from the exchange, and postpones what it cannot answer. */
  private clusterWorker(life: Life, fingerprint: string) {
    const { network } = this;
    const foreign = fingerprint !== FINGERPRINT;
    return simulatedDaemon({
      network,
      life,
      exchange: new SimulatedWorkerExchange(this.exchange, network, life),
      processes: PROCESSES,
      numericClass: this.simulated.job.draw.numericClass,
      fingerprint,
      outcome: (_, shard) => this.outcomes.of(shard, foreign),
      inspect: () => {
        throw new Error('nobody asks');
      },
      maxJobs: 1,
      events: this.workerEvents,
    });
  }

  /** Somebody wants the job cancelled; coordinators that start later know it. */
  cancel(coordinator: Coordinator): void {
    this.cancelled = true;
    coordinator.cancel();
  }

  /** At once, wherever it is; another one of its kind starts later. */
  kill(life: Life): void {
    const found = [...this.running].find((one) => one.life === life);
    if (!found) return;
    life.alive = false;
    this.ended(found);
  }

  /** In good order, as Ctrl-C and SIGTERM do. */
  interrupt({ life, interrupt }: Running): void {
    life.interruptedAt ??= this.scheduler.now;
    interrupt.abort();
  }

  /** Starts what is missing, so that there is always somebody to go on. */
  ensure(kind: Life['kind']): void {
    if (this.done || this.alive(kind).length > 0) return;
    if (kind === 'coordinator') this.startCoordinator();
    else this.startWorker();
  }

  private run(running: Running, start: (signal: AbortSignal) => Promise<void>): void {
    this.running.add(running);
    start(running.interrupt.signal).then(
      () => this.returned(running, null),
      (error: unknown) => this.returned(running, error),
    );
  }

  private returned(running: Running, error: unknown): void {
    const { life, fold } = running;
    if (!life.alive) return;
    const asked = life.interruptedAt !== null || fold?.isDone() === true;
    // A worker of a cluster survives every fault of a task.
    const mayFail = !(this.isCluster && life.kind === 'worker') && isInjected(error);
    const fine = error === null ? asked : mayFail;
    this.checker.require(
      'end',
      fine,
      `${life.name} ended with ${error instanceof Error ? error.stack : 'nothing'}`,
    );
    const took = this.scheduler.now - Math.max(life.interruptedAt ?? Infinity, life.pausedUntil);
    const longest = this.isCluster && life.kind === 'worker' ? LONGEST_DRAIN_MS : LONGEST_END_MS;
    this.checker.require('I7', !(took > longest), `${life.name} took ${took} ms to end`);
    life.alive = false;
    if (fold?.isDone()) this.done ??= fold;
    this.ended(running);
  }

  private ended(running: Running): void {
    this.running.delete(running);
    const { fold, life } = running;
    if (running.coordinator) {
      const { counters } = running.coordinator;
      for (const key of Object.keys(counters) as (keyof IssueCounters)[]) this.counters[key] += counters[key];
    }
    if (fold) {
      this.checker.folded(fold);
      this.checker.rows(fold);
      if (this.random.chance(REPLAY_SHARE_AT_END)) this.checker.replayed(fold);
    }
    this.scheduler.after(this.random.between(1, RESTART_MS), null, () => this.ensure(life.kind));
  }

  private progressed(fold: JobFold): void {
    this.checker.folded(fold);
    if (this.random.chance(REPLAY_SHARE)) this.checker.replayed(fold);
  }

  /** Those who run learn of it; if nobody does, the task counts as lost later on. */
  private exhausted(task: Task): void {
    for (const { life, coordinator } of this.alive('coordinator')) {
      this.network.deliver(life, () => coordinator!.taskExhausted(task));
    }
  }

  /** The job as an exchange gives it to workers; it never ends there. */
  private sharedJob(): SharedJob {
    const { job } = this.simulated;
    const { draw, claim } = job;
    const { modelDigest: digest, numeric } = draw;
    const order = {
      job: JOB_ID,
      jobDigest: jobDigest(job),
      draw,
      claim: canonicalJson(claim),
      model: { digest, fileDigest: digest, weights: [], uri: null },
      device: 'cpu',
      probeImages: [0],
      fingerprint: numeric === 'same' ? FINGERPRINT : null,
      imageLimit: claim.images.stop,
    } as const;
    return { order, ledger: this.ledger, stop: this.stop, ended: new AbortController() };
  }

  private portsOf(life: Life) {
    return {
      ledger: new SimulatedLedger(this.ledger, this.network, life),
      queue: new SimulatedQueue(this.queue, this.network, life),
      stop: new SimulatedStop(this.stop, this.network, life),
    };
  }
}
