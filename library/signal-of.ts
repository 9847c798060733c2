import { optionError } from '../cli/command/parse.js';

/** Returns the signal of some options; undefined where they have none. @throws OPTION_INVALID if it is none */
export function signalOf(options: object): AbortSignal | undefined {
  const { signal } = Object(options) as { readonly signal?: unknown };
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw optionError(
    'The option signal is no AbortSignal.',
    'Give the signal of an AbortController, or leave it out.',
  );
}
