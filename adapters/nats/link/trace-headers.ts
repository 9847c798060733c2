import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';

import { traceContextOf, type TraceContext } from '../../../shared/telemetry/trace-context.js';

const [PARENT, STATE] = ['traceparent', 'tracestate'];

/** Headers of a message that carry its trace; empty for a message that is not traced. */
export function traceHeaders(trace: TraceContext | undefined): { headers?: MsgHdrs } {
  if (trace === undefined) return {};
  const carried = headers();
  carried.set(PARENT, trace.traceparent);
  if (trace.tracestate !== undefined) carried.set(STATE, trace.tracestate);
  return { headers: carried };
}

/** Reads the trace from a message's headers, as a field to be added to its value; empty if there is no valid one. */
export function traceIn({ headers: carried }: Pick<Msg, 'headers'>): { trace?: TraceContext } {
  if (carried === undefined) return {};
  const trace = traceContextOf(carried.get(PARENT), carried.get(STATE));
  return trace === null ? {} : { trace };
}
