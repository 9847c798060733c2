import type { Presence } from '../../shared/ports/exchange.js';

/** Beside two tasks a slot, so that a single slow answer leaves nobody idle. */
const SPARE = 16;
const LEAST = 2;
const WITHOUT_WORKERS = 4;

/**
 * How many tasks of a job may be queued or in hand: its share, among the active jobs of its numeric class, of two for each slot of the
 * workers of that class. It says how much is drawn ahead, never what is certified.
 */
export function windowOf(numericClass: string, activeJobs: number, presences: readonly Presence[]): number {
  const workers = presences.filter((one) => one.numericClass === numericClass && !one.draining);
  if (workers.length === 0) return WITHOUT_WORKERS;
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
  return Math.max(LEAST, Math.floor((2 * slots + SPARE) / Math.max(1, activeJobs)));
}
