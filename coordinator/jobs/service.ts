import type { JobSpec } from '../../shared/job-spec.js';
import type { CertificateRow, JobUpdate, JobView } from '../../api/job-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { TraceContext } from '../../shared/telemetry/trace-context.js';

export interface CreateRequest {
  readonly spec: JobSpec;
  /** Empty: never the same as another one. */
  readonly requestId: string;
  readonly validateOnly: boolean;
  /** Where the caller's trace stands, if he traces. */
  readonly trace?: TraceContext | null;
}

/** What clients can ask, however they ask. Every method throws SmoothcertErrors; NOT_SERVING while another coordinator holds the lease. */
export interface CertificationService {
  /** Whether this process issues tasks and answers. */
  readonly serving: boolean;
  /** Calls `listener` whenever `serving` changes, until the returned function is called. */
  onServing(listener: (serving: boolean) => void): () => void;
  /** @throws RequestError, ARTIFACT_MISSING, ARTIFACT_FORBIDDEN, JOB_EXISTS (same request id, other request), TOO_MANY_JOBS, DISK_FULL */
  createJob(request: CreateRequest): Promise<JobView>;
  /** @throws JOB_NOT_FOUND */
  getJob(id: string): Promise<JobView>;
  /** Newest first. @throws RequestError for a token that is none */
  listJobs(pageSize: number, pageToken: string): Promise<{ jobs: JobView[]; nextPageToken: string }>;
  /** @throws JOB_NOT_FOUND */
  cancelJob(id: string): Promise<JobView>;
  /**
   * A snapshot, then what changed, until the job has ended or `signal` aborts. Drawn by its reader: between two reads changes are
   * gathered, never queued. @throws JOB_NOT_FOUND, TOO_MANY_WATCHERS
   */
  watch(id: string, afterSequence: number, signal: AbortSignal): AsyncIterable<JobUpdate>;
  /** Rows of the images decided so far, in image order, from this index on. @throws JOB_NOT_FOUND */
  certificates(id: string, fromImage: number, signal: AbortSignal): AsyncIterable<CertificateRow>;
  readonly artifacts: ArtifactStore;
}
