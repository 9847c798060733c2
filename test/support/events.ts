/** Keeps all values that `hear` was called with, and gives a promise of the next one. */
export class Heard<T> {
  readonly all: T[] = [];
  private waiting: ((value: T) => void)[] = [];
  readonly hear = (value: T): void => {
    this.all.push(value);
    for (const resolve of this.waiting.splice(0)) resolve(value);
  };
  next(): Promise<T> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** Resolves once the signal has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
