import type { Device, DrawSpec } from './job.js';
import type { ModelReference } from './job-spec.js';

/** Everything that a worker needs to know of a job to draw for it. Its claim is opaque to the worker. */
export interface WorkOrder {
  /** Id of the job. */
  readonly job: string;
  readonly jobDigest: string;
  readonly draw: DrawSpec;
  /** The claim in canonical JSON, which a worker does not parse. The job's digest covers it and `draw`, so that a forged `draw` is refused. */
  readonly claim: string;
  readonly model: ModelReference;
  readonly device: Device;
  readonly probeImages: readonly number[];
  /** Fingerprint that every inference process must have; null: any. */
  readonly fingerprint: string | null;
  /** One more than the largest image index. */
  readonly imageLimit: number;
}
