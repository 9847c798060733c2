import type { Device } from '../job.js';
import type { JobSpec } from '../job-spec.js';
import type { Prepared } from '../preparation.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Waiting } from '../waiting.js';
import type { WorkOrder } from '../work-order.js';
import type { Refusal } from './job-store.js';
import type { StopSignal } from './stop-signal.js';
import type { Task, TaskQueue } from './task-queue.js';
import type { VoteLedger } from './vote-ledger.js';

/** A worker as it last announced itself. For display, rates and the length of the queue; no certificate depends on it. */
export interface Presence {
  readonly worker: string;
  readonly version: string;
  readonly device: Device;
  readonly numericClass: string;
  readonly slots: number;
  readonly tasks: number;
  /** Ids of the jobs that it has tasks of. */
  readonly jobs: readonly string[];
  readonly samplesPerSecond: number;
  readonly refusals: readonly { readonly job: string; readonly refusal: Refusal }[];
  readonly draining: boolean;
}

/** The last announcement of a worker, and how long ago it came. */
export interface HeardPresence extends Presence {
  readonly silentMs: number;
}

/** A request to a worker, before there is a job, to prepare the model and to report its properties on the worker's machine. */
export interface PrepareRequest {
  readonly job: string;
  readonly spec: JobSpec & { readonly seed: string };
  readonly probeImages: readonly number[];
  /** Context of its trace, carried beside the request and not in it. */
  readonly trace?: TraceContext;
}

/** Ledger, queue and stop signal of one job, for its coordinator. `close` closes all three. */
export interface JobLinks {
  readonly ledger: VoteLedger;
  readonly queue: TaskQueue;
  readonly stop: StopSignal;
  close(): Promise<void>;
}

/** Reports whether the other processes can be reached, for readiness. */
export interface Reachable {
  readonly connected: boolean;
  /** False once the servers between have had no quorum for longer than an election takes: they answer, and store nothing. */
  readonly hasQuorum: boolean;
  /** Calls `listener` whenever `connected` changes, until the returned function is called. */
  onConnected(listener: (connected: boolean) => void): () => void;
}

/** The coordinator's side of the exchange with workers, in one process or a cluster. */
export interface CoordinatorExchange extends Reachable {
  /** Opens a job: makes its ledger and queue if they are not there, and its order known to workers. `ledgerBytes`: size of its records, estimated. */
  open(order: WorkOrder, ledgerBytes: number): Promise<JobLinks>;
  /** Ends a job: removes its queued tasks and its order, and tells workers. The ledger stays. */
  end(order: WorkOrder): Promise<void>;
  /** Removes the ledger of a job that has ended. */
  removeLedger(job: string): Promise<void>;
  /**
   * Asks workers of the device, one after the other, until one answers. `onWaiting` is called with the reason for a delay.
   * @throws SmoothcertError the worker's refusal, or the reason of `signal`
   */
  prepare(request: PrepareRequest, onWaiting: (why: Waiting) => void, signal: AbortSignal): Promise<Prepared>;
  /** Lists workers that announced themselves in the last seconds, including those that are about to end (`draining`). */
  presences(): readonly HeardPresence[];
  /** Calls `listener` with tasks that have reached the limit of deliveries, until the returned function is called. */
  onExhausted(listener: (task: Task) => void): () => void;
  close(): Promise<void>;
}

/** Order, ledger and stop signal of one job, for a worker. */
export interface WorkerLinks {
  readonly order: WorkOrder;
  readonly ledger: Pick<VoteLedger, 'append' | 'full'>;
  readonly stop: StopSignal;
  /** Aborts once the whole job has ended. */
  readonly ended: AbortSignal;
  close(): Promise<void>;
}

/** The worker's side of the exchange with coordinators. */
export interface WorkerExchange extends Reachable {
  /** Opens the queue with the tasks of all jobs of a numeric class. */
  tasks(numericClass: string): Promise<TaskQueue>;
  /** Opens a job; null if there is none of this id, or it has ended. */
  open(job: string): Promise<WorkerLinks | null>;
  /** Answers requests to prepare until `signal` aborts, one at a time; an error of `answer` is sent as the refusal. */
  answerPreparations(
    device: Device,
    answer: (request: PrepareRequest, signal: AbortSignal) => Promise<Prepared>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Announces this worker; to be called every few seconds. */
  announce(presence: Presence): void;
  /** Returns the address from which artifacts are fetched; null while no coordinator has announced it. */
  artifactsUrl(): Promise<string | null>;
  close(): Promise<void>;
}
