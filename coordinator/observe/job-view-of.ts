import type { JobState, JobView } from '../../api/job-view.js';
import type { Outlook } from '../../shared/outlook.js';
import type { JobEnding, JobEntry } from '../../shared/ports/job-store.js';
import type { Progress } from '../../shared/job-progress.js';
import { NOTHING_KNOWN, waitingOf, type Surroundings } from './waiting-of.js';

/** Refusals of workers that clients are shown of one job: so many fit into a message, however long their texts are. */
const MAX_REFUSALS = 100;

export function stateOf({ ending, cancelRequested, job }: JobEntry): JobState {
  if (ending) return ending.state;
  if (cancelRequested) return 'cancelling';
  return job === null ? 'pending' : 'running';
}

/**
 * Returns a job as clients see it, however they ask.
 * @param progress what is folded of the job; of a job that has ended, its ending says it
 * @param around what else its coordinator knows: its workers say who refuses the job, and whether somebody draws it
 * @param outlook how much is still to come; null if nothing is drawn
 */
export function viewOf(
  entry: JobEntry,
  progress: Progress,
  around: Surroundings = NOTHING_KNOWN,
  outlook: Outlook | null = null,
): JobView {
  const { id, requestId, spec, createMs, startMs, ending, job, prepared } = entry;
  const waiting = waitingOf(entry, around);
  const all = around.presences.flatMap(({ refusals }) => refusals.filter((one) => one.job === id));
  const refusals = all.slice(0, MAX_REFUSALS);
  return {
    id,
    requestId,
    spec,
    state: stateOf(entry),
    createMs,
    startMs,
    waiting,
    waitingFor: waiting?.message ?? null,
    endMs: ending?.endMs ?? null,
    error: ending?.error ?? null,
    progress: ending?.progress ?? progress,
    refusals: ending ? [] : refusals.map(({ refusal }) => refusal),
    job,
    batchNote: prepared?.batchNote ?? null,
    roundingNote: prepared?.roundingNote ?? null,
    outlook: ending ? null : outlook,
  };
}

/** Returns the view of a job that has ended. */
export const endedViewOf = (entry: JobEntry & { readonly ending: JobEnding }): JobView =>
  viewOf(entry, entry.ending.progress);
