import type { DecisionView, JobUpdate, JobView } from '../../api/job-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { JobEnding } from '../../shared/ports/job-store.js';
import type { DecisionLog, Position } from '../observe/decision-log.js';
import { MOST_DECISIONS, type ServiceLimits } from './limits.js';
import type { ChangeNotifier } from '../observe/change-notifier.js';
import { storedRows } from '../results/stored-results.js';

/** A job as a watch sees it. Its log and its view change while it runs. */
export interface Watched {
  readonly shown: { readonly changes: ChangeNotifier; readonly log: DecisionLog };
  /** True once nothing will change any more. */
  readonly over: boolean;
  view(): JobView;
}

/**
 * Yields a snapshot of a job, then what changed, until the job has ended or `signal` aborts. Nothing is queued for a reader: it has a position
 * in the job's log, and each message is made when it asks. So a reader that never asks costs that position, and a slow one gets fewer
 * messages. All decisions up to the record that a message names by its sequence were sent; a watch that begins behind it gets the others,
 * each once.
 */
export async function* watchLive(
  job: Watched,
  afterSequence: number,
  clock: Clock,
  times: ServiceLimits['watchMs'],
  signal: AbortSignal,
): AsyncGenerator<JobUpdate> {
  let position: Position = { sequence: afterSequence, skip: 0 };
  for (let snapshot = true; !signal.aborted; snapshot = false) {
    const at = clock.now();
    const seen = job.shown.changes.version;
    // Before the view is made: the job may end while its reader has the message, which then does not say so.
    const { over } = job;
    const { decided, next, more } = job.shown.log.page(position, MOST_DECISIONS);
    position = next;
    const view = job.view();
    yield { job: view, decided, sequence: position.sequence, snapshot };
    if (more) continue;
    if (view.endMs !== null || over) return;
    await changed(job, seen, view, clock, times.most, signal);
    const rest = at + times.least - clock.now();
    if (rest > 0) await clock.sleep(rest, signal);
  }
}

/** Resolves once something is worth a message. What no event announces (why the job waits, who refuses it) is compared every `everyMs`. */
async function changed(
  job: Watched,
  seen: number,
  view: JobView,
  clock: Clock,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { changes } = job.shown;
  const before = unannounced(view);
  while (!signal.aborted && changes.version === seen && unannounced(job.view()) === before) {
    const over = new AbortController();
    const end = () => over.abort();
    signal.addEventListener('abort', end, { once: true });
    await Promise.race([changes.changedSince(seen, over.signal), clock.sleep(everyMs, over.signal)]);
    signal.removeEventListener('abort', end);
    end();
  }
}

/** Returns the part of a view that changes without an event. */
const unannounced = ({ waiting, refusals }: JobView): string => JSON.stringify([waiting, refusals]);

/**
 * Yields the same of a job that has ended, from its results. The order in which its images were decided is no longer known: a watch that has
 * not seen the end gets all of them, in image order. Only the last message has the last sequence, so that a watch that breaks off before it
 * begins again.
 */
export async function* watchEnded(
  view: JobView,
  { progress, results }: JobEnding,
  artifacts: ArtifactStore,
  afterSequence: number,
): AsyncGenerator<JobUpdate> {
  let snapshot = true;
  let decided: DecisionView[] = [];
  if (results !== null && afterSequence < progress.sequence) {
    for await (const { image, outcome, class: certified, radius } of storedRows(artifacts, results, 0)) {
      if (decided.length === MOST_DECISIONS) {
        yield { job: view, decided, sequence: afterSequence, snapshot };
        snapshot = false;
        decided = [];
      }
      decided.push({ image, outcome, class: certified, radius });
    }
  }
  yield { job: view, decided, sequence: Math.max(afterSequence, progress.sequence), snapshot };
}
