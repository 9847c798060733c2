import type { Presence } from '../../shared/ports/exchange.js';

/**
 * Tasks beyond two for each slot, so that one slow answer leaves no slot idle; no more than two further ones a slot, because a job that
 * comes now waits behind them.
 */
const SPARE_TASKS = 16;
const SPARE_PER_SLOT = 2;
const MIN_TASKS = 2;
const TASKS_WITHOUT_WORKERS = 4;

/**
 * Returns how many tasks of a job may be unanswered: two for each slot of the workers of its numeric class, shared among the active jobs of
 * that class, with a few to spare if there is only one job: several are each other's spare tasks. It says how far ahead tasks are issued, never what is certified.
 */
export function taskWindow(numericClass: string, activeJobs: number, presences: readonly Presence[]): number {
  const workers = presences.filter((one) => one.numericClass === numericClass && !one.draining);
  if (workers.length === 0) return TASKS_WITHOUT_WORKERS;
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
  if (activeJobs > 1) return Math.max(MIN_TASKS, Math.floor((2 * slots) / activeJobs));
  return 2 * slots + Math.min(SPARE_TASKS, SPARE_PER_SLOT * slots);
}
