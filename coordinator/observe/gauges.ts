import type { JobState } from '../../api/job-view.js';
import type { Presence } from '../../shared/ports/exchange.js';
import type { TaskQueue } from '../../shared/ports/task-queue.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';

/** The state of a job that has not ended, for the metrics. */
export interface RunningJob {
  readonly state: JobState;
  /** The queue of its numeric class, which holds the tasks of all jobs of that class; null while it draws nothing. */
  readonly queue: { readonly numericClass: string; readonly tasks: TaskQueue } | null;
  /** How many records of its ledger are not folded yet. */
  readonly lag: number;
  /** When its oldest task was issued, in the clock's milliseconds; null without one. */
  readonly oldestTaskAt: number | null;
}

/** The state of a coordinator, for the metrics. */
export interface CoordinatorState {
  readonly serving: boolean;
  readonly watchers: number;
  readonly jobs: readonly RunningJob[];
  readonly presences: readonly Presence[];
  /** False if queues cannot be asked. */
  readonly connected: boolean;
  /** The clock's milliseconds. */
  readonly now: number;
}

/** Sets the gauges. To be called at each scrape. If queues cannot be asked, their gauges stay as they were. */
export async function setGauges(metrics: Metrics<'coordinator'>, state: CoordinatorState): Promise<void> {
  const { serving, watchers, jobs, presences, connected, now } = state;
  metrics.set('smoothcert_serving', serving ? 1 : 0);
  metrics.set('smoothcert_watchers', watchers);
  for (const state of ['pending', 'running', 'cancelling'] as const) {
    metrics.set('smoothcert_jobs', jobs.filter((job) => job.state === state).length, { state });
  }
  const lags = jobs.map(({ lag }) => lag);
  metrics.set('smoothcert_fold_lag_records', sum(lags));
  const ages = jobs.flatMap(({ oldestTaskAt }) => (oldestTaskAt === null ? [] : [now - oldestTaskAt]));
  metrics.set('smoothcert_queue_oldest_task_age_seconds', Math.max(0, ...ages) / 1_000);
  showWorkers(metrics, presences);
  if (!connected) return;
  const depths = await Promise.all([...queuesOf(jobs)].map((queue) => queue.depth()));
  metrics.set('smoothcert_queue_tasks', sum(depths.map(({ waiting }) => waiting)), { state: 'waiting' });
  metrics.set('smoothcert_queue_tasks', sum(depths.map(({ taken }) => taken)), { state: 'taken' });
}

function showWorkers(metrics: Metrics<'coordinator'>, presences: readonly Presence[]): void {
  const states = presences.map(({ draining, tasks }) =>
    draining ? 'draining' : tasks > 0 ? 'drawing' : 'idle',
  );
  for (const state of ['drawing', 'idle', 'draining'] as const) {
    metrics.set('smoothcert_workers', states.filter((one) => one === state).length, { state });
  }
  const refusing = presences.filter(({ refusals }) => refusals.length > 0).length;
  metrics.set('smoothcert_workers_refusing', refusing);
  const slots = new Map<string, number>();
  for (const one of presences) slots.set(one.device, (slots.get(one.device) ?? 0) + one.slots);
  const ofDevices = [...slots].map(([device, count]) => [count, { device }] as const);
  metrics.replace('smoothcert_worker_slots', ofDevices);
}

/** Returns one queue of each numeric class, because it tells of the tasks of all jobs of the class. */
function queuesOf(jobs: readonly RunningJob[]): Iterable<TaskQueue> {
  const queues = new Map<string, TaskQueue>();
  for (const { queue } of jobs) if (queue) queues.set(queue.numericClass, queue.tasks);
  return queues.values();
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
