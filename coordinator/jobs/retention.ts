import type { JobEntry } from '../../shared/ports/job-store.js';
import { ResultsInUse } from '../results/results-in-use.js';
import { hasEnded, type EndedEntry } from '../run/stored-job.js';
import type { ServicePorts } from './service-ports.js';

/**
 * Removes jobs that ended long ago: first the ledger, which is large, then the entry and its results. Every step may be repeated, so that a
 * coordinator that dies between two of them leaves nothing behind for ever. Right before each step the store is asked again, because the list
 * that a sweep begins with may be old: a job that was removed elsewhere can have been created anew, under the same id.
 */
export class Retention {
  /** Jobs whose ledger was removed by this process. */
  private readonly withoutLedger = new Set<string>();

  constructor(
    private readonly ports: ServicePorts,
    private readonly inUse = new ResultsInUse(),
  ) {}

  /** Removes what the limits no longer allow. @param entries all jobs of the store */
  async sweep(entries: readonly JobEntry[]): Promise<void> {
    const { retainMs, retainLedgers, retainJobs } = this.ports.limits;
    const ended = entries.filter(hasEnded);
    ended.sort((a, b) => b.ending.endMs - a.ending.endMs);
    for (const [rank, entry] of ended.entries()) {
      const { id, job, ending } = entry;
      const kept = rank < retainLedgers && this.ports.now() - ending.endMs <= retainMs;
      if (kept || job === null || this.withoutLedger.has(id) || !(await this.isStored(entry))) continue;
      await this.ports.exchange.removeLedger(id);
      this.withoutLedger.add(id);
    }
    for (const entry of ended.slice(Math.max(retainJobs, retainLedgers))) await this.forget(entry);
  }

  /** Removes the results and the entry of a job; nothing if that was done elsewhere. */
  private async forget(entry: EndedEntry): Promise<void> {
    if (!(await this.isStored(entry))) return;
    for (const digest of digestsOf(entry)) {
      await this.inUse.removeUnlessUsed(digest, () => this.removeResult(digest, entry));
    }
    await this.ports.jobs.remove(entry.id);
    this.withoutLedger.delete(entry.id);
  }

  /** Removes an artifact, unless it is the result of another job, too: equal jobs have equal results. */
  private async removeResult(digest: string, { id }: EndedEntry): Promise<void> {
    const entries = (await this.ports.jobs.list()).map(({ entry }) => entry);
    const shared = entries.some((one) => one.id !== id && hasEnded(one) && digestsOf(one).includes(digest));
    if (!shared) await this.ports.artifacts.remove(digest);
  }

  /** Returns true if the store still has the very entry that the sweep began with. */
  private async isStored({ id, createMs, ending }: EndedEntry): Promise<boolean> {
    const stored = (await this.ports.jobs.get(id))?.entry;
    return stored?.createMs === createMs && stored.ending?.endMs === ending.endMs;
  }
}

const digestsOf = ({ ending: { results } }: EndedEntry): string[] =>
  results === null ? [] : [results.jsonl, results.tsv];
