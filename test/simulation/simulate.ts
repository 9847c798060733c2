import { createHash } from 'node:crypto';
import type { IssueCounters } from '../../coordinator/observe/issue-counters.js';
import type { Tally } from '../../coordinator/core/tally.js';
import { Faults, type Counts } from './faults.js';
import { disturb } from './nemesis.js';
import { Random } from './random.js';
import { JOBS } from './simulated-jobs.js';
import { WallClock } from './wall-clock.js';
import type { WorkerEvents } from './simulated-daemon.js';
import { stepUntil } from './step-until.js';
import { World } from './world.js';

const MOST_WORKERS = 3;
const LARGEST_CHAOS_MS = 20_000;
const MEAN_BETWEEN_DEEDS_MS = 2_000;
/** Long enough for a worker paused for 40 s, whose tasks then wait for 30 s to be handed out again, twice over. */
const PATIENCE_MS = 300_000;
const END_MS = 200_000;

/** The figures of a run. */
export interface Report {
  readonly seed: number;
  readonly job: string;
  readonly steps: number;
  readonly simulatedMs: number;
  readonly lives: number;
  readonly faults: Counts;
  readonly tally: Tally;
  readonly workedAhead: number;
  readonly insisted: number;
  readonly counters: IssueCounters;
  readonly wallClockJumps: number;
  /** Shards counted first by a copy while somebody still held the task before it. */
  readonly overtaken: number;
  readonly isCluster: boolean;
  readonly workerEvents: WorkerEvents;
  readonly handedBack: number;
  readonly cancelled: boolean;
  readonly sets: Record<'issued' | 'attempted' | 'acked' | 'ledgered', number>;
  /** Equal for runs that did the same. */
  readonly digest: string;
}

/**
 * One run of one job with the faults of this seed, to its end: the same seed, the same run. Throws at the first
 * violated invariant, at a hang, and at an error that nobody injected.
 */
export async function simulate(seed: number, wallSeed = seed): Promise<Report> {
  const wall = new WallClock(wallSeed);
  try {
    return await simulateUnder(wall, seed);
  } finally {
    wall.end();
  }
}

async function simulateUnder(wall: WallClock, seed: number): Promise<Report> {
  const random = new Random(seed);
  const simulated = JOBS[seed % JOBS.length]!;
  const faults = new Faults(random, true);
  const world = new World(simulated, random, faults);
  const goOn: GoOn = (ms, ended) => stepUntil(world, wall, ms, ended);
  world.startCoordinator();
  for (let k = 0; k <= random.below(MOST_WORKERS); k++) world.startWorker();
  disturb(world, random.between(20, MEAN_BETWEEN_DEEDS_MS));
  const chaosMs = random.between(0, LARGEST_CHAOS_MS);
  world.scheduler.after(chaosMs, null, () => faults.end());
  await goOn(chaosMs + PATIENCE_MS, () => world.done !== null && world.alive('coordinator').length === 0);
  faults.end();
  await endWorkers(world, goOn);
  await resumeFinished(world, goOn);
  return reportOf(seed, world, wall);
}

type GoOn = (ms: number, ended: () => boolean) => Promise<void>;

/** Workers hand back what they hold, and end. */
async function endWorkers(world: World, goOn: GoOn): Promise<void> {
  for (const worker of world.alive('worker')) world.interrupt(worker);
  await goOn(END_MS, () => world.running.size === 0);
}

/** A further coordinator finds the job done: it issues nothing and comes to the same state. */
async function resumeFinished(world: World, goOn: GoOn): Promise<void> {
  const { checker, done } = world;
  const { issued } = checker.sets;
  world.startCoordinator();
  const [again] = world.alive('coordinator');
  await goOn(END_MS, () => world.running.size === 0);
  const byIt = [...issued].filter((task) => task.startsWith(`${again!.life.name}.`));
  checker.require('I3', byIt.length === 0, `a finished job was given out again: ${byIt.join(' ')}`);
  for (const fold of [done!, again!.fold!]) checker.finished(fold);
  await goOn(0, () => checker.findings.length === 0);
}

function reportOf(
  seed: number,
  { simulated, scheduler, faults, done, checker, ledger, queue, lives, counters, ...world }: World,
  { jumps: wallClockJumps }: WallClock,
): Report {
  const { issued, attempted, acked } = checker.sets;
  const sizes = { issued: issued.size, attempted: attempted.size, acked: acked.size };
  const all = [scheduler.now, scheduler.steps, faults.counts, ledger.records];
  return {
    seed,
    job: simulated.name,
    steps: scheduler.steps,
    simulatedMs: scheduler.now,
    lives,
    faults: faults.counts,
    tally: done!.tally,
    workedAhead: checker.workedAhead,
    insisted: checker.insisted,
    wallClockJumps,
    counters,
    overtaken: checker.overtaken,
    isCluster: world.isCluster,
    workerEvents: world.workerEvents,
    handedBack: queue.handedBack,
    cancelled: done!.cancelled,
    sets: { ...sizes, ledgered: ledger.records.length },
    digest: createHash('sha256').update(JSON.stringify(all)).digest('hex'),
  };
}
