import { SmoothcertError } from '../../../shared/errors.js';

/** Never aborts: for actions that nobody leaves. */
const NEVER = new AbortController().signal;

/** Runs so many actions at a time, lets so many wait, and refuses further ones. */
export class Limiter {
  private running = 0;
  /** In the order in which they came. */
  private readonly waiting = new Set<() => void>();

  /** @param what is done, for the error: "pictures are made" */
  constructor(
    private readonly what: string,
    private readonly limits: { readonly running: number; readonly waiting: number },
  ) {}

  /**
   * Runs an action when there is a place for it. One whose signal aborts before it begins never begins, and gives its place in the queue to others.
   * @param signal aborts when nobody waits for the action any more. @throws SmoothcertError SERVER_BUSY, CANCELLED, and what the action throws
   */
  async run<T>(action: () => Promise<T>, signal: AbortSignal = NEVER): Promise<T> {
    if (signal.aborted) throw left();
    if (this.running >= this.limits.running) {
      if (this.waiting.size >= this.limits.waiting) throw busy(this.what);
      // Whoever ends gives its place on: the number that run stays.
      await this.place(signal);
    } else this.running += 1;
    try {
      return await action();
    } finally {
      const [next] = this.waiting;
      if (next) next();
      else this.running -= 1;
    }
  }

  /** Resolves with the place of an action that has ended. */
  private place(signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const begin = () => {
        this.waiting.delete(begin);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.waiting.delete(begin);
        reject(left());
      };
      this.waiting.add(begin);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}

/** Returns the error for something that nobody waits for. */
export const left = (): SmoothcertError =>
  new SmoothcertError('CANCELLED', 'Nobody waits for the answer any more.', 'Ask again.');

/** @param what is done, as the end of "Too many …" */
export const busy = (what: string): SmoothcertError =>
  new SmoothcertError('SERVER_BUSY', `Too many ${what} at this moment.`, 'Ask again in some seconds.');
