import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { CoordinatorExchange } from '../../shared/ports/exchange.js';
import type { JobStore } from '../../shared/ports/job-store.js';
import type { Log } from '../../shared/telemetry/log.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';
import type { Tracer } from '../../shared/telemetry/tracer.js';
import type { DataSets } from './data-set.js';
import type { ServiceLimits } from './limits.js';

/** What a service stands on. */
export interface ServicePorts {
  readonly jobs: JobStore;
  readonly exchange: CoordinatorExchange;
  readonly artifacts: ArtifactStore;
  /** Those of `artifacts` unless given. */
  readonly dataSets?: DataSets;
  readonly clock: Clock;
  /** Milliseconds since 1970: only for times that are shown or stored. */
  readonly now: () => number;
  /** Returns so many random bytes, of a source that nobody can foresee: names of tasks, and seeds and ids that no request gave. */
  readonly randomBytes: (count: number) => Buffer;
  readonly limits: ServiceLimits;
  readonly log: Log;
  readonly metrics: Metrics<'coordinator'>;
  /** Nobody traces unless given. */
  readonly tracer?: Tracer;
}
