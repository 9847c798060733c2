import type { EventEmitter } from 'node:events';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The part of a call of grpc-js that all kinds of calls have. */
interface Call extends EventEmitter {
  readonly cancelled: boolean;
  getDeadline(): Date | number;
}

/** Tells when nobody waits any more for the answers of a call that streams them. Not for calls that stream requests: they close when all was read. */
export class CallSignal {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;

  /**
   * Listens to three events and sets a timer for the deadline: grpc-js does not always emit `cancelled` when a call ends, and it notices a
   * deadline only when all that was written was read, which a client that reads nothing prevents.
   */
  constructor(call: Call) {
    const abort = () => this.abort();
    for (const event of ['cancelled', 'close', 'error']) call.on(event, abort);
    const left = Number(call.getDeadline()) - Date.now();
    if (left < LONGEST_TIMER_MS) this.timer = setTimeout(abort, Math.max(0, left));
    if (call.cancelled) abort();
  }

  /** Aborts when the call is cancelled, its connection is gone, or its deadline is over. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Stops the timer. To be called when the handler is done. */
  release(): void {
    clearTimeout(this.timer);
  }

  private abort(): void {
    this.release();
    this.controller.abort();
  }
}
