import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { CoordinatorExchange } from '../../shared/ports/exchange.js';
import type { JobStore } from '../../shared/ports/job-store.js';
import type { Log } from '../../shared/telemetry/log.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';
import type { Tracer } from '../../shared/telemetry/tracer.js';
import type { DataSets } from '../artifacts/stored-data-set.js';

/** The limits that running one job needs. */
export interface RunLimits {
  /** Milliseconds before a job is begun again after a port failed: the first time, and at most. */
  readonly backoffMs: { readonly least: number; readonly most: number };
  /** How much work a task should hold, in microseconds of noise and inference. */
  readonly taskMicros: number;
  /** Share of the counted shards that another worker draws a second time, from 0 to 1. */
  readonly redrawShare: number;
}

/** All that running jobs takes from outside. */
export interface RunPorts {
  readonly jobs: JobStore;
  readonly exchange: CoordinatorExchange;
  readonly artifacts: ArtifactStore;
  /** Those of `artifacts` unless given. */
  readonly dataSets?: DataSets;
  readonly clock: Clock;
  /** Milliseconds since 1970: only for times that are shown or stored. */
  readonly now: () => number;
  /** Returns so many random bytes that nobody can foresee: for names of tasks, and for seeds and job ids that no request gave. */
  readonly randomBytes: (count: number) => Buffer;
  readonly limits: RunLimits;
  readonly log: Log;
  readonly metrics: Metrics<'coordinator'>;
  /** Nothing is traced unless given. */
  readonly tracer?: Tracer;
}
