import { knownError } from '../cli/command/known-error.js';
import { signalOf } from './signal-of.js';

/**
 * Resolves with what `work` resolves with. @param options with the signal that ends it
 * @throws SmoothcertError, also for what nobody foresaw; the reason of the signal once that is aborted
 */
export async function throwingKnown<T>(
  options: object,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = signalOf(options) ?? new AbortController().signal;
  try {
    signal.throwIfAborted();
    return await work(signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw knownError(error);
  }
}
