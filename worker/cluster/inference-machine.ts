import type { Device } from '../../shared/job.js';
import type { PrepareRequest, WorkerLinks } from '../../shared/ports/exchange.js';
import type { Prepared } from '../../shared/preparation.js';
import type { ArtifactCache } from './artifacts/cache.js';
import { inspectModel } from './inspect-model.js';
import { startProcesses, type PoolSettings } from './job-processes.js';
import type { JobProcesses, Machine } from './machine.js';
import { selfTest } from './self-test.js';

export interface InferenceMachineOptions {
  readonly device: Device;
  readonly cache: ArtifactCache;
  readonly pool: PoolSettings;
}

/** The machine that ships: forked processes that run ONNX models, and files from the artifact cache. */
export class InferenceMachine implements Machine {
  constructor(private readonly options: InferenceMachineOptions) {}

  get processes(): number {
    return this.options.pool.processes;
  }

  selfTest(signal: AbortSignal): Promise<Prepared> {
    return selfTest(this.options.device, this.askingUntil(signal));
  }

  inspect(request: PrepareRequest, signal: AbortSignal): Promise<Prepared> {
    return inspectModel(request, this.options.cache, this.askingUntil(signal));
  }

  start({ order }: WorkerLinks): Promise<JobProcesses> {
    return startProcesses(order, this.options.cache, this.options.pool);
  }

  private askingUntil(signal: AbortSignal): { readonly childModule?: URL; readonly signal: AbortSignal } {
    const { childModule } = this.options.pool;
    return childModule ? { signal, childModule } : { signal };
  }
}
