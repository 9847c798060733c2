/**
 * What the promise becomes, or the reason of `signal` if that aborts first: then nobody waits for the promise any more, and its rejection
 * is nobody's concern. No listener stays behind.
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let giveUp!: () => void;
  const aborted = new Promise<never>((_, reject) => (giveUp = () => reject(signal.reason as Error)));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
