import type { JobEntry } from '../../shared/ports/job-store.js';
import type { ServicePorts } from './ports.js';
import { ResultsInHand } from '../results/results-in-hand.js';

interface Ended extends JobEntry {
  readonly ending: NonNullable<JobEntry['ending']>;
}

/**
 * Forgets jobs that ended long ago: first the ledger, which is large, then the entry and its results. Every step may be repeated, so
 * that a coordinator that dies between two of them leaves nothing behind for ever; and right before each the store is asked again,
 * because what a sweep has read may be old: a job that was forgotten elsewhere can have been created anew, under the same id.
 */
export class Retention {
  private readonly removed = new Set<string>();

  constructor(
    private readonly ports: ServicePorts,
    private readonly inHand = new ResultsInHand(),
  ) {}

  async sweep(entries: readonly JobEntry[]): Promise<void> {
    const { retainMs, retainLedgers, retainJobs } = this.ports.limits;
    const ended = entries.filter(hasEnded);
    ended.sort((a, b) => b.ending.endMs - a.ending.endMs);
    for (const [place, entry] of ended.entries()) {
      const { id, job, ending } = entry;
      const kept = place < retainLedgers && this.ports.now() - ending.endMs <= retainMs;
      if (kept || job === null || this.removed.has(id) || !(await this.isStill(entry))) continue;
      await this.ports.exchange.removeLedger(id);
      this.removed.add(id);
    }
    for (const entry of ended.slice(Math.max(retainJobs, retainLedgers))) await this.forget(entry);
  }

  private async forget(entry: Ended): Promise<void> {
    // Gone already: whoever forgot it removed its results, too.
    if (!(await this.isStill(entry))) return;
    for (const digest of digestsOf(entry)) {
      await this.inHand.unlessHeld(digest, () => this.removeResult(digest, entry));
    }
    await this.ports.jobs.remove(entry.id);
    this.removed.delete(entry.id);
  }

  /** Equal jobs have equal results: the artifact may be that of a job which ended long after this one, or a moment ago. */
  private async removeResult(digest: string, { id }: Ended): Promise<void> {
    const entries = (await this.ports.jobs.list()).map(({ entry }) => entry);
    const shared = entries.some((one) => one.id !== id && hasEnded(one) && digestsOf(one).includes(digest));
    if (!shared) await this.ports.artifacts.remove(digest);
  }

  /** Whether the store has the very entry that the sweep began with. */
  private async isStill({ id, createMs, ending }: Ended): Promise<boolean> {
    const now = (await this.ports.jobs.get(id))?.entry;
    return now?.createMs === createMs && now.ending?.endMs === ending.endMs;
  }
}

const hasEnded = (entry: JobEntry): entry is Ended => entry.ending !== null;

const digestsOf = ({ ending: { results } }: Ended): string[] =>
  results === null ? [] : [results.jsonl, results.tsv];
