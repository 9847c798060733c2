import { onTestFinished } from 'vitest';

import { Faults } from '../simulation/faults.js';
import { Network } from '../simulation/network.js';
import { Random } from '../simulation/random.js';
import { Life, Scheduler } from '../simulation/scheduler.js';
import { LedgerStore, SimulatedLedger } from '../simulation/simulated-ledger.js';
import { QueueStore, SimulatedQueue } from '../simulation/simulated-queue.js';
import { SimulatedClock, SimulatedStop, StopStore } from '../simulation/simulated-stop.js';
import { describeClock } from './clock.js';
import { describeStopSignal } from './stop-signal.js';
import { describeTaskQueue, type QueuePlace } from './task-queue.js';
import { describeVoteLedger } from './vote-ledger.js';

/**
 * The ports of the simulation, without faults, promise what the real ones promise: otherwise it would prove nothing
 * about them.
 */
function quietNetwork(): { network: Network; life: () => Life; end: () => Promise<void> } {
  const random = new Random(1);
  const scheduler = new Scheduler();
  const network = new Network(scheduler, random, new Faults(random, false));
  let running = true;
  const steps = async () => {
    while (running) if (!(await scheduler.step())) await new Promise(setImmediate);
  };
  const stepping = steps();
  const end = () => {
    running = false;
    return stepping;
  };
  return { network, life: () => new Life('test', 'worker'), end };
}

describeVoteLedger('simulated', {
  create: () => {
    const { network, life, end } = quietNetwork();
    const store = new LedgerStore(network, () => undefined);
    const open = () => Promise.resolve(new SimulatedLedger(store, network, life()));
    const lose = (sequence: number) => void store.lose(sequence);
    return Promise.resolve({ open, lose, [Symbol.asyncDispose]: end });
  },
  manyWriters: true,
  loses: true,
});

describeTaskQueue('simulated', {
  create: () => queuePlace(1_000),
  createSmall: (tasks) => queuePlace(tasks),
  redelivers: true,
});

function queuePlace(capacity: number): Promise<QueuePlace> {
  const { network, life, end } = quietNetwork();
  const ignore = () => undefined;
  const watcher = {
    issued: ignore,
    attempted: ignore,
    acknowledged: ignore,
    waits: ignore,
    exhausted: ignore,
  };
  const store = new QueueStore(network, watcher, capacity);
  const lives = new Map<unknown, Life>();
  const connect = () => {
    const one = life();
    const queue = new SimulatedQueue(store, network, one);
    lives.set(queue, one);
    return queue;
  };
  const kill = (queue: unknown) => void (lives.get(queue)!.alive = false);
  return Promise.resolve({ connect, kill, [Symbol.asyncDispose]: end });
}

describeStopSignal('simulated', {
  create: () => {
    const { network, life, end } = quietNetwork();
    const store = new StopStore();
    const connect = () => new SimulatedStop(store, network, life());
    return Promise.resolve({ connect, [Symbol.asyncDispose]: end });
  },
});

describeClock('simulated', () => {
  const { network, life, end } = quietNetwork();
  onTestFinished(end);
  return new SimulatedClock(network, life());
});
