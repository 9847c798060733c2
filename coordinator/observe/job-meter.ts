import type { Metrics } from '../../shared/telemetry/metrics.js';
import type { ResultRow } from '../results/result-rows.js';
import type { StopReason } from '../core/decision.js';
import type { IssueCounters } from './issue-counters.js';
import type { JobFold } from '../core/job-fold.js';
import { noTally, type Tally } from '../core/tally.js';

const NONE_ISSUED: IssueCounters = { issued: 0, overtaken: 0, restarts: 0, exhausted: 0 };
const SHARD_OUTCOMES = ['counted', 'duplicate', 'divergent', 'late', 'rejected', 'failed'] as const;
const WASTED = ['duplicate', 'divergent', 'late', 'rejected'] as const;

/**
 * Counts what becomes of one job in the metrics, and each record once: records that the ledger held when this process first opened it were
 * counted by the process that folded them first, and those before a restart of the job by this one.
 */
export class JobMeter {
  private countedTo: number | null = null;
  private before: Tally | null = null;
  private lastCounters = NONE_ISSUED;

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly metrics: Metrics<'coordinator'>,
    private readonly now: () => number,
  ) {}

  /** To be called when the ledger was opened, and is to be folded from its beginning. @param known how many records it holds */
  opened(known: number): void {
    this.countedTo ??= known;
    this.before = null;
    this.lastCounters = NONE_ISSUED;
  }

  /** To be called when a record was folded. @param decided the rows of the images that it decided */
  folded({ tally, job }: JobFold, sequence: number, decided: readonly ResultRow[]): void {
    const { before, metrics } = this;
    this.before = { ...tally, wasted: { ...tally.wasted } };
    if (this.countedTo === null || sequence <= this.countedTo) return;
    this.countedTo = sequence;
    metrics.set('smoothcert_last_record_timestamp_seconds', this.now() / 1_000);
    this.tallied(before ?? noTally(), tally);
    const budget = job.claim.looks.at(-1)!;
    for (const row of decided) this.decided(row, budget);
  }

  /** Counts what was issued since the last call. @param counters since the ledger was opened */
  issued({ issued, overtaken, restarts, exhausted }: Readonly<IssueCounters>): void {
    const { metrics, lastCounters: last } = this;
    const copies = overtaken - last.overtaken;
    metrics.add('smoothcert_tasks_issued_total', copies, { reason: 'overtaken' });
    metrics.add('smoothcert_tasks_issued_total', issued - last.issued - copies, { reason: 'new' });
    metrics.add('smoothcert_task_restarts_total', restarts - last.restarts);
    metrics.add('smoothcert_tasks_exhausted_total', exhausted - last.exhausted);
    this.lastCounters = { issued, overtaken, restarts, exhausted };
  }

  private tallied(before: Tally, tally: Tally): void {
    const { metrics } = this;
    for (const outcome of SHARD_OUTCOMES) {
      metrics.add('smoothcert_folded_shards_total', tally[outcome] - before[outcome], { outcome });
    }
    const samples = tally.samples - before.samples;
    metrics.add('smoothcert_folded_samples_total', samples, { outcome: 'counted' });
    for (const outcome of WASTED) {
      const wasted = tally.wasted[outcome] - before.wasted[outcome];
      metrics.add('smoothcert_folded_samples_total', wasted, { outcome });
    }
    metrics.add('smoothcert_looks_total', tally.looks - before.looks);
  }

  private decided({ outcome, stop, samples }: ResultRow, budget: number): void {
    const { metrics } = this;
    const failed = outcome === 'failed';
    const reason = failed ? 'failure' : (stop as StopReason);
    metrics.add('smoothcert_images_decided_total', 1, { outcome, reason });
    if (failed) metrics.add('smoothcert_images_failed_total', 1, { code: stop });
    // An image that a shared total did not reach saved nothing.
    else if (samples > 0) metrics.add('smoothcert_samples_saved_total', budget - samples);
  }
}
