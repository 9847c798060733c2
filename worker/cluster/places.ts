/** A job that has a place: its processes run, or are being started. */
export interface Place {
  readonly job: string;
  /** Since when its processes can draw, in monotonic milliseconds; null while they start. */
  readonly readyAt: number | null;
  /** Since when it has no task in hand, in monotonic milliseconds; null while it has one. */
  readonly idleSince: number | null;
}

/** The answer to jobs that wait: the place of this job is taken (null: of none), and they look again after so many milliseconds. */
export interface Clearing {
  readonly job: string | null;
  readonly lookAgainMs: number;
}

/** A place with no task is kept so long: what is drawn of a job brings its next task, by way of the coordinator. */
const IDLE_MS = 250;
const LEAST_TURN_MS = 2_000;
/** A turn is as many times as long as the slowest start of processes, so that starting them stays a small part of the time. */
const STARTS_PER_TURN = 4;
/** A job waits no longer than this for one place, whatever starts cost. */
const MOST_TURN_MS = 30_000;

/** Returns for how long a job keeps its place while others wait, given the milliseconds that a start of processes takes. */
export function turnMs(startMs: number): number {
  return Math.min(MOST_TURN_MS, Math.max(LEAST_TURN_MS, STARTS_PER_TURN * startMs));
}

/**
 * Returns which job is to give its place to one that waits, if any is: the one that is idle for longest, if that is long enough; or else
 * the one whose turn began first, if the turn is over. A place that is being made ready is nobody's to take.
 * @param now monotonic milliseconds
 */
export function placeToClear(places: readonly Place[], turn: number, now: number): Clearing {
  const ends = places.flatMap(({ job, readyAt, idleSince }) => {
    if (readyAt === null) return [];
    const over = readyAt + turn;
    return [{ job, at: idleSince === null ? over : Math.min(over, idleSince + IDLE_MS) }];
  });
  const [first] = ends.sort((a, b) => a.at - b.at);
  if (!first) return { job: null, lookAgainMs: turn };
  if (first.at > now) return { job: null, lookAgainMs: first.at - now };
  return { job: first.job, lookAgainMs: turn };
}

/** The jobs that wait for a place, in the order in which they came. */
export class PlaceQueue {
  /** Tasks that wait, by job; a Map keeps the order of arrival. */
  private readonly tasks = new Map<string, number>();

  /** The job that waits for longest; null if none waits. */
  get first(): string | null {
    return this.tasks.keys().next().value ?? null;
  }

  /** Adds a task of a job; the job keeps its position if it has tasks here. */
  join(job: string): void {
    this.tasks.set(job, (this.tasks.get(job) ?? 0) + 1);
  }

  /** Removes one task of a job that joined. */
  leave(job: string): void {
    const left = this.tasks.get(job)! - 1;
    if (left > 0) this.tasks.set(job, left);
    else this.tasks.delete(job);
  }
}
