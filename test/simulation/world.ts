import { SmoothcertError } from '../../shared/errors.js';
import { jobDigest } from '../../shared/job.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { Shard } from '../../shared/shards.js';
import { Coordinator } from '../../coordinator/run/coordinator.js';
import type { IssueCounters } from '../../coordinator/observe/issue-counters.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import type { Drawn } from '../../worker/draw/pool.js';
import { Worker } from '../../worker/draw/worker.js';
import { FINGERPRINT, OTHER_FINGERPRINT, counted, hash, voterOf } from '../support/jobs.js';
import { Checker } from './checker.js';
import { InjectedError, type Faults } from './faults.js';
import { Network } from './network.js';
import type { Random } from './random.js';
import { Life, Scheduler } from './scheduler.js';
import { nameOf, type SimulatedJob } from './simulated-jobs.js';
import { LedgerStore, SimulatedLedger } from './simulated-ledger.js';
import { SimulatedPool } from './simulated-pool.js';
import { QueueStore, SimulatedQueue } from './simulated-queue.js';
import { SimulatedClock, SimulatedStop, StopStore } from './simulated-stop.js';

const SLOTS = 2;
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
const liar = voterOf(12, () => 0.999);

const JOB_ID = 'j-1';

interface Running {
  readonly life: Life;
  readonly interrupt: AbortController;
  readonly fold: JobFold | null;
  readonly coordinator: Coordinator | null;
  readonly pool: SimulatedPool | null;
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
  lied = false;
  lives = 0;
  /** What the coordinators issued and why, over all their lives. */
  readonly counters: IssueCounters = { issued: 0, overtaken: 0, restarts: 0, exhausted: 0 };
  /** That of the job's preparation; null: the first record says it. */
  readonly fingerprint: string | null;
  private readonly window: number;
  private cancelled = false;
  private readonly attempts = new Map<string, number>();

  constructor(
    readonly simulated: SimulatedJob,
    readonly random: Random,
    readonly faults: Faults,
  ) {
    this.network = new Network(this.scheduler, random, faults);
    this.network.kill = (life) => this.kill(life);
    this.ledger = new LedgerStore(this.network, (record) => this.checker.appended(record));
    this.fingerprint = random.chance(0.5) ? FINGERPRINT : null;
    this.window = 1 + random.below(LARGEST_WINDOW);
    const exhausted = (task: Task) => this.exhausted(task);
    this.checker = new Checker(simulated, this.ledger, this.fingerprint, this.window, exhausted);
    this.queue = new QueueStore(this.network, this.checker);
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
    const running = { life, fold, coordinator, pool: null, interrupt: new AbortController() };
    this.run(running, (signal) => coordinator.run(signal));
  }

  /** `foreign`: on a device that computes other bits; what it counts is refused unless the job allows any. */
  startWorker(foreign = false): void {
    const life = new Life(`w${++this.lives}`, 'worker');
    const { network } = this;
    const outcome = (shard: Shard) => this.drawn(shard, foreign);
    const pool = new SimulatedPool({ network, life, slots: SLOTS, outcome });
    const worker = new Worker({
      ...this.portsOf(life),
      pool,
      slots: SLOTS,
      jobDigest: jobDigest(this.simulated.job),
      fingerprint: foreign ? OTHER_FINGERPRINT : FINGERPRINT,
    });
    if (foreign) this.scheduler.after(this.random.between(0, FOREIGN_MS), life, () => this.kill(life));
    const running = { life, fold: null, coordinator: null, pool, interrupt: new AbortController() };
    this.run(running, (signal) => worker.run(signal));
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
    const injected =
      error instanceof InjectedError || (error instanceof SmoothcertError && error.code === 'DISK_FULL');
    const asked = life.interruptedAt !== null || fold?.isDone() === true;
    const fine = error === null ? asked : injected;
    this.checker.require(
      'end',
      fine,
      `${life.name} ended with ${error instanceof Error ? error.stack : 'nothing'}`,
    );
    const took = this.scheduler.now - Math.max(life.interruptedAt ?? Infinity, life.pausedUntil);
    this.checker.require('I7', !(took > LONGEST_END_MS), `${life.name} took ${took} ms to end`);
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

  private portsOf(life: Life) {
    return {
      ledger: new SimulatedLedger(this.ledger, this.network, life),
      queue: new SimulatedQueue(this.queue, this.network, life),
      stop: new SimulatedStop(this.stop, this.network, life),
    };
  }

  private drawn(shard: Shard, foreign: boolean): Drawn {
    const { job, voter } = this.simulated;
    if (this.fails(shard)) return { kind: 'failed', code: 'INFERENCE_FAILED', detail: 'injected' };
    const lies = foreign ? job.draw.numeric === 'same' : this.mayLie(shard);
    const { counts, micros } = counted(lies ? liar : voter, shard);
    return { kind: 'counted', counts, micros };
  }

  /** Counts that differ from those that the ledger holds already: they may be told, and must not be believed. */
  private mayLie(shard: Shard): boolean {
    if (!this.faults.isEnabled('divergent counts') || !this.checker.account.holds(shard)) return false;
    if (!this.faults.happens('divergent counts')) return false;
    this.lied = true;
    return true;
  }

  /** Whether the machinery fails on this shard this time: once, twice or always, as its hash says. */
  private fails(shard: Shard): boolean {
    const attempt = (this.attempts.get(nameOf(shard)) ?? 0) + 1;
    this.attempts.set(nameOf(shard), attempt);
    const fate = hash(this.random.seed, shard.image, shard.begin) / 2 ** 32;
    let from = 0;
    for (const [fault, failures] of FAILURES) {
      const share = this.faults.isEnabled(fault) ? this.faults.rate(fault) : 0;
      if (fate >= from && fate < from + share && attempt <= failures) {
        this.faults.count(fault);
        return true;
      }
      from += share;
    }
    return false;
  }
}

const FAILURES = [
  ['shard failed once', 1],
  ['shard failed twice', 2],
  ['shard failed for ever', Infinity],
] as const;
