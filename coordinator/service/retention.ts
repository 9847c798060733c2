import type { JobEntry } from '../../shared/ports/job-store.js';
import type { ServicePorts } from './ports.js';

interface Ended extends JobEntry {
  readonly ending: NonNullable<JobEntry['ending']>;
}

/**
 * Forgets jobs that ended long ago: first the ledger, which is large, then the entry and its results. Every step may be repeated, so
 * that a coordinator that dies between two of them leaves nothing behind for ever.
 */
export class Retention {
  private readonly removed = new Set<string>();

  constructor(private readonly ports: ServicePorts) {}

  async sweep(entries: readonly JobEntry[]): Promise<void> {
    const { retainMs, retainJobs, retainEntries } = this.ports.limits;
    const ended = entries.filter((entry): entry is Ended => entry.ending !== null);
    ended.sort((a, b) => b.ending.endMs - a.ending.endMs);
    for (const [place, { id, job, ending }] of ended.entries()) {
      const kept = place < retainJobs && this.ports.now() - ending.endMs <= retainMs;
      if (kept || job === null || this.removed.has(id)) continue;
      await this.ports.exchange.removeLedger(id);
      this.removed.add(id);
    }
    const most = Math.max(retainEntries, retainJobs);
    const stay = new Set(ended.slice(0, most).flatMap(digestsOf));
    for (const entry of ended.slice(most)) await this.forget(entry, stay);
  }

  /** Equal jobs have equal results, so that an artifact may be another job's too. */
  private async forget(entry: Ended, stay: ReadonlySet<string>): Promise<void> {
    for (const digest of digestsOf(entry)) {
      if (!stay.has(digest)) await this.ports.artifacts.remove(digest);
    }
    await this.ports.jobs.remove(entry.id);
    this.removed.delete(entry.id);
  }
}

const digestsOf = ({ ending: { results } }: Ended): string[] =>
  results === null ? [] : [results.jsonl, results.tsv];
