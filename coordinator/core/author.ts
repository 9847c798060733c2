import type { LedgerRecord } from '../../shared/wire/record.js';

/** The name of all workers that give none. */
export const NAMELESS = '';

/** Returns a worker's name for people. */
export const shownName = (worker: string): string => (worker === NAMELESS ? '(without a name)' : worker);

/** Returns the name of the worker that drew what a record holds; null if it holds no counts and no name, as those of coordinators. */
export function authorOf({ worker, counted }: LedgerRecord): string | null {
  return worker ?? (counted.length > 0 ? NAMELESS : null);
}
