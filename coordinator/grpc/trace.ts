import type { Metadata } from '@grpc/grpc-js';
import { traceContextOf, type TraceContext } from '../../shared/telemetry/trace-context.js';

/** The trace that a call goes on with; null where there is none, or what is there is none. */
export function traceOf(metadata: Metadata): TraceContext | null {
  const [parent, ...more] = metadata.get('traceparent');
  return more.length > 0 ? null : traceContextOf(parent, metadata.get('tracestate').map(String).join(','));
}
