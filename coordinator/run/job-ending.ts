import type { ErrorCode, SmoothcertError } from '../../shared/errors.js';
import type { FinalState, JobEnding, Refusal } from '../../shared/ports/job-store.js';
import type { Progress } from '../../shared/job-progress.js';
import type { JobFold } from '../core/job-fold.js';
import type { LiveJob } from './live-job.js';

/** The ending of a job whose fold says that nothing more will be decided: every image is, or it was cancelled before. */
export function endingOf(live: LiveJob, endMs: number, results: JobEnding['results']): JobEnding {
  const progress = live.progress();
  const state = stateOf(live.fold, progress);
  const error = state === 'failed' ? everyImageGivenUp(live.fold) : null;
  return { state, endMs, error, progress, results };
}

/** A function of the ledger alone: a cancel that was recorded behind the last decision ends nothing. */
function stateOf(fold: JobFold, { images, failed }: Progress): FinalState {
  if (fold.cancelled) return 'cancelled';
  if (failed === 0) return 'succeeded';
  return failed === images ? 'failed' : 'partially-succeeded';
}

function everyImageGivenUp({ images }: JobFold): Refusal {
  const [image, state] = [...images][0]!;
  const { code, detail } = state.ending as { code: ErrorCode; detail: string };
  return {
    worker: '',
    code,
    message: `Every image was given up; image ${image}: ${detail}`,
    remedy: 'The rows of the results name the fault of each image; mend it and create a new job.',
  };
}

/** The ending of a job that cannot be run, or of one cancelled before anything was drawn. */
export function endingWithout(
  state: 'failed' | 'cancelled',
  endMs: number,
  progress: Progress,
  error: SmoothcertError | null,
): JobEnding {
  return { state, endMs, error: error && refusalOf(error), progress, results: null };
}

const refusalOf = ({ code, message, remedy }: SmoothcertError): Refusal => ({
  worker: '',
  code,
  message,
  remedy,
});
