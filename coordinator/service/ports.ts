import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { CoordinatorExchange } from '../../shared/ports/exchange.js';
import type { JobStore } from '../../shared/ports/job-store.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';
import type { ServiceLimits } from './limits.js';

/** Something worth a line in a log. */
export interface ServiceEvent {
  readonly level: 'info' | 'warn';
  readonly message: string;
  /** Id of the job that it is about; null if it is about none. */
  readonly job: string | null;
  readonly cause?: unknown;
}

/** What a service stands on. */
export interface ServicePorts {
  readonly jobs: JobStore;
  readonly exchange: CoordinatorExchange;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  /** Milliseconds since 1970: only for times that are shown or stored. */
  readonly now: () => number;
  readonly limits: ServiceLimits;
  readonly log: (event: ServiceEvent) => void;
  readonly metrics: Metrics<'coordinator'>;
}
