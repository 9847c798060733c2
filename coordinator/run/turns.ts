import { setImmediate } from 'node:timers/promises';

/** Longest time in milliseconds that records are folded in a row. Renewals of the lease, health checks and signals wait for so long. */
const MOST_MS = 20;

/** Gives timers and sockets their turn while much is folded: records that have come already are otherwise folded in one go. */
export class Turns {
  private since: number;

  /** @param now returns monotonic milliseconds */
  constructor(private readonly now: () => number) {
    this.since = now();
  }

  /** Resolves at once, or, when it was called for long enough, after others have had their turn. */
  async next(): Promise<void> {
    if (this.now() - this.since < MOST_MS) return;
    await setImmediate();
    this.since = this.now();
  }
}
