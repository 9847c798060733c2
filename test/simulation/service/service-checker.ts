import { JobFold } from '../../../coordinator/core/job-fold.js';
import type { ServiceLimits } from '../../../coordinator/jobs/limits.js';
import { jsonLines, tsvLines } from '../../../coordinator/results/result-lines.js';
import type { FinalState, JobEnding, JobEntry } from '../../../shared/ports/job-store.js';
import { FINGERPRINT } from '../../support/jobs.js';
import type { Checker } from '../checker.js';
import type { Faults } from '../faults.js';
import type { LedgerStore } from '../simulated-ledger.js';
import type { ArtifactState } from './simulated-artifacts.js';

/** The ledger of one job and the checker that watches it. */
export interface JobAccount {
  readonly ledger: LedgerStore;
  readonly checker: Checker;
}

export interface ServiceCheckerOptions {
  readonly faults: Faults;
  readonly limits: ServiceLimits;
  readonly artifacts: ArtifactState;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly entries: () => readonly JobEntry[];
  readonly accountOf: (job: string) => JobAccount | undefined;
  /** Returns true if workers were told that the job has ended. */
  readonly isTold: (job: string) => boolean;
}

type Ended = JobEntry & { readonly ending: JobEnding };

const hasEnded = (entry: JobEntry): entry is Ended => entry.ending !== null;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Watches what coordinators do with jobs, from the side of the stores:
 *
 *   S1  a job ends once at most, and nothing of it changes afterwards; nothing that was stored is taken back
 *   S2  an ending says what the ledger says, and its results are the rows of the ledger
 *   S3  a job is cancelled only if somebody asked for it; it fails as a whole only because of a fault that was injected
 *   S4  only what has ended is removed, and only if it is old enough
 *   S5  what was promised to a client is kept
 *   S6  a coordinator that knows that it has lost the lease does not serve (checked by the world)
 */
export class ServiceChecker {
  readonly findings: string[] = [];
  /** Endings by state, and those without results. */
  readonly endings: Record<FinalState | 'without results', number> = {
    succeeded: 0,
    'partially-succeeded': 0,
    failed: 0,
    cancelled: 0,
    'without results': 0,
  };
  ledgersRemoved = 0;
  entriesRemoved = 0;

  constructor(private readonly options: ServiceCheckerOptions) {}

  require(invariant: string, holds: boolean, message: string | (() => string)): void {
    if (!holds) this.findings.push(`${invariant}: ${typeof message === 'string' ? message : message()}`);
  }

  /** To be called before each change of an entry in the store. */
  changes(before: JobEntry | null, after: JobEntry | null): void {
    if (after === null) this.removes(before!);
    else if (before === null)
      this.require('S1', after.ending === null, `${after.id} is created with an ending`);
    else this.replaces(before, after);
  }

  /** To be called before a ledger is removed. */
  removesLedger(job: string): void {
    const { limits, now } = this.options;
    const entry = this.options.entries().find(({ id }) => id === job);
    if (entry === undefined) return;
    this.ledgersRemoved += 1;
    this.require('S4', hasEnded(entry), `the ledger of ${job}, which has not ended, is removed`);
    if (!hasEnded(entry)) return;
    const isOld = now() - entry.ending.endMs > limits.retainMs || this.newer(entry) >= limits.retainLedgers;
    this.require('S4', isOld, `the ledger of ${job} is removed early`);
  }

  private removes(entry: JobEntry): void {
    const { retainJobs, retainLedgers } = this.options.limits;
    this.entriesRemoved += 1;
    this.require('S4', hasEnded(entry), `${entry.id}, which has not ended, is removed`);
    if (!hasEnded(entry)) return;
    const isOld = this.newer(entry) >= Math.max(retainJobs, retainLedgers);
    this.require('S4', isOld, `${entry.id} is removed early`);
  }

