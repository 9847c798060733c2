/** Where a trace stands, as it travels (W3C Trace Context). It names spans and nothing else; no job, certificate or digest has it. */
export interface TraceContext {
  /** Version 00, 55 characters. */
  readonly traceparent: string;
  /** What vendors add; left out where there is none. */
  readonly tracestate?: string;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const TRACEPARENT_LENGTH = 55;
/** What every part on the way must pass on, and the most that ours do. */
const LONGEST_STATE = 512;
const STATE = /^[\x20-\x7e]+$/;

/** A context as it came from outside; null for anything that is none. A state that is none is left out. */
export function traceContextOf(traceparent: unknown, tracestate: unknown): TraceContext | null {
  if (typeof traceparent !== 'string' || traceparent.length !== TRACEPARENT_LENGTH) return null;
  if (!TRACEPARENT.test(traceparent)) return null;
  const fits = typeof tracestate === 'string' && tracestate.length <= LONGEST_STATE && STATE.test(tracestate);
  return { traceparent, ...(fits && { tracestate }) };
}
