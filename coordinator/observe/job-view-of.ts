import type { JobState, JobView } from '../../api/job-view.js';
import type { Presence } from '../../shared/ports/exchange.js';
import type { JobEnding, JobEntry } from '../../shared/ports/job-store.js';
import type { Progress } from '../../shared/job-progress.js';

/** Refusals of workers that clients are shown of one job: so many fit into a message, however long their texts are. */
const MAX_REFUSALS = 100;

export function stateOf({ ending, cancelRequested, job }: JobEntry): JobState {
  if (ending) return ending.state;
  if (cancelRequested) return 'cancelling';
  return job === null ? 'pending' : 'running';
}

/**
 * Returns a job as clients see it, however they ask.
 * @param progress what is folded of the job, and `waitingFor` why it waits; of a job that has ended, its ending says both
 * @param presences the workers that are there: they say who refuses the job, and whether somebody draws it
 */
export function viewOf(
  entry: JobEntry,
  progress: Progress,
  waitingFor: string | null,
  presences: readonly Presence[],
): JobView {
  const { id, requestId, spec, createMs, startMs, ending, job, prepared } = entry;
  const all = presences.flatMap(({ refusals }) => refusals.filter((one) => one.job === id));
  const refusals = all.slice(0, MAX_REFUSALS);
  return {
    id,
    requestId,
    spec,
    state: stateOf(entry),
    createMs,
    startMs,
    waiting: null,
    waitingFor: ending ? null : (waitingFor ?? withoutWorkers(entry, presences)),
    endMs: ending?.endMs ?? null,
    error: ending?.error ?? null,
    progress: ending?.progress ?? progress,
    refusals: ending ? [] : refusals.map(({ refusal }) => refusal),
    job,
    batchNote: prepared?.batchNote ?? null,
    roundingNote: prepared?.roundingNote ?? null,
    outlook: null,
  };
}

/** Returns the view of a job that has ended. */
export const endedViewOf = (entry: JobEntry & { readonly ending: JobEnding }): JobView =>
  viewOf(entry, entry.ending.progress, null, []);

/** Returns why a job that was prepared waits: nobody draws its samples. Null if somebody does, or it was not prepared. */
function withoutWorkers({ job }: JobEntry, presences: readonly Presence[]): string | null {
  if (job === null) return null;
  const { numericClass } = job.draw;
  const some = presences.some((worker) => worker.numericClass === numericClass && !worker.draining);
  return some ? null : `No worker of its numeric class is there: ${numericClass}.`;
}
