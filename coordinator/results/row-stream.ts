import { setImmediate } from 'node:timers/promises';
import type { CertificateRow } from '../../api/job-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import type { JobFold } from '../core/job-fold.js';
import type { ImageFacts } from './row-names.js';
import { rowOf, storedRows } from './stored-results.js';

/** Images that are read before the event loop gets a turn. */
const TURN = 64;

/** A job's fold, and what is known of its images. */
export interface LabelledFold extends ImageFacts {
  readonly fold: JobFold;
}

/** A job whose fold goes away when it ends. */
interface Source {
  readonly entry: JobEntry;
  readonly shown: { readonly labelled: LabelledFold | null };
}

/**
 * Yields rows of the images decided so far, in image order, from `fromImage` on. They come from the fold, which is looked up for every
 * row, so that a slow reader does not keep it in memory; once the job has ended, from its stored results.
 */
export async function* certificateRows(
  job: Source,
  artifacts: ArtifactStore,
  fromImage: number,
): AsyncGenerator<CertificateRow> {
  const images = job.entry.job?.claim.images;
  if (!images) return;
  const { start, stop, step } = images;
  let image = start + step * Math.max(0, Math.ceil((fromImage - start) / step));
  for (let turn = 1; image < stop; image += step, turn++) {
    const now = labelledOf(job);
    if (now === null) break;
    const row = rowOf(now.fold, image, now.labelOf(image), now.names);
    if (row) yield row;
    if (turn % TURN === 0) await setImmediate();
  }
  const results = resultsOf(job);
  if (image < stop && results !== null) yield* storedRows(artifacts, results, image);
}

// Functions, because both change while a reader takes its time.
const labelledOf = (job: Source): LabelledFold | null => job.shown.labelled;
const resultsOf = (job: Source) => job.entry.ending?.results ?? null;
