import type { TraceContext } from './trace-context.js';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Context of the span above; null: the span begins a trace. */
  readonly parent: TraceContext | null;
  readonly attributes?: Attributes;
}

/** A piece of work with a beginning and an end. */
export interface Span {
  /** Context for spans below this one in other processes; null without tracing. */
  readonly context: TraceContext | null;
  set(attributes: Attributes): void;
  event(name: string, attributes?: Attributes): void;
  /** Ends the span. @param error the error with which its work failed */
  end(error?: unknown): void;
}

/** Makes spans. Never throws; no decision depends on it. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
}

export const NO_SPAN: Span = {
  context: null,
  set: () => undefined,
  event: () => undefined,
  end: () => undefined,
};

/** A tracer without effect. */
export const NO_TRACER: Tracer = { start: () => NO_SPAN };

/** Starts a span below a parent; without a parent it makes none, so that work that is not traced begins no trace of its own. */
export function startBelow(
  tracer: Tracer,
  parent: TraceContext | null | undefined,
  name: string,
  options: Omit<SpanOptions, 'parent'> = {},
): Span {
  return parent ? tracer.start(name, { ...options, parent }) : NO_SPAN;
}

/** Runs an action within a span, which ends with it. */
export async function within<T>(span: Span, action: () => Promise<T>): Promise<T> {
  try {
    const result = await action();
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
