import { InjectedFault, type Fault } from '../faults.js';
import { letLoose } from '../nemesis.js';
import type { Life } from '../scheduler.js';
import type { Client } from './client.js';
import type { ServiceProcess, ServiceWorld } from './service-world.js';

const PAUSE_MS = 20_000;
const MOST_COORDINATORS = 3;

/** Does what goes wrong with a service, as long as the faults of the run last. */
export function disturbService(world: ServiceWorld, client: Client, meanMs: number): void {
  const deeds = {
    'coordinator killed': () => withOne(world, 'coordinator', ({ life }) => world.kill(life)),
    'coordinator paused': () => withOne(world, 'coordinator', ({ life }) => pause(world, life)),
    'coordinator interrupted': () => withOne(world, 'coordinator', (one) => world.interrupt(one)),
    'second coordinator': () => {
      if (world.alive('coordinator').length >= MOST_COORDINATORS) return false;
      world.startCoordinator();
      return true;
    },
    'all coordinators killed': () => {
      const all = world.alive('coordinator');
      for (const { life } of all) world.kill(life);
      return all.length > 0;
    },
    'worker killed': () => withOne(world, 'worker', ({ life }) => world.kill(life)),
    'worker paused': () => withOne(world, 'worker', ({ life }) => pause(world, life)),
    'worker interrupted': () => withOne(world, 'worker', (one) => world.interrupt(one)),
    'pool broken': () =>
      withOne(world, 'worker', ({ pools }) => {
        for (const pool of pools)
          pool.break(new InjectedFault('CHILD_DIED', 'It is gone (simulated).', 'Wait.'));
      }),
    'queue emptied': () => {
      if (world.queue.waiting.length + world.queue.taken.size === 0) return false;
      world.queue.empty();
      return true;
    },
    'lease lost': () => {
      world.lease.drop();
      return true;
    },
    'job cancelled': () => {
      const request = world.random.pick(
        world.requests.filter(({ acknowledged, ended }) => acknowledged && !ended),
      );
      if (request) void client.cancel(request);
      return request !== undefined;
    },
  } satisfies Partial<Record<Fault, () => boolean>>;
  letLoose(world, deeds, meanMs);
}

function withOne(world: ServiceWorld, kind: Life['kind'], deed: (one: ServiceProcess) => void): boolean {
  const one = world.random.pick(world.alive(kind));
  if (one) deed(one);
  return one !== undefined;
}

function pause(world: ServiceWorld, life: Life): void {
  const until = world.scheduler.now + world.random.between(0, PAUSE_MS);
  life.pausedUntil = Math.max(life.pausedUntil, until);
}
