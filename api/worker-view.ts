import type { Device } from '../shared/job.js';
import type { Refusal } from '../shared/ports/job-store.js';

/** A worker as clients see it: what it announced last. */
export interface WorkerView {
  /** Its name, unique in the cluster. */
  readonly worker: string;
  readonly version: string;
  readonly device: Device;
  readonly numericClass: string;
  /** Inference processes. */
  readonly processes: number;
  /** Tasks that it has taken. */
  readonly tasks: number;
  /** Of the last moments. */
  readonly samplesPerSecond: number;
  /** Ids of the jobs that it has tasks of. */
  readonly jobs: readonly string[];
  /** True: it is about to end. */
  readonly draining: boolean;
  /** Milliseconds since 1970. */
  readonly lastSeenMs: number;
  /** Jobs that it cannot draw for, and why; the first 4, shortened. */
  readonly refusals: readonly { readonly job: string; readonly refusal: Refusal }[];
}
