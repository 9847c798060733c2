import type { JobSpec } from '../../shared/job-spec.js';
import type { CertificateRow, JobUpdate, JobView } from '../../api/job-view.js';
import type { WorkerView } from '../../api/worker-view.js';
import type { Position } from '../observe/decision-log.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { Waiting } from '../../shared/waiting.js';
import type { TraceContext } from '../../shared/telemetry/trace-context.js';

export interface CreateRequest {
  readonly spec: JobSpec;
  /** Empty: never the same as another one. */
  readonly requestId: string;
  readonly validateOnly: boolean;
  /** The caller's place in its trace, if it traces. */
  readonly trace?: TraceContext | null;
}

/**
 * The certification service, for gRPC, HTTP or a library alike: it knows jobs and artifacts, not how a call came in. Every method rejects
 * with SmoothcertErrors only, with NOT_SERVING while this process does not serve.
 */
export interface CertificationService {
  /** True while this process issues tasks and answers calls. */
  readonly serving: boolean;
  /** Why this process cannot do its work now; null if it can. */
  readonly waiting: Waiting | null;
  /** Calls `listener` whenever `serving` changes, until the returned function is called. */
  onServing(listener: (serving: boolean) => void): () => void;
  /** Creates a job, or returns the one that the same request has made. @throws RequestError, ARTIFACT_MISSING, ARTIFACT_FORBIDDEN, JOB_EXISTS (same request id, other request), TOO_MANY_JOBS, DISK_FULL */
  createJob(request: CreateRequest): Promise<JobView>;
  /** @throws JOB_NOT_FOUND */
  getJob(id: string): Promise<JobView>;
  /** Returns a page of jobs, newest first, and the token of the next page, empty for the last one. @throws RequestError for another token */
  listJobs(pageSize: number, pageToken: string): Promise<{ jobs: JobView[]; nextPageToken: string }>;
  /** Returns a page of the workers that have announced themselves in the last seconds, by name, and the token of the next page, empty for the last one. @throws RequestError for another token */
  listWorkers(pageSize: number, pageToken: string): Promise<{ workers: WorkerView[]; nextPageToken: string }>;
  /** Asks for the end of a job. Of one that has ended nothing changes. @throws JOB_NOT_FOUND */
  cancelJob(id: string): Promise<JobView>;
  /**
   * Yields a snapshot, then what changed, until the job has ended or `signal` aborts. A message is made when its reader asks for it: what
   * changes between two of them is gathered, never queued. @param afterSequence of the last message that the reader has seen; 0: none
   * @throws JOB_NOT_FOUND, TOO_MANY_WATCHERS
   */
  watch(id: string, afterSequence: number, signal: AbortSignal): AsyncIterable<JobUpdate>;
  /** Yields rows of the images decided so far, in image order. @param fromImage index of the first one that is wanted. @throws JOB_NOT_FOUND */
  certificates(id: string, fromImage: number, signal: AbortSignal): AsyncIterable<CertificateRow>;
  /**
   * Returns lines of results.jsonl of images that were decided behind a position of the job, in the order in which they were, at most `most`;
   * null of a job that keeps no such order because it has ended: `certificates` has its rows. Asked again behind `next`, it gives the further ones.
   * @throws JOB_NOT_FOUND
   */
  linesBehind(id: string, position: Position, most: number): Promise<LinesPage | null>;
  readonly artifacts: ArtifactStore;
}

export type { Position };

/** Lines of images that were decided one after the other. */
export interface LinesPage {
  /** Lines of results.jsonl, without their ends. */
  readonly lines: readonly string[];
  readonly next: Position;
  /** True if there are further ones already. */
  readonly more: boolean;
  /** Images decided so far. Whoever has other than these begins again at the first position: a job that an audit refutes loses all. */
  readonly decided: number;
}
