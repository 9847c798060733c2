import type { WorkerExchange } from '../../shared/ports/exchange.js';
import { NO_METRICS } from '../../shared/telemetry/metrics.js';
import { Daemon, type DaemonEvent } from '../../worker/cluster/daemon.js';
import { SimulatedMachine, type MachineOptions } from './simulated-machine.js';
import { SimulatedClock } from './simulated-stop.js';

const GRACE_MS = 3_000;
const PRESENCE_EVERY_MS = 5_000;

/** From the signal to the end of a daemon that is not paused: its grace and five seconds more, by a clock that may be ten times too slow. */
export const LONGEST_DRAIN_MS = 100_000;

/** Counts the events of a cluster's workers besides drawing. */
export class WorkerEvents {
  postponed = 0;
  refused = 0;
  killed = 0;
  prepared = 0;

  add({ kind }: DaemonEvent): void {
    if (kind === 'postponed' || kind === 'refused' || kind === 'prepared') this[kind] += 1;
  }
}

interface DaemonParts extends Omit<MachineOptions, 'onKilled'> {
  readonly exchange: WorkerExchange;
  /** Jobs that it draws for at once. */
  readonly maxJobs: number;
  readonly events: WorkerEvents;
}

/** A whole worker of a cluster, the real one, on simulated ports. */
export function simulatedDaemon({ exchange, maxJobs, events, ...options }: DaemonParts) {
  const { network, life } = options;
  const machine = new SimulatedMachine({ ...options, onKilled: (draws) => (events.killed += draws) });
  const daemon = new Daemon({
    name: life.name,
    exchange,
    machine,
    device: 'cpu',
    maxJobs,
    presenceEveryMs: PRESENCE_EVERY_MS,
    graceMs: GRACE_MS,
    clock: new SimulatedClock(network, life),
    onEvent: (event) => events.add(event),
    metrics: NO_METRICS,
  });
  return { pools: machine.pools, start: (signal: AbortSignal) => daemon.run(signal) };
}
