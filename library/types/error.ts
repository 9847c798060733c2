/** The only error that the library throws, but for the reason of an AbortSignal. */
export interface SmoothcertError extends Error {
  readonly name: 'SmoothcertError';
  /** A code of docs/errors.md, such as 'OPTION_INVALID'. */
  readonly code: string;
  /** A remedy, a sentence; it names options as the command line does: --max-samples is maxSamples. */
  readonly remedy: string;
  /** True if the same call may succeed later, unchanged. */
  readonly retryable: boolean;
}

/** The class of that error, for `instanceof`. */
export type SmoothcertErrorClass = abstract new (...hidden: never[]) => SmoothcertError;
