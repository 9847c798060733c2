import type { Presence } from '../../shared/ports/exchange.js';

/** Tasks beyond two for each slot, so that one slow answer leaves no slot idle. */
const SPARE_TASKS = 16;
const MIN_TASKS = 2;
const TASKS_WITHOUT_WORKERS = 4;

/**
 * Returns how many tasks of a job may be unanswered: two for each slot of the workers of its numeric class, shared among the active jobs of
 * that class. It says how far ahead tasks are issued, never what is certified.
 */
export function taskWindow(numericClass: string, activeJobs: number, presences: readonly Presence[]): number {
  const workers = presences.filter((one) => one.numericClass === numericClass && !one.draining);
  if (workers.length === 0) return TASKS_WITHOUT_WORKERS;
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
  return Math.max(MIN_TASKS, Math.floor((2 * slots + SPARE_TASKS) / Math.max(1, activeJobs)));
}
