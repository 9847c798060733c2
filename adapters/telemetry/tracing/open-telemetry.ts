import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  createTraceState,
  trace,
  type Context,
  type Span as ApiSpan,
  type Tracer as ApiTracer,
} from '@opentelemetry/api';
import { SmoothcertError } from '../../../shared/errors.js';
import { oneLine, withoutSecrets } from '../../../shared/safe-text.js';
import { VERSION } from '../../../shared/version.js';
import type { TraceContext } from '../../../shared/telemetry/trace-context.js';
import { NO_SPAN, type Span, type Tracer } from '../../../shared/telemetry/tracer.js';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;
const LONGEST_STATUS = 500;

/**
 * The tracer of the SDK that is registered with the OpenTelemetry API; without one it makes no spans, and messages carry no context. The
 * only file that imports OpenTelemetry. Contexts are passed explicitly, so that nothing depends on an SDK's async hooks.
 */
export const openTelemetry: Tracer = {
  start(name, { kind = 'internal', parent, attributes = {} }) {
    const tracer = registered();
    if (tracer === null) return NO_SPAN;
    const options = { kind: KINDS[kind], attributes };
    return spanOf(tracer.startSpan(name, options, parent ? contextOf(parent) : ROOT_CONTEXT));
  },
};

/** Returns the tracer of the registered SDK; null without one. */
function registered(): ApiTracer | null {
  const provider = trace.getTracerProvider();
  const { getDelegateTracer } = provider as Partial<{ getDelegateTracer: unknown }>;
  if (typeof getDelegateTracer !== 'function') return provider.getTracer('smoothcert', VERSION);
  return (getDelegateTracer.call(provider, 'smoothcert', VERSION) as ApiTracer | undefined) ?? null;
}

function contextOf({ traceparent, tracestate }: TraceContext): Context {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  });
}

function spanOf(span: ApiSpan): Span {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const tracestate = traceState?.serialize();
  const flags = traceFlags.toString(16).padStart(2, '0');
  return {
    context: { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(tracestate && { tracestate }) },
    set: (attributes) => void span.setAttributes(attributes),
    event: (name, attributes) => void span.addEvent(name, attributes),
    end: (error) => {
      if (error !== undefined) fail(span, error);
      span.end();
    },
  };
}

function fail(span: ApiSpan, error: unknown): void {
  if (error instanceof SmoothcertError) span.setAttribute('smoothcert.code', error.code);
  const said = error instanceof Error ? error.message : String(error);
  const message = oneLine(withoutSecrets(said)).slice(0, LONGEST_STATUS);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
