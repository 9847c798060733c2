import type { NatsTimes } from './times.js';

/** Resolves after `ms`, or at once when a signal aborts. */
export function pause(ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms).unref();
    for (const signal of signals) {
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    }
  });
}

/** Resolves when `promise` does or a signal aborts; rejects as `promise` does. */
export function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    promise.then(done, reject);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}

/** Pauses in milliseconds between tries, without end. Each is up to twice as long as the one before; half of it is random, so that many processes do not try at once. */
export function* pauses({
  retryLeastMs,
  retryMostMs,
}: Pick<NatsTimes, 'retryLeastMs' | 'retryMostMs'>): Generator<number, never> {
  for (let most = retryLeastMs; ; most = Math.min(2 * most, retryMostMs)) {
    yield most / 2 + (most / 2) * Math.random();
  }
}
