import type { JobState } from '../../api/job-view.js';
import type { Presence } from '../../shared/ports/exchange.js';
import type { TaskQueue } from '../../shared/ports/task-queue.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';

/** A job that has not ended, as a scrape sees it. */
export interface RunningJob {
  readonly state: JobState;
  /** Of its tasks' class, and the queue of that class; null while it draws nothing. */
  readonly queue: { readonly numericClass: string; readonly tasks: TaskQueue } | null;
  /** Records that its ledger holds and its fold does not. */
  readonly lag: number;
  /** When its oldest task was issued, in the clock's milliseconds; null without one. */
  readonly oldestTaskAt: number | null;
}

/** What a coordinator is at this moment. */
export interface Moment {
  readonly serving: boolean;
  readonly watchers: number;
  readonly jobs: readonly RunningJob[];
  readonly presences: readonly Presence[];
  /** Whether queues can be asked. */
  readonly connected: boolean;
  /** The clock's milliseconds. */
  readonly now: number;
}

/** Sets what is only worth knowing when somebody asks. What a queue does not say in time stays as it was. */
export async function showMoment(metrics: Metrics<'coordinator'>, moment: Moment): Promise<void> {
  const { serving, watchers, jobs, presences, connected, now } = moment;
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
  const draining = presences.filter((one) => one.draining).length;
  metrics.set('smoothcert_workers', draining, { state: 'draining' });
  metrics.set('smoothcert_workers', presences.length - draining, { state: 'drawing' });
  const refusing = presences.filter(({ refusals }) => refusals.length > 0).length;
  metrics.set('smoothcert_workers_refusing', refusing);
  const slots = new Map<string, number>();
  for (const one of presences) slots.set(one.device, (slots.get(one.device) ?? 0) + one.slots);
  const ofDevices = [...slots].map(([device, count]) => [count, { device }] as const);
  metrics.replace('smoothcert_worker_slots', ofDevices);
}

/** One queue of each numeric class: it tells of the tasks of all jobs of the class. */
function queuesOf(jobs: readonly RunningJob[]): Iterable<TaskQueue> {
  const queues = new Map<string, TaskQueue>();
  for (const { queue } of jobs) if (queue) queues.set(queue.numericClass, queue.tasks);
  return queues.values();
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
