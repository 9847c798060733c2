import type { DecisionView, JobUpdate, JobView } from '../../api/job-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { JobEnding } from '../../shared/ports/job-store.js';
import type { DecisionLog, Position } from '../observe/decision-log.js';
import { MOST_DECISIONS, type ServiceLimits } from './limits.js';
import type { Pulse } from '../run/pulse.js';
import { storedRows } from '../results/results.js';

/** A job as a watch sees it; both may be others at the next look. */
export interface Watched {
  readonly shown: { readonly pulse: Pulse; readonly log: DecisionLog };
  /** Whether nothing will change any more. */
  readonly over: boolean;
  view(): JobView;
}

/**
 * A snapshot, then what changed, until the job has ended or `signal` aborts. Nothing is queued for a reader: it has a position in the
 * job's log, and each message is made when it asks. So one that never reads costs that position, and a slow one gets fewer messages.
 *
 * The sequence of a message is a ledger record such that all decisions up to it were sent; a watch that begins behind it gets the
 * others, each once.
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
    const seen = job.shown.pulse.version;
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

/** Resolves once something is worth a message; what has no event (who waits for what, who refused) is looked at from time to time. */
async function changed(
  job: Watched,
  seen: number,
  view: JobView,
  clock: Clock,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  const shown = silentPart(view);
  while (!signal.aborted && job.shown.pulse.version === seen && silentPart(job.view()) === shown) {
    const over = new AbortController();
    const end = () => over.abort();
    signal.addEventListener('abort', end, { once: true });
    await Promise.race([job.shown.pulse.after(seen, over.signal), clock.sleep(everyMs, over.signal)]);
    signal.removeEventListener('abort', end);
    end();
  }
}

const silentPart = ({ waitingFor, refusals }: JobView): string => JSON.stringify([waitingFor, refusals]);

/**
 * The same of a job that has ended, from its results. In which order its images were decided is no longer known: a watch that has not
 * seen the end gets all of them, in image order; and only the last message has the last sequence, so that one that breaks off
 * before it begins again.
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
