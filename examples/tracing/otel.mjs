// Registers the OpenTelemetry SDK of Node; smoothcert itself has none. `npm install @opentelemetry/sdk-trace-node`, then
//   node --import ./otel.mjs dist/cli/main.js coordinator …      (worker, serve and submit alike)
// Spans are written as JSON, one a line, to the file that SPANS names, or to standard output.
import { appendFileSync } from 'node:fs';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const write = (line) =>
  process.env.SPANS ? appendFileSync(process.env.SPANS, line) : process.stdout.write(line);
const millis = ([seconds, nanos]) => seconds * 1e3 + nanos / 1e6;

/** In its place: new OTLPTraceExporter() of @opentelemetry/exporter-trace-otlp-proto, in a BatchSpanProcessor. */
const exporter = {
  export(spans, done) {
    for (const span of spans) {
      const { traceId, spanId } = span.spanContext();
      const { name, attributes, status, parentSpanContext: parent } = span;
      const events = span.events.map((event) => ({ name: event.name, attributes: event.attributes }));
      const times = { start: millis(span.startTime), ms: millis(span.duration) };
      write(
        `${JSON.stringify({ name, traceId, spanId, parent: parent?.spanId, ...times, attributes, events, status })}\n`,
      );
    }
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};

const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
// What a BatchSpanProcessor holds is sent before the process is gone.
process.once('beforeExit', () => provider.shutdown());
