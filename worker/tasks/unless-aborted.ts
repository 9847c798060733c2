/**
 * Waits for the promise until `signal` aborts. Returns what the promise resolves with; once aborted, a later rejection of the promise is
 * ignored. No listener stays behind. @throws the reason of `signal`, or what the promise rejects with
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let stopWaiting!: () => void;
  const aborted = new Promise<never>((_, reject) => (stopWaiting = () => reject(signal.reason as Error)));
  signal.addEventListener('abort', stopWaiting, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stopWaiting);
  }
}
