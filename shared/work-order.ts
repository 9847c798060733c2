import type { Device, DrawSpec } from './job.js';
import type { ModelReference } from './job-spec.js';

/** All that a worker must know of a job to draw for it, and nothing about its claim. */
export interface WorkOrder {
  /** Id of the job. */
  readonly job: string;
  readonly jobDigest: string;
  readonly draw: DrawSpec;
  /** The claim in canonical JSON. It is not looked into: it makes the digest of `draw`, so that nobody else's draw spec passes for it. */
  readonly claim: string;
  readonly model: ModelReference;
  readonly device: Device;
  readonly probeImages: readonly number[];
  /** Fingerprint that every child must have; null: any. */
  readonly fingerprint: string | null;
  /** One more than the largest image index. */
  readonly imageLimit: number;
}
