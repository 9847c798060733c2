import type { Device } from '../job.js';
import type { JobSpec } from '../job-spec.js';
import type { Prepared } from '../preparation.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { WorkOrder } from '../work-order.js';
import type { Refusal } from './job-store.js';
import type { StopSignal } from './stop-signal.js';
import type { Task, TaskQueue } from './task-queue.js';
import type { VoteLedger } from './vote-ledger.js';

/** A worker as it was last heard of. For display, rates and the length of the queue; no certificate depends on it. */
export interface Presence {
  readonly worker: string;
  readonly version: string;
  readonly device: Device;
  readonly numericClass: string;
  readonly slots: number;
  readonly tasks: number;
  readonly samplesPerSecond: number;
  readonly refusals: readonly { readonly job: string; readonly refusal: Refusal }[];
  readonly draining: boolean;
}

/** What a worker is asked before there is a job: what is this model like on your machine? */
export interface PrepareRequest {
  readonly job: string;
  readonly spec: JobSpec & { readonly seed: string };
  readonly probeImages: readonly number[];
  /** Where its trace stands, if it is traced: carried beside the request, never in it. */
  readonly trace?: TraceContext;
}

/** How the coordinator of one job meets its workers. `close` ends all three. */
export interface JobLinks {
  readonly ledger: VoteLedger;
  readonly queue: TaskQueue;
  readonly stop: StopSignal;
  close(): Promise<void>;
}

/** Whether the others can be reached, for readiness. */
export interface Reachable {
  readonly connected: boolean;
  /** Calls `listener` whenever `connected` changes, until the returned function is called. */
  onConnected(listener: (connected: boolean) => void): () => void;
}

/** Where coordinators meet workers: one process, or a cluster. */
export interface CoordinatorExchange extends Reachable {
  /** Makes what the job needs, if it is not there, tells workers of it, and opens it. `ledgerBytes`: what its records may take. */
  open(order: WorkOrder, ledgerBytes: number): Promise<JobLinks>;
  /** Removes the job's queued tasks, tells workers that it has ended, and forgets its order. The ledger stays. */
  end(order: WorkOrder): Promise<void>;
  /** Removes the ledger of a job that has ended. */
  removeLedger(job: string): Promise<void>;
  /**
   * Asks one worker of the device, another one if it falls silent, until one answers. `onWaiting` is told why it takes time.
   * @throws SmoothcertError that the worker refused with, or the reason of `signal`
   */
  prepare(request: PrepareRequest, onWaiting: (why: string) => void, signal: AbortSignal): Promise<Prepared>;
  /** Workers heard of in the last seconds, those that are about to end (`draining`) among them. */
  presences(): readonly Presence[];
  /** Calls `listener` with tasks that were delivered so often that they are not delivered again, until the returned function is called. */
  onExhausted(listener: (task: Task) => void): () => void;
  close(): Promise<void>;
}

/** A job as a worker meets it. */
export interface WorkerLinks {
  readonly order: WorkOrder;
  readonly ledger: Pick<VoteLedger, 'append'>;
  readonly stop: StopSignal;
  /** Aborts once the whole job has ended. */
  readonly ended: AbortSignal;
  close(): Promise<void>;
}

/** Where workers meet coordinators. */
export interface WorkerExchange extends Reachable {
  /** Tasks of all jobs of a numeric class. */
  tasks(numericClass: string): Promise<TaskQueue>;
  /** Null if there is no such job, or it has ended. */
  open(job: string): Promise<WorkerLinks | null>;
  /** Answers preparations until `signal` aborts, one at a time; what `answer` throws is the refusal. */
  answerPreparations(
    device: Device,
    answer: (request: PrepareRequest, signal: AbortSignal) => Promise<Prepared>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Says that this worker is there; to be called every few seconds. */
  announce(presence: Presence): void;
  /** Where artifacts are fetched; null while no coordinator has said it. */
  artifactsUrl(): Promise<string | null>;
  close(): Promise<void>;
}
