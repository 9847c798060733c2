/** Context of a trace as messages carry it (W3C Trace Context). It is part of no job, certificate or digest. */
export interface TraceContext {
  /** Version 00, 55 characters. */
  readonly traceparent: string;
  /** State that tracing vendors add. */
  readonly tracestate?: string;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const TRACEPARENT_LENGTH = 55;
/** Characters of a state that every participant must pass on (W3C); smoothcert passes on no more. */
const LONGEST_STATE = 512;
const STATE = /^[\x20-\x7e]+$/;

/** Checks a context that came from outside; null if it is invalid. An invalid state alone is left out. */
export function traceContextOf(traceparent: unknown, tracestate: unknown): TraceContext | null {
  if (typeof traceparent !== 'string' || traceparent.length !== TRACEPARENT_LENGTH) return null;
  if (!TRACEPARENT.test(traceparent)) return null;
  const fits = typeof tracestate === 'string' && tracestate.length <= LONGEST_STATE && STATE.test(tracestate);
  return { traceparent, ...(fits && { tracestate }) };
}
