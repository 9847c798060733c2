import { SmoothcertError } from '../../../shared/errors.js';
import { pause, pauses } from './retry.js';

/** Shortest and longest pause between two tries: many processes start at once, and no server is asked more than a few times a second. */
const PACE = { retryLeastMs: 250, retryMostMs: 2_000 };

export interface PatienceOptions {
  /** How long is waited, over everything that is tried. */
  readonly ms: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Called with a sentence whenever something else is waited for than before. */
  readonly onWaiting?: (sentence: string) => void;
}

/**
 * The patience of a process that starts: what NATS refuses while it starts, elects a leader or lacks a quorum is tried again until the time
 * is over. What is wrong in the configuration is thrown at once.
 */
export class Patience {
  private readonly deadline: number;
  private told = '';

  constructor(private readonly options: PatienceOptions) {
    this.deadline = performance.now() + options.ms;
  }

  /** Milliseconds that are left; 0 once the time is over. */
  get leftMs(): number {
    return Math.max(0, this.deadline - performance.now());
  }

  get aborted(): boolean {
    return this.options.signal?.aborted === true;
  }

  /**
   * Resolves as the first attempt that succeeds.
   * @throws the reason of the signal once it aborts; the error of an attempt that no waiting mends, or that was the last in time
   */
  async until<T>(attempt: () => Promise<T>): Promise<T> {
    const signals = this.options.signal ? [this.options.signal] : [];
    for (const wait of pauses(PACE)) {
      try {
        return await orAborted(attempt(), this.options.signal);
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (!(error instanceof SmoothcertError) || !error.retryable || this.leftMs === 0) throw error;
        this.tell(error.message);
        await pause(Math.min(wait, this.leftMs), ...signals);
      }
    }
    throw new Error('unreachable: the pauses never end');
  }

  private tell(sentence: string): void {
    if (sentence === this.told) return;
    this.told = sentence;
    this.options.onWaiting?.(`${sentence} Trying again, for up to ${Math.ceil(this.leftMs / 1000)} s.`);
  }
}

/** Resolves as the promise does; rejects as soon as the signal aborts. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    if (signal.aborted) leave();
  });
}
