import type { JobEntry, JobStore } from '../../shared/ports/job-store.js';

/**
 * Changes an entry, whoever else changes it meanwhile; null if it is gone. `change` returns its argument where nothing is left to do;
 * as each field changes at most once, this ends.
 */
export async function updateEntry(
  jobs: JobStore,
  id: string,
  change: (entry: JobEntry) => JobEntry,
): Promise<JobEntry | null> {
  for (;;) {
    const stored = await jobs.get(id);
    if (stored === null) return null;
    const changed = change(stored.entry);
    if (changed === stored.entry) return changed;
    if ((await jobs.replace(changed, stored.version)) === 'replaced') return changed;
  }
}
