import { ServerInterceptingCall, status, type ServerInterceptor } from '@grpc/grpc-js';
import type { Metrics } from '../../shared/telemetry/metrics.js';

/** Counts and times the calls of all services. It must be the first interceptor, to see what the others answer. */
export function metering(metrics: Metrics<'coordinator'>): ServerInterceptor {
  return (definition, call) => {
    const begun = performance.now();
    const deadline = Number(call.getDeadline());
    const method = definition.path.slice(definition.path.lastIndexOf('/') + 1);
    let ended = false;
    const end = (code: status) => {
      if (ended) return;
      ended = true;
      metrics.add('smoothcert_grpc_calls_total', 1, { method, code: status[code] });
      const seconds = (performance.now() - begun) / 1_000;
      metrics.observe('smoothcert_grpc_call_duration_seconds', seconds, { method });
    };
    return new ServerInterceptingCall(call, {
      // grpc-js calls onCancel at the end of every call. If no status was sent before, the client is gone or its deadline is over.
      start: (next) =>
        next({
          onCancel: () => end(Date.now() >= deadline ? status.DEADLINE_EXCEEDED : status.CANCELLED),
        }),
      sendStatus: (sent, next) => {
        end(sent.code);
        next(sent);
      },
    });
  };
}
