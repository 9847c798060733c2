import type { Metadata } from '@grpc/grpc-js';
import { traceContextOf, type TraceContext } from '../../shared/telemetry/trace-context.js';

/** Returns the place in a trace that a call names; null if it names none, or one that is malformed. */
export function traceOf(metadata: Metadata): TraceContext | null {
  const [parent, ...more] = metadata.get('traceparent');
  return more.length > 0 ? null : traceContextOf(parent, metadata.get('tracestate').map(String).join(','));
}
