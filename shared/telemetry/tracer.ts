import type { TraceContext } from './trace-context.js';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Where it goes on from; null: it begins a trace. */
  readonly parent: TraceContext | null;
  readonly attributes?: Attributes;
}

/** A piece of work with a beginning and an end. */
export interface Span {
  /** For those who go on with it elsewhere; null where nobody traces. */
  readonly context: TraceContext | null;
  set(attributes: Attributes): void;
  event(name: string, attributes?: Attributes): void;
  /** @param error why it failed, if it did */
  end(error?: unknown): void;
}

/** Makes spans, if somebody wants them. It looks on: no decision depends on it, and it never throws. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
}

export const NO_SPAN: Span = {
  context: null,
  set: () => undefined,
  event: () => undefined,
  end: () => undefined,
};

/** Nobody traces. */
export const NO_TRACER: Tracer = { start: () => NO_SPAN };

/** A span below a parent, and none where there is no parent: what is not traced begins no trace of its own. */
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
