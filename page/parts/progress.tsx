import type { JobAnswer } from '../../api/page-api.js';
import { drawnShare, percent } from '../words/numbers.js';
import { goesOn } from '../words/outcomes.js';

/** Returns how far a job is, 0 to 1: of the forecast samples while there is a forecast, else of the images. */
export function shareOf({ state, progress, decided, outlook }: JobAnswer): number {
  if (outlook !== null && goesOn(state)) return drawnShare(progress.samples, outlook.samples.expected);
  return progress.images === 0 ? 0 : Math.min(decided / progress.images, 1);
}

/** A bar with its percentage beside it. */
export function ProgressBar({ job, label }: { readonly job: JobAnswer; readonly label: string }) {
  const share = shareOf(job);
  return (
    <span class="bar">
      <progress max={1} value={share} aria-label={label} />
      <span aria-hidden="true">{percent(share)}</span>
    </span>
  );
}
