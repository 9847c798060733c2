import type { JobEntry, JobStore } from '../../shared/ports/job-store.js';
import { updateEntry } from '../jobs/update.js';

/** The entry of one job, as this process last read or wrote it. Others may change it at any time: the store is right, this is a copy. */
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