  /** Returns how many jobs ended when this one did, or later. */
  private newer({ id, ending }: Ended): number {
    const others = this.options.entries().filter((other) => other.id !== id && hasEnded(other));
    return others.filter((other) => other.ending!.endMs >= ending.endMs).length;
  }

  private replaces(before: JobEntry, after: JobEntry): void {
    const { id } = before;
    this.require('S1', before.ending === null, `${id} has ended, and is changed`);
    for (const field of ['id', 'requestId', 'requestDigest', 'spec', 'createMs'] as const) {
      this.require('S1', same(before[field], after[field]), `${field} of ${id} is changed`);
    }
    for (const field of ['startMs', 'job', 'prepared'] as const) {
      const kept = before[field] === null || same(before[field], after[field]);
      this.require('S1', kept, `${field} of ${id} was stored, and is changed`);
    }
    this.require(
      'S1',
      after.cancelRequested || !before.cancelRequested,
      `the cancellation of ${id} is taken back`,
    );
    if (hasEnded(after)) this.ends(after);
  }

  private ends(entry: Ended): void {
    const { id, job, ending, cancelRequested } = entry;
    this.endings[ending.state] += 1;
    const asked = ending.state !== 'cancelled' || cancelRequested;
    this.require('S3', asked, `${id} is cancelled, and nobody asked for it`);
    const account = this.options.accountOf(id);
    if (job === null) this.endsUndrawn(entry);
    else if (account) this.endsDrawn(entry, account);
    else this.endsUnread(entry);
  }

  private endsUndrawn({ id, ending: { state, error, results } }: Ended): void {
    this.endings['without results'] += 1;
    const { counts } = this.options.faults;
    const refused = counts['preparation refused'] + counts['preparation refused for good'] > 0;
    const fine = state === 'cancelled' || (state === 'failed' && refused && error !== null);
    this.require('S3', fine && results === null, `${id} is ${state}, and was never drawn`);
  }

  /** The ending of a job that was made, and whose ledger or labels cannot be read. */
  private endsUnread({ id, ending: { state } }: Ended): void {
    this.endings['without results'] += 1;
    const { counts } = this.options.faults;
    const damaged = state === 'failed' && counts['ledger damaged'] > 0;
    const unreadable = state === 'cancelled' && counts['labels changed'] > 0;
    this.require('S3', damaged || unreadable, `${id} is ${state} without results`);
  }

  /** The ending of a job that has a ledger. */
  private endsDrawn(entry: Ended, { ledger, checker }: JobAccount): void {
    const { id, job, ending } = entry;
    this.require('S2', this.options.isTold(id), `${id} has ended before workers were told`);
    const fold = new JobFold(job!, FINGERPRINT);
    for (const { record, sequence } of ledger.entries(0)) fold.apply(record, sequence);
    if (ending.results === null && !(fold.isDone() && fold.decidedImages === 0)) {
      this.endsUnread(entry);
      return;
    }
    checker.finished(fold);
    this.findings.push(...checker.findings.map((finding) => `${id}: ${finding}`));
    const state = stateOf(fold);
    this.require('S2', ending.state === state, `${id} is ${ending.state}, and its ledger says ${state}`);
    if (ending.results === null) return;
    const label = (image: number) => image % 10;
    const { artifacts } = this.options;
    const [jsonl, tsv] = [artifacts.text(ending.results.jsonl), artifacts.text(ending.results.tsv)];
    this.require('S2', jsonl === [...jsonLines(fold, label)].join(''), `results.jsonl of ${id} is ${jsonl}`);
    this.require('S2', tsv === [...tsvLines(fold, label)].join(''), `results.tsv of ${id} is ${tsv}`);
  }
}

/** The state that a job ends in, from its rows alone. */
function stateOf(fold: JobFold): FinalState {
  const failed = [...fold.images.values()].filter(({ ending }) => ending?.outcome === 'failed').length;
  if (fold.cancelled) return 'cancelled';
  if (failed === 0) return 'succeeded';
  return failed === fold.images.size ? 'failed' : 'partially-succeeded';
}
