import type { JobState, JobView } from '../../api/job-view.js';
import type { Presence } from '../../shared/ports/exchange.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import type { Progress } from '../../shared/job-progress.js';
import { MOST_REFUSALS_SHOWN } from './limits.js';

export function stateOf({ ending, cancelRequested, job }: JobEntry): JobState {
  if (ending) return ending.state;
  if (cancelRequested) return 'cancelling';
  return job === null ? 'pending' : 'running';
}

/** A job as clients see it; of one that has ended, `progress` and `waitingFor` are those of its ending. */
export function viewOf(
  entry: JobEntry,
  progress: Progress,
  waitingFor: string | null,
  presences: readonly Presence[],
): JobView {
  const { id, requestId, spec, createMs, startMs, ending, job, prepared } = entry;
  const all = presences.flatMap(({ refusals }) => refusals.filter((one) => one.job === id));
  const refusals = all.slice(0, MOST_REFUSALS_SHOWN);
  return {
    id,
    requestId,
    spec,
    state: stateOf(entry),
    createMs,
    startMs,
    waitingFor: ending ? null : (waitingFor ?? withoutWorkers(entry, presences)),
    endMs: ending?.endMs ?? null,
    error: ending?.error ?? null,
    progress: ending?.progress ?? progress,
    refusals: ending ? [] : refusals.map(({ refusal }) => refusal),
    job,
    batchNote: prepared?.batchNote ?? null,
  };
}

/** Why a job that is ready does not go on: nobody draws its samples. */
function withoutWorkers({ job }: JobEntry, presences: readonly Presence[]): string | null {
  if (job === null) return null;
  const { numericClass } = job.draw;
  const some = presences.some((worker) => worker.numericClass === numericClass && !worker.draining);
  return some ? null : `No worker of its numeric class is there: ${numericClass}.`;
}
