import type { ErrorCode } from '../errors.js';
import type { Job } from '../job.js';
import type { JobSpec } from '../job-spec.js';
import type { Prepared } from '../preparation.js';
import type { Progress } from '../job-progress.js';
import type { TraceContext } from '../telemetry/trace-context.js';

/** The reason of a worker, or of the service, for refusing a job or a request, as messages carry it. */
export interface Refusal {
  readonly worker: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

export type FinalState = 'succeeded' | 'partially-succeeded' | 'failed' | 'cancelled';

/** How a job ended. */
export interface JobEnding {
  readonly state: FinalState;
  /** Milliseconds since 1970. */
  readonly endMs: number;
  readonly error: Refusal | null;
  readonly progress: Progress;
  /** Digests (hex) of the artifacts that are results.jsonl and results.tsv; null without them. */
  readonly results: { readonly jsonl: string; readonly tsv: string } | null;
}

/** A job's stored state beside its ledger. Only `startMs`, `job`, `prepared`, `cancelRequested` and `ending` change, once each. */
export interface JobEntry {
  readonly id: string;
  readonly requestId: string;
  /** sha256 (hex) of the spec as it was sent: a repeated request has the same. */
  readonly requestDigest: string;
  /** With the seed and the images that are used. */
  readonly spec: JobSpec & { readonly seed: string };
  readonly createMs: number;
  readonly startMs: number | null;
  /** Null before a worker has prepared the model. */
  readonly job: Job | null;
  readonly prepared: Prepared | null;
  readonly cancelRequested: boolean;
  readonly ending: JobEnding | null;
  /** Context of the trace that created the job, which drawing continues. Part of no digest. */
  readonly trace?: TraceContext;
}

/** An entry, and the version of it that `replace` compares. */
export interface Stored {
  readonly entry: JobEntry;
  readonly version: number;
}

/** The jobs of one installation. */
export interface JobStore {
  /** Stores a new entry; `exists` if there is one of this id, which is left as it is. */
  create(entry: JobEntry): Promise<'created' | 'exists'>;
  get(id: string): Promise<Stored | null>;
  /** Replaces the entry if its version is still `version`; `changed` if it is not. */
  replace(entry: JobEntry, version: number): Promise<'replaced' | 'changed'>;
  /** All entries, newest first. Entries that cannot be read are left out and reported to `onDamaged`. */
  list(): Promise<Stored[]>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}
