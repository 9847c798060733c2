import type { PrepareRequest, WorkerLinks } from '../../shared/ports/exchange.js';
import type { Prepared } from '../../shared/preparation.js';
import type { Pool } from '../draw/pool.js';

/** The part of a job's pool that a worker of a cluster needs. */
export type JobPool = Pick<
  Pool,
  'draw' | 'stop' | 'drain' | 'kill' | 'broken' | 'fingerprint' | 'ready' | 'overdueMs' | 'pids'
>;

/** The inference processes of one job, and the files that they read. */
export interface JobProcesses {
  readonly pool: JobPool;
  /** Brings the pixels of these images here, verified. @throws what the artifact cache throws */
  ensure(images: Iterable<number>): Promise<void>;
  /** Ends the processes and lets go of the files. Never rejects. */
  close(): Promise<void>;
}

/** A worker's inference processes: preparing models and drawing. Everything else of a worker is messages. */
export interface Machine {
  /** Processes that draw for one job at once. */
  readonly processes: number;
  /**
   * Runs a tiny model, and returns the numeric class of the device.
   * @throws SmoothcertError DEVICE_UNAVAILABLE, CHILD_DIED; the reason of `signal`
   */
  selfTest(signal: AbortSignal): Promise<Pick<Prepared, 'numericClass'>>;
  /** Returns what the model of a request is like here. @throws its refusal, or the reason of `signal` */
  inspect(request: PrepareRequest, signal: AbortSignal): Promise<Prepared>;
  /** Fetches what a job needs and starts its processes. @throws what cache and source throw */
  start(links: WorkerLinks): Promise<JobProcesses>;
}
