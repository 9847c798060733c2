/** How far back a rate looks. */
const WINDOW_MS = 30_000;
/** No rate is known before, and points are no nearer to each other. */
const LEAST_MS = 1_000;

/** Samples a second of the last half minute. It needs no clock of its own: callers say when it is. */
export class RecentRate {
  private readonly points: { readonly at: number; readonly samples: number }[];

  /** @param at milliseconds of any clock. @param samples drawn by then, which count for no rate */
  constructor(at: number, samples: number) {
    this.points = [{ at, samples }];
  }

  /** Takes note of how many samples are drawn. */
  add(at: number, samples: number): void {
    const { points } = this;
    if (at - points.at(-1)!.at < LEAST_MS) return;
    points.push({ at, samples });
    this.forget(at);
  }

  /** Returns the samples a second until `at`; null if that is too soon after the beginning to tell. */
  perSecond(at: number, samples: number): number | null {
    this.forget(at);
    const [first] = this.points;
    const ms = at - first!.at;
    return ms < LEAST_MS ? null : (1_000 * (samples - first!.samples)) / ms;
  }

  /** Returns the milliseconds that a rate until `at` is of. */
  watchedMs(at: number): number {
    this.forget(at);
    return at - this.points[0]!.at;
  }

  /** Forgets what is too old, but for the last point before the window. */
  private forget(at: number): void {
    const { points } = this;
    while (points.length > 1 && points[1]!.at <= at - WINDOW_MS) points.shift();
  }
}
