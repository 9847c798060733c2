/** Which process shows a metric; `serve` is coordinator and worker in one and shows both. */
export type Role = 'coordinator' | 'worker';

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly roles: readonly Role[];
  /** Labels with all the values that each may take; null: a small set that is known only at run time. */
  readonly labels?: Readonly<Record<string, readonly string[] | null>>;
  /** Upper ends of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[];
}

const BOTH = ['coordinator', 'worker'] as const;
const COORDINATOR = ['coordinator'] as const;
const WORKER = ['worker'] as const;

/** From a millisecond to ten minutes: batches of small models, shards of large ones. */
const SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 120, 600];

/**
 * Every metric of smoothcert by its name in Prometheus: base units, bounded labels, never a job, an image or a worker as a label. Counters
 * begin at 0 with the process: records that a coordinator replays from a ledger were counted by the process that folded them first, and
 * are not counted again. Tests compare docs/metrics.md, the alert rules and the dashboard with this table.
 */
export const METRICS = {
  smoothcert_build_info: {
    kind: 'gauge',
    roles: BOTH,
    labels: { version: null, role: BOTH, node: null },
    help: 'Always 1; what is running.',
  },
  smoothcert_heap_limit_bytes: {
    kind: 'gauge',
    roles: BOTH,
    help: 'JavaScript heap at which Node.js ends this process.',
  },
  smoothcert_inference_cpu_seconds_total: {
    kind: 'counter',
    roles: ['worker'],
    help: 'Processor time of the inference processes, up to the last scrape of those that have ended. Only where the system has /proc.',
  },
  smoothcert_inference_resident_memory_bytes: {
    kind: 'gauge',
    roles: ['worker'],
    help: 'Memory of the inference processes together. Only where the system has /proc.',
  },
  smoothcert_nats_connected: {
    kind: 'gauge',
    roles: BOTH,
    help: 'Whether the connection to NATS is up. Always 1 without NATS.',
  },
  smoothcert_nats_quorum: {
    kind: 'gauge',
    roles: BOTH,
    help: 'Whether most servers of the NATS cluster are there: 0 once nobody has led them for 12 s. Always 1 without NATS.',
  },
  smoothcert_nats_disconnects_total: {
    kind: 'counter',
    roles: BOTH,
    help: 'Times that the connection to NATS was lost.',
  },
  smoothcert_malformed_messages_total: {
    kind: 'counter',
    roles: BOTH,
    help: 'Messages of NATS that could not be read, and were ignored.',
  },
  // What a coordinator decides.
  smoothcert_serving: {
    kind: 'gauge',
    roles: COORDINATOR,
    help: 'Whether this coordinator holds the lease, issues tasks and answers calls.',
  },
  smoothcert_jobs: {
    kind: 'gauge',
    roles: COORDINATOR,
    labels: { state: ['pending', 'running', 'cancelling'] },
    help: 'Jobs that have not ended; only the coordinator that serves shows any.',
  },
  smoothcert_jobs_ended_total: {
    kind: 'counter',
    roles: COORDINATOR,
    labels: { state: ['succeeded', 'partially-succeeded', 'failed', 'cancelled'] },
    help: 'Jobs that have ended, by how.',
  },
  smoothcert_job_restarts_total: {
    kind: 'counter',
    roles: COORDINATOR,
    help: 'Times that a job was begun again from its ledger, because a part beneath it failed.',
  },
  smoothcert_images_decided_total: {
    kind: 'counter',
    roles: COORDINATOR,
    labels: {
      outcome: ['certified', 'approximate', 'predicted', 'abstained', 'failed'],
      reason: ['gain', 'abstain', 'certified', 'futile', 'planned', 'budget', 'decided', 'failure'],
    },
    help: 'Images that were decided, by outcome and by why no more samples were drawn.',
  },
  smoothcert_images_failed_total: {
    kind: 'counter',
    roles: COORDINATOR,
    labels: { code: null },
    help: 'Images that were reported failed, by the code of the error.',
  },
  smoothcert_looks_total: {
    kind: 'counter',
    roles: COORDINATOR,
    help: 'Looks taken: moments at which an image could have been decided.',
  },
  smoothcert_folded_samples_total: {
    kind: 'counter',
    roles: COORDINATOR,
    labels: { outcome: ['counted', 'duplicate', 'divergent', 'late', 'rejected'] },
    help: 'Samples in the shards of the ledger, by what became of the shard.',
  },
  smoothcert_folded_shards_total: {
    kind: 'counter',
    roles: COORDINATOR,
    labels: { outcome: ['counted', 'duplicate', 'divergent', 'late', 'rejected', 'failed'] },
    help: 'Shards of the ledger, by what became of them: divergent ones had other counts than the first of the same shard.',
  },
  smoothcert_redrawn_shards_total: {
    kind: 'counter',
    roles: COORDINATOR,
    labels: { outcome: ['equal', 'different'] },
    help: 'Shards that another worker drew a second time (--redraw-share), by whether it counted the same votes.',
  },
  smoothcert_samples_saved_total: {
    kind: 'counter',
    roles: COORDINATOR,
    help: 'Samples that decided images did not take, of the budget that a fixed number would have spent on each; failed images save none.',
  },
  smoothcert_tasks_issued_total: {
    kind: 'counter',
    roles: COORDINATOR,
    labels: { reason: ['new', 'overtaken'] },
    help: 'Tasks put into the queue: new ones, and copies of those that took too long.',
  },
  smoothcert_task_restarts_total: {
    kind: 'counter',
    roles: COORDINATOR,
    help: 'Times that all that was missing of a job was issued again, because its tasks had vanished.',
  },
  smoothcert_tasks_exhausted_total: {
    kind: 'counter',
    roles: COORDINATOR,
    help: 'Tasks that were handed out too often and never answered.',
  },
  smoothcert_queue_tasks: {
    kind: 'gauge',
    roles: COORDINATOR,
    labels: { state: ['waiting', 'taken'] },
    help: 'Tasks of all jobs that wait in the queue, and that workers hold.',
  },
  smoothcert_queue_oldest_task_age_seconds: {
    kind: 'gauge',
    roles: COORDINATOR,
    help: 'Age of the oldest task that was issued and is not answered; 0 if there is none.',
  },
  smoothcert_fold_lag_records: {
    kind: 'gauge',
    roles: COORDINATOR,
    help: 'Records that the ledgers of running jobs hold and that are not folded yet.',
  },
  smoothcert_last_record_timestamp_seconds: {
    kind: 'gauge',
    roles: COORDINATOR,
    help: 'When a record was folded last, in seconds since 1970; 0 before the first.',
  },
  smoothcert_workers: {
    kind: 'gauge',
    roles: COORDINATOR,
    labels: { state: ['drawing', 'idle', 'draining'] },
    help: 'Workers heard of in the last seconds: with tasks, without any, and about to end.',
  },
  smoothcert_worker_slots: {
    kind: 'gauge',
    roles: COORDINATOR,
    labels: { device: null },
    help: 'Inference processes of the workers heard of in the last seconds.',
  },
  smoothcert_workers_refusing: {
    kind: 'gauge',
    roles: COORDINATOR,
    help: 'Workers heard of in the last seconds that refuse a job.',
  },
  smoothcert_watchers: {
    kind: 'gauge',
    roles: COORDINATOR,
    help: 'Watches that are open.',
  },
  smoothcert_grpc_calls_total: {
    kind: 'counter',
    roles: COORDINATOR,
    labels: { method: null, code: null },
    help: 'gRPC calls that have ended, by method and status code.',
  },
  smoothcert_grpc_call_duration_seconds: {
    kind: 'histogram',
    roles: COORDINATOR,
    labels: { method: null },
    buckets: SECONDS,
    help: 'How long gRPC calls took.',
  },
  smoothcert_store_free_bytes: {
    kind: 'gauge',
    roles: COORDINATOR,
    help: 'Free space on the disk of --store.',
  },
  // What a worker draws.
  smoothcert_worker_info: {
    kind: 'gauge',
    roles: WORKER,
    labels: { device: null, numeric_class: null, onnxruntime: null },
    help: 'Always 1; what this worker draws with.',
  },
  smoothcert_ready_processes: {
    kind: 'gauge',
    roles: WORKER,
    help: 'Inference processes that are ready to draw, of all jobs.',
  },
  smoothcert_drawn_samples_total: {
    kind: 'counter',
    roles: WORKER,
    labels: { outcome: ['vote', 'invalid'] },
    help: 'Samples of counted shards: votes for a class, and invalid ones.',
  },
  smoothcert_drawn_shards_total: {
    kind: 'counter',
    roles: WORKER,
    labels: { outcome: ['counted', 'failed', 'returned', 'dropped'] },
    help: 'Shards of answered tasks, by what became of them.',
  },
  smoothcert_shard_duration_seconds: {
    kind: 'histogram',
    roles: WORKER,
    buckets: SECONDS,
    help: 'Noise and inference of a counted shard.',
  },
  smoothcert_batch_duration_seconds: {
    kind: 'histogram',
    roles: WORKER,
    labels: { phase: ['noise', 'inference'] },
    buckets: SECONDS,
    help: 'Noise, and inference, of a batch.',
  },
  smoothcert_audited_batches_total: {
    kind: 'counter',
    roles: WORKER,
    help: 'Batches of which half of the rows were run a second time among other rows, and gave the same scores.',
  },
  smoothcert_tied_votes_total: {
    kind: 'counter',
    roles: WORKER,
    help: 'Votes for the lowest of several classes that shared the largest score.',
  },
  smoothcert_process_restarts_total: {
    kind: 'counter',
    roles: WORKER,
    labels: { reason: ['died', 'hung'] },
    help: 'Inference processes that ended unbidden, or were killed because they gave no sign of life, and were replaced.',
  },
  smoothcert_tasks_in_hand: {
    kind: 'gauge',
    roles: WORKER,
    help: 'Tasks that this worker holds.',
  },
  smoothcert_tasks_answered_total: {
    kind: 'counter',
    roles: WORKER,
    help: 'Tasks that were recorded and acknowledged.',
  },
  smoothcert_task_redeliveries_total: {
    kind: 'counter',
    roles: WORKER,
    help: 'Tasks that came to this worker and had been handed to somebody before.',
  },
  smoothcert_refused_jobs: {
    kind: 'gauge',
    roles: WORKER,
    labels: { code: null },
    help: 'Jobs that this worker cannot draw for now, by the code of the error.',
  },
  smoothcert_cache_bytes: {
    kind: 'gauge',
    roles: WORKER,
    help: 'Space that models and data sets take in the cache.',
  },
  smoothcert_cache_limit_bytes: {
    kind: 'gauge',
    roles: WORKER,
    help: 'Most space for what no job needs now.',
  },
  smoothcert_cache_requests_total: {
    kind: 'counter',
    roles: WORKER,
    labels: { result: ['hit', 'miss'] },
    help: 'Models and data sets that a job asked the cache for: there already, or fetched.',
  },
  smoothcert_cache_evictions_total: {
    kind: 'counter',
    roles: WORKER,
    help: 'Models and data sets that made room for others.',
  },
  smoothcert_fetched_bytes_total: {
    kind: 'counter',
    roles: WORKER,
    help: 'Bytes of artifacts fetched from a coordinator or a shared store.',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

/** Metrics of prom-client's default collectors that the alert rules and the dashboard use. */
export const DEFAULT_METRICS = [
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_eventloop_lag_seconds',
  'nodejs_heap_size_used_bytes',
  'process_cpu_seconds_total',
  'process_max_fds',
  'process_open_fds',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
] as const;
