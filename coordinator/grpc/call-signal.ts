import type { EventEmitter } from 'node:events';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What every call of grpc-js has. */
interface Call extends EventEmitter {
  readonly cancelled: boolean;
  getDeadline(): Date | number;
}

/** Whether somebody still waits for the answers of a call that streams them. (One that is read from closes when it was read.) */
export class CallSignal {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;

  /**
   * grpc-js tells of an ended call by `cancelled`, but not always only by it, and of a deadline only once all that was written has been
   * read, which a client that reads nothing prevents: hence all events, and a timer of our own.
   */
  constructor(call: Call) {
    const abort = () => this.abort();
    for (const event of ['cancelled', 'close', 'error']) call.on(event, abort);
    const left = Number(call.getDeadline()) - Date.now();
    if (left < LONGEST_TIMER_MS) this.timer = setTimeout(abort, Math.max(0, left));
    if (call.cancelled) abort();
  }

  /** Aborts when nobody waits any more: cancelled, connection gone, deadline over. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Called when the handler is done. */
  release(): void {
    clearTimeout(this.timer);
  }

  private abort(): void {
    this.release();
    this.controller.abort();
  }
}
