import type { JobEnding, JobEntry, JobStore } from '../../shared/ports/job-store.js';

/** The entry of a job that has ended. */
export interface EndedEntry extends JobEntry {
  readonly ending: JobEnding;
}

export const hasEnded = (entry: JobEntry): entry is EndedEntry => entry.ending !== null;

/** The entry of one job, as this process last read or wrote it. This is a copy: other processes may change the store at any time. */
export class StoredJob {
  /** True once nothing is left to do: the job has ended, or was forgotten. */
  over = false;

  constructor(
    private readonly jobs: JobStore,
    public entry: JobEntry,
  ) {}

  /** Reads the entry from the store. Returns false if the job has ended or was forgotten. @throws the reason of `until`, once it aborted */
  async reread(until: AbortSignal): Promise<boolean> {
    const stored = await this.jobs.get(this.entry.id);
    // Reading can take as long as the process sleeps: whoever lost the lease meanwhile does nothing more.
    until.throwIfAborted();
    if (stored !== null) this.entry = stored.entry;
    return stored !== null && stored.entry.ending === null;
  }

  /** Changes the entry in the store as `updateEntry` does. Where it was forgotten, the job is over. */
  async update(change: (entry: JobEntry) => JobEntry): Promise<void> {
    const updated = await updateEntry(this.jobs, this.entry.id, change);
    if (updated === null) this.over = true;
    else this.entry = updated;
  }
}

/**
 * Changes an entry in the store, and repeats that when another process has changed it meanwhile. Returns the entry as it is stored then;
 * null if it is gone. It ends, because each field changes at most once.
 * @param change returns the changed entry, or its argument if there is nothing to change
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
