import { createHash } from 'node:crypto';
import { Faults, SERVICE_FAULTS, type Counts } from '../faults.js';
import { Random } from '../random.js';
import type { WorkerEvents } from '../simulated-daemon.js';
import { stepUntil } from '../step-until.js';
import { WallClock } from '../wall-clock.js';
import { Client } from './client.js';
import type { ServiceChecker } from './service-checker.js';
import { SERVICE_JOBS, type ServiceJob } from './service-jobs.js';
import { disturbService } from './service-nemesis.js';
import { ServiceWorld } from './service-world.js';

const MOST_JOBS = 3;
const MOST_WORKERS = 2;
const LARGEST_CHAOS_MS = 15_000;
const MEAN_BETWEEN_DEEDS_MS = 3_000;
const LARGEST_DELAY_MS = 4_000;
/** Long enough for tasks of a dead worker to be handed out again, twice over. */
const PATIENCE_MS = 300_000;
/** Until every ledger is too old to be kept, and swept. */
const RETENTION_MS = 60_000;
const END_MS = 200_000;

/** The figures of a run. */
export interface ServiceReport {
  readonly seed: number;
  readonly steps: number;
  readonly simulatedMs: number;
  readonly lives: number;
  readonly jobs: number;
  readonly faults: Counts;
  readonly events: WorkerEvents;
  readonly endings: ServiceChecker['endings'];
  readonly takeOvers: number;
  readonly twoServed: number;
  readonly leasesTaken: number;
  readonly ledgersRemoved: number;
  readonly entriesRemoved: number;
  readonly remade: number;
  readonly recreated: number;
  readonly cancelledEarly: number;
  readonly wallClockJumps: number;
  /** Equal for runs that did the same. */
  readonly digest: string;
}

/**
 * One run of a service with the faults of this seed, to the end of all its jobs and of what retention removes: the same seed, the same
 * run. @throws at the first violated invariant, at a hang, and at an error that nobody injected
 */
export async function simulateService(seed: number, wallSeed = seed): Promise<ServiceReport> {
  const wall = new WallClock(wallSeed);
  try {
    return await simulateUnder(wall, seed);
  } finally {
    wall.end();
  }
}

async function simulateUnder(wall: WallClock, seed: number): Promise<ServiceReport> {
  const random = new Random(seed);
  const faults = new Faults(random, true, SERVICE_FAULTS);
  const world = new ServiceWorld(someJobs(random), random, faults);
  const client = new Client(world);
  const goOn = (ms: number, ended: () => boolean) => stepUntil(world, wall, ms, ended);
  for (let k = 0; k <= random.below(2); k++) world.startCoordinator();
  for (let k = 0; k <= random.below(MOST_WORKERS); k++) world.startWorker();
  for (const request of world.requests) {
    world.scheduler.after(random.between(0, LARGEST_DELAY_MS), null, () => void client.create(request));
  }
  disturbService(world, client, random.between(50, MEAN_BETWEEN_DEEDS_MS));
  const chaosMs = random.between(0, LARGEST_CHAOS_MS);
  world.scheduler.after(chaosMs, null, () => faults.end());
  await goOn(chaosMs + PATIENCE_MS, () => world.isDone);
  faults.end();
  // Every ledger is too old at last, and somebody sweeps.
  await goOn(RETENTION_MS, () => world.ledgersLeft === 0);
  world.closing = true;
  for (const process of [...world.running]) world.interrupt(process);
  await goOn(END_MS, () => world.running.size === 0);
  return reportOf(seed, world, wall);
}

/** One to three jobs, no two the same. */
function someJobs(random: Random): ServiceJob[] {
  const left = [...SERVICE_JOBS];
  const count = 1 + random.below(MOST_JOBS);
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0]!);
}

function reportOf(seed: number, world: ServiceWorld, { jumps: wallClockJumps }: WallClock): ServiceReport {
  const { scheduler, faults, checker, entries, lives, events, takeOvers, twoServed, remade } = world;
  const all = [scheduler.now, scheduler.steps, faults.counts, entries.entries];
  return {
    seed,
    steps: scheduler.steps,
    simulatedMs: scheduler.now,
    lives,
    jobs: world.requests.length,
    faults: faults.counts,
    events,
    endings: checker.endings,
    takeOvers,
    twoServed,
    leasesTaken: world.lease.taken,
    ledgersRemoved: checker.ledgersRemoved,
    entriesRemoved: checker.entriesRemoved,
    remade,
    recreated: world.recreated,
    cancelledEarly: world.cancelledEarly,
    wallClockJumps,
    digest: createHash('sha256').update(JSON.stringify(all)).digest('hex'),
  };
}
