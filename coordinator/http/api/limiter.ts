import { SmoothcertError } from '../../../shared/errors.js';

/** Runs so many actions at a time, lets so many wait, and refuses further ones. */
export class Limiter {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param what is done, for the error: "pictures are made" */
  constructor(
    private readonly what: string,
    private readonly limits: { readonly running: number; readonly waiting: number },
  ) {}

  /** @throws SmoothcertError SERVER_BUSY, and what the action throws */
  async run<T>(action: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.running) {
      if (this.waiting.length >= this.limits.waiting) throw busy(this.what);
      // Whoever ends gives its place on: the number that run stays.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running += 1;
    try {
      return await action();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

/** @param what is done, as the end of "Too many …" */
export const busy = (what: string): SmoothcertError =>
  new SmoothcertError('SERVER_BUSY', `Too many ${what} at this moment.`, 'Ask again in some seconds.');
