import { totalOf } from '../../shared/counts.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { Refusals } from './refusals.js';

/** Counts a record that was stored, its task acknowledged; to be called once for each. */
export function countAnswered(
  metrics: Metrics<'worker'>,
  { counted, failed, returned, dropped }: LedgerRecord,
): void {
  let [samples, invalid] = [0, 0];
  for (const { counts, micros } of counted) {
    samples += totalOf(counts);
    invalid += counts.invalid;
    metrics.observe('smoothcert_shard_duration_seconds', micros / 1e6);
  }
  metrics.add('smoothcert_tasks_answered_total', 1);
  metrics.add('smoothcert_drawn_samples_total', samples - invalid, { outcome: 'vote' });
  metrics.add('smoothcert_drawn_samples_total', invalid, { outcome: 'invalid' });
  const fates = { counted, failed, returned, dropped };
  for (const outcome of ['counted', 'failed', 'returned', 'dropped'] as const) {
    metrics.add('smoothcert_drawn_shards_total', fates[outcome].length, { outcome });
  }
}

/** Shows the processes, tasks and refusals that a worker has at this moment. */
export function showWork(
  metrics: Metrics<'worker'>,
  { ready, tasks, refusals }: { ready: number; tasks: number; refusals: Refusals['list'] },
): void {
  metrics.set('smoothcert_ready_processes', ready);
  metrics.set('smoothcert_tasks_in_hand', tasks);
  const codes = new Map<string, number>();
  for (const { refusal } of refusals) codes.set(refusal.code, (codes.get(refusal.code) ?? 0) + 1);
  const byCode = [...codes].map(([code, jobs]) => [jobs, { code }] as const);
  metrics.replace('smoothcert_refused_jobs', byCode);
}
