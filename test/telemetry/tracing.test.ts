import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { headers } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobTrace } from '../../coordinator/observe/job-trace.js';
import { traceHeaders, traceIn } from '../../adapters/nats/link/trace-headers.js';
import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import { openTelemetry } from '../../adapters/telemetry/tracing/open-telemetry.js';
import { traceContextOf } from '../../shared/telemetry/trace-context.js';
import { startBelow, within } from '../../shared/telemetry/tracer.js';
import { decodeEntry, encodeEntry } from '../../api/wire/entry.js';
import { smoothcert } from '../../shared/wire/generated.js';
import { ServiceBed, endOf } from '../support/service-bed.js';
import { never } from '../support/never.js';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const PARENT = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;

const spans = () => exporter.getFinishedSpans();
const traces = () => new Set(spans().map((span) => span.spanContext().traceId));

describe('without an SDK', () => {
  it('nothing is traced, not even what a caller traces, and no message has a header', () => {
    const span = openTelemetry.start('x', { parent: { traceparent: PARENT } });
    expect(span.context).toBeNull();
    expect(traceHeaders(undefined)).toEqual({});
    const queue = new MemoryQueue();
    expect(new JobTrace(openTelemetry, ENTRY).over(queue)).toBe(queue);
  });
});

const ENTRY = { id: 'j-1', spec: { device: 'cpu' } } as unknown as ConstructorParameters<typeof JobTrace>[1];

describe('a context that comes from outside', () => {
  it('is taken as W3C has it, with a state', () => {
    const given = headers();
    given.set('traceparent', PARENT);
    given.set('tracestate', 'vendor=1');
    expect(traceIn({ headers: given })).toEqual({ trace: { traceparent: PARENT, tracestate: 'vendor=1' } });
    const written = traceHeaders({ traceparent: PARENT, tracestate: 'vendor=1' }).headers;
    expect(traceIn({ headers: written! })).toEqual({
      trace: { traceparent: PARENT, tracestate: 'vendor=1' },
    });
  });

  it.each([
    undefined,
    '',
    'garbage',
    PARENT.toUpperCase(),
    `${PARENT}-more`,
    `01${PARENT.slice(2)}`,
    `ff${PARENT.slice(2)}`,
    `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`,
    `00-${'ab'.repeat(16)}-${'0'.repeat(16)}-01`,
    `${PARENT.slice(0, -1)}\n`,
    'a'.repeat(1_000_000),
    7,
    [PARENT],
  ])('is ignored if it is none: %#', (value) => {
    expect(traceContextOf(value, 'vendor=1')).toBeNull();
  });

  it.each(['', 'x'.repeat(513), 'a=\u0000', 'a=é', 'a=1\nb', 3])(
    'loses a state that is none: %#',
    (state) => {
      expect(traceContextOf(PARENT, state)).toEqual({ traceparent: PARENT });
    },
  );
});

describe('with an SDK', () => {
  beforeEach(() => {
    exporter.reset();
    provider.register();
  });
  afterEach(() => trace.disable());

  it('a span goes on with its parent, and says where it stands', () => {
    const span = openTelemetry.start('x', { parent: { traceparent: PARENT, tracestate: 'vendor=1' } });
    expect(span.context).toMatchObject({ tracestate: 'vendor=1' });
    span.end();
    const [seen] = spans();
    expect(seen?.spanContext().traceId).toBe('ab'.repeat(16));
    expect(seen?.parentSpanContext?.spanId).toBe('cd'.repeat(8));
  });

  it('a state that the API refuses is left out, and nothing below a parent that is not traced begins a trace', () => {
    const span = openTelemetry.start('x', { parent: { traceparent: PARENT, tracestate: '=,=;,' } });
    expect(span.context).not.toHaveProperty('tracestate');
    expect(startBelow(openTelemetry, null, 'y').context).toBeNull();
  });

  it('a span begins a trace of its own whatever is active around it, and tells of a failure without secrets', async () => {
    const active = provider.getTracer('other').startSpan('active', {}, ROOT_CONTEXT);
    const failing = within(openTelemetry.start('x', { parent: null }), () =>
      Promise.reject(new Error('nats://me:hunter2@host is away')),
    );
    await expect(failing).rejects.toThrow('hunter2');
    active.end();
    const [seen] = spans();
    expect(seen?.parentSpanContext).toBeUndefined();
    expect(seen?.status.message).toBe('nats://[redacted]@host is away');
  });

  it('a job that another coordinator takes over goes on with its trace', async () => {
    const bed = await ServiceBed.open();
    try {
      const first = await bed.serving({ tracer: openTelemetry });
      const request = { spec: bed.spec(), requestId: 'r', validateOnly: false };
      const { id } = await first.createJob({ ...request, trace: { traceparent: PARENT } });
      await bed.stop();
      const created = spans().find(({ name }) => name === 'smoothcert.CreateJob')!;
      expect(created.parentSpanContext?.spanId).toBe('cd'.repeat(8));
      const stored = (await bed.jobs.get(id))!.entry;
      expect(stored.trace?.traceparent).toContain(created.spanContext().spanId);

      bed.worker();
      const second = await bed.serving({ tracer: openTelemetry });
      await endOf(second, id);
      await bed.stop();
      const drawn = spans().find(({ name }) => name === 'smoothcert.job.draw')!;
      expect(drawn.parentSpanContext?.spanId).toBe(created.spanContext().spanId);
      expect(traces()).toEqual(new Set(['ab'.repeat(16)]));
      const tasks = spans().filter(({ name }) => name === 'smoothcert.task');
      expect(tasks.length).toBeGreaterThan(0);
      const decisions = tasks.flatMap(({ events }) =>
        events.filter(({ name }) => name === 'smoothcert.decision'),
      );
      expect(decisions).toHaveLength(6);
      expect(await bed.results(id)).toEqual(await bed.expected(id));

      // An older version, or damage: what is stored beside it is ignored, the job is not.
      const without = { ...stored };
      delete (without as { trace?: unknown }).trace;
      const wire = smoothcert.v1.JobEntry.decode(encodeEntry(stored));
      wire.trace = { traceparent: 'x'.repeat(100_000), tracestate: '\n' };
      expect(decodeEntry(smoothcert.v1.JobEntry.encode(wire).finish())).toEqual(without);
      expect(decodeEntry(encodeEntry(without))).toEqual(without);
    } finally {
      await bed.close();
    }
  });

  it('of a job of many tasks some are traced, and never more than 2,000 of a drawing', async () => {
    const queue = new MemoryQueue();
    const job = new JobTrace(openTelemetry, { ...ENTRY, trace: { traceparent: PARENT } });
    const over = job.over(queue);
    let carried = 0;
    for (let k = 0; k < 130_000; k++) {
      await over.publish({ name: `t.${k}`, job: 'j-1', shards: [{ image: 0, begin: 0, end: 64 }] });
      const delivery = await queue.next(never);
      if (delivery?.task.trace) carried += 1;
      if (k === 63) expect(carried).toBe(64);
      await delivery?.acknowledge();
    }
    job.end();
    expect(carried).toBe(2_000);
    expect(spans().filter(({ name }) => name === 'smoothcert.task')).toHaveLength(2_000);
    expect(spans().at(-1)?.attributes).toMatchObject({ 'smoothcert.tasks.issued': 130_000 });
  });
});
