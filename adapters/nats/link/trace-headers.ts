import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';

import { traceContextOf, type TraceContext } from '../../../shared/telemetry/trace-context.js';

const [PARENT, STATE] = ['traceparent', 'tracestate'];

/** What a message carries beside its bytes; nothing at all where nobody traces. */
export function traceHeaders(trace: TraceContext | undefined): { headers?: MsgHdrs } {
  if (trace === undefined) return {};
  const carried = headers();
  carried.set(PARENT, trace.traceparent);
  if (trace.tracestate !== undefined) carried.set(STATE, trace.tracestate);
  return { headers: carried };
}

/** The trace that a message carries, as a field of what it says; empty for one that is none. */
export function traceIn({ headers: carried }: Pick<Msg, 'headers'>): { trace?: TraceContext } {
  if (carried === undefined) return {};
  const trace = traceContextOf(carried.get(PARENT), carried.get(STATE));
  return trace === null ? {} : { trace };
}
