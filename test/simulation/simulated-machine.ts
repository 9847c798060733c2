import type { PrepareRequest, WorkerLinks } from '../../shared/ports/exchange.js';
import type { Prepared } from '../../shared/preparation.js';
import type { JobProcesses, Machine } from '../../worker/cluster/machine.js';
import type { Drawn } from '../../worker/draw/pool.js';
import type { Shard } from '../../shared/shards.js';
import { InjectedFault } from './faults.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';
import { SimulatedPool } from './simulated-pool.js';

export interface MachineOptions {
  readonly network: Network;
  readonly life: Life;
  readonly processes: number;
  readonly numericClass: string;
  readonly fingerprint: string;
  /** Returns the outcome of drawing this shard of a job, if nothing stops it. */
  readonly outcome: (job: string, shard: Shard) => Drawn;
  /** Returns the preparation of a model. @throws the refusal */
  readonly inspect: (request: PrepareRequest) => Prepared;
  /** Called with the number of draws that were ended by killing their processes. */
  readonly onKilled: (draws: number) => void;
}

/** A worker's machine without processes and files: fetching and starting take time and fail, and shards are drawn from votes. */
export class SimulatedMachine implements Machine {
  /** Pools that were started and are not closed. */
  readonly pools = new Set<SimulatedPool>();

  constructor(private readonly options: MachineOptions) {}

  get processes(): number {
    return this.options.processes;
  }

  selfTest(): Promise<{ numericClass: string }> {
    const { network, life, numericClass } = this.options;
    return network.ask(life, 'killed at start', () => ({ numericClass }));
  }

  inspect(request: PrepareRequest, signal: AbortSignal): Promise<Prepared> {
    const { network, life, inspect } = this.options;
    return network.ask(life, 'killed at start', () => {
      signal.throwIfAborted();
      return inspect(request);
    });
  }

  start({ order }: WorkerLinks): Promise<JobProcesses> {
    const { network, life, processes, fingerprint, outcome, onKilled } = this.options;
    return network.ask(life, 'killed at start', () => {
      this.missing('artifact missing');
      const pool = new SimulatedPool({
        network,
        life,
        processes,
        fingerprint,
        expectedFingerprint: order.fingerprint,
        outcome: (shard) => outcome(order.job, shard),
        onKilled,
      });
      this.pools.add(pool);
      return {
        pool,
        ensure: () => network.ask(life, 'killed at start', () => this.missing('images missing')),
        close: () => this.close(pool),
      };
    });
  }

  private missing(fault: 'artifact missing' | 'images missing'): void {
    if (this.options.network.faults.happens(fault)) {
      throw new InjectedFault('ARTIFACT_MISSING', 'It is not there (simulated).', 'Wait.');
    }
  }

  private close(pool: SimulatedPool): Promise<void> {
    const { network, life } = this.options;
    pool.drain();
    return network.ask(life, 'killed at start', () => {
      pool.kill();
      this.pools.delete(pool);
    });
  }
}
