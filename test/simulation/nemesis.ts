import { makeRecord, OTHER_FINGERPRINT, counted, voterOf } from '../support/jobs.js';
import { InjectedError, type Fault, type Faults } from './faults.js';
import type { Random } from './random.js';
import type { Life, Scheduler } from './scheduler.js';
import type { World } from './world.js';

const PAUSE_MS = 40_000;
const MOST_COORDINATORS = 2;
const MOST_WORKERS = 4;

/**
 * The faults that happen at random moments. Each returns false if it could not happen: there may be nobody to kill, or nothing
 * to remove.
 */
const DEEDS = {
  'coordinator killed': (world) => withOne(world, 'coordinator', ({ life }) => world.kill(life)),
  'coordinator paused': (world) => withOne(world, 'coordinator', ({ life }) => pause(world, life)),
  'coordinator interrupted': (world) => withOne(world, 'coordinator', (one) => world.interrupt(one)),
  'second coordinator': (world) => {
    if (world.alive('coordinator').length >= MOST_COORDINATORS) return false;
    world.startCoordinator();
    return true;
  },
  'worker killed': (world) => withOne(world, 'worker', ({ life }) => world.kill(life)),
  'worker paused': (world) => withOne(world, 'worker', ({ life }) => pause(world, life)),
  'worker interrupted': (world) => withOne(world, 'worker', (one) => world.interrupt(one)),
  'foreign worker': (world) => {
    if (!world.checker.account.begun || world.alive('worker').length >= MOST_WORKERS) return false;
    world.startWorker(true);
    return true;
  },
  'pool broken': (world) =>
    withOne(world, 'worker', ({ pools }) => {
      for (const pool of pools) pool.break(new InjectedError('the pool is broken'));
    }),
  'strange record': strangeRecord,
  'duplicate record': duplicateRecord,
  'queue emptied': ({ queue }) => {
    if (queue.waiting.length + queue.taken.size === 0) return false;
    queue.empty();
    return true;
  },
  'power failure': (world) => {
    world.network.cut();
    for (const { life } of [...world.running]) world.kill(life);
    world.checker.excuse(world.ledger.truncate());
    world.queue.empty();
    world.stop.clear();
    return true;
  },
  // A damaged disk takes a record while no coordinator runs,
  'record removed': (world) => {
    for (const { life } of world.alive('coordinator')) world.kill(life);
    return loseRecord(world, 0);
  },
  // or one that was acknowledged, and that no running coordinator has read yet.
  'record lost': (world) =>
    loseRecord(world, Math.max(0, ...world.alive('coordinator').map(({ fold }) => fold!.sequence))),
  'job cancelled': (world) => withOne(world, 'coordinator', ({ coordinator }) => world.cancel(coordinator!)),
} satisfies Partial<Record<Fault, (world: World) => boolean>>;

/** Where deeds are done. */
interface Scene {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
}

/** Does what goes wrong with one job, as long as the faults of the run last and the job is not done. */
export const disturb = (world: World, meanMs: number): void =>
  letLoose(world, DEEDS, meanMs, () => world.done !== null);

/** Does one deed after the other at random moments, as long as the faults of the run last. Each says whether it could be done. */
export function letLoose<W extends Scene>(
  world: W,
  deeds: Partial<Record<Fault, (world: W) => boolean>>,
  meanMs: number,
  isOver: () => boolean = () => false,
): void {
  const names = Object.keys(deeds) as Fault[];
  const next = () => {
    const fault = world.faults.choose(names);
    if (fault === null || isOver()) return;
    if (deeds[fault]!(world)) world.faults.count(fault);
    world.scheduler.after(world.random.between(0, 2 * meanMs), null, next);
  };
  world.scheduler.after(world.random.between(0, 2 * meanMs), null, next);
}

type Running = ReturnType<World['alive']>[number];

function withOne(world: World, kind: Life['kind'], deed: (one: Running) => void): boolean {
  const one = world.random.pick(world.alive(kind));
  if (one) deed(one);
  return one !== undefined;
}

function pause(world: World, life: Life): void {
  const until = world.scheduler.now + world.random.between(0, PAUSE_MS);
  life.pausedUntil = Math.max(life.pausedUntil, until);
}

/** A record that is not of the job: nothing of it may be folded. */
function strangeRecord(world: World): boolean {
  const { job } = world.simulated;
  if (job.draw.numeric === 'any' || !world.checker.account.begun) return false;
  const voter = voterOf(13, () => 0.999);
  const good = counted(voter, { image: 0, begin: 0, end: 64 });
  const shard = world.random.pick(world.checker.shards)!;
  const content = world.random.pick([
    { jobDigest: 'cc'.repeat(32), counted: [counted(voter, shard)] },
    { fingerprint: OTHER_FINGERPRINT, counted: [counted(voter, shard)] },
    { counted: [counted(voter, { ...shard, image: 1_000 })] },
    { counted: [counted(voter, { ...shard, begin: shard.begin + 1 })] },
    { counted: [counted(voter, { ...shard, end: shard.end + 1 })] },
    {
      counted: [{ ...good, shard, counts: { classes: [10], votes: [shard.end - shard.begin], invalid: 0 } }],
    },
  ])!;
  return write(world, 'strange', content);
}

/** The counts of a shard once more, under another name, also of shards that nobody asked for. */
function duplicateRecord(world: World): boolean {
  const { voter } = world.simulated;
  const shards = [0, 1, 2].map(() => world.random.pick(world.checker.shards)!);
  return write(world, 'duplicate', { counted: shards.map((shard) => counted(voter, shard)) });
}

function write(world: World, kind: string, content: Parameters<typeof makeRecord>[1]): boolean {
  const task = `${kind}.${world.ledger.records.length}.${world.scheduler.steps}`;
  world.checker.others.add(task);
  world.checker.disturbed = true;
  world.ledger.append(makeRecord(world.simulated.job, { ...content, task }));
  return true;
}

/**
 * The store loses one record behind this place, also one that decided an image, as workers know. Not the one that says
 * whose bits the job takes, and none behind which other counts wait to be believed.
 */
function loseRecord(world: World, after: number): boolean {
  const { ledger, checker } = world;
  if (world.lied) return false;
  const counts = ledger.entries(0).find(({ record }) => record.counted.length > 0);
  const first = world.fingerprint === null ? (counts?.sequence ?? Infinity) : 0;
  const one = world.random.pick(ledger.entries(Math.max(after, first)));
  if (one) checker.excuse(ledger.lose(one.sequence));
  return one !== undefined;
}
