import { readFile } from 'node:fs/promises';
import type { Msg } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { Cluster, type CoordinatorPart } from '../harness/cluster.js';
import { runCommand } from '../harness/command.js';
import { DIGITS_JOB, project } from '../harness/local-job.js';
import { freePort, hasNatsServer } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';

const JOB = [...DIGITS_JOB, '--seed', '11', '--images', '::90'];
/** As docs/tracing.md has it. */
const SDK = ['--import', project('examples/tracing/otel.mjs')];

interface SeenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string }[];
}

/** A job on a cluster of its own: its rows, its spans, and the trace headers of what passed through NATS. */
async function certified(traced: boolean) {
  await using cluster = await Cluster.start();
  const carried: { subject: string; parent: string }[] = [];
  const link = await cluster.nats.connect();
  link.connection.subscribe('sc1.>', {
    callback: (_, { subject, headers }: Msg) => {
      for (const name of ['traceparent', 'tracestate']) {
        const parent = headers?.get(name) ?? '';
        if (parent !== '') carried.push({ subject, parent });
      }
    },
  });
  const SPANS = cluster.folder.file('spans');
  const nodeArgs = traced ? SDK : [];
  const start = (name: string, args: readonly string[]) => {
    const part = new Part(name, [...args, '--nats', cluster.nats.url], { SPANS }, nodeArgs);
    cluster.parts.push(part);
    return part;
  };
  const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const where = ['--grpc', grpc, '--http', http, '--store', cluster.folder.file('store')];
  const coordinator = Object.assign(start('coordinator', ['coordinator', ...where]), { grpc, http });
  const worker = start('worker', ['worker', '--cache', cluster.folder.file('cache'), '--processes', '1']);
  const rows = await submitted(cluster, coordinator, { SPANS }, nodeArgs);
  expect(await Promise.all([worker.end(), coordinator.end()])).toEqual([0, 0]);
  const text = await readFile(SPANS, 'utf8').catch(() => '');
  const spans = text.split('\n').filter(Boolean);
  return { rows, carried, spans: spans.map((line) => JSON.parse(line) as SeenSpan) };
}

async function submitted(
  cluster: Cluster,
  { grpc }: Pick<CoordinatorPart, 'grpc'>,
  env: Readonly<Record<string, string>>,
  nodeArgs: readonly string[],
): Promise<string> {
  const out = cluster.folder.file('out');
  const { code, stderr } = await runCommand(['submit', ...JOB, '--server', grpc, '--out', out], {
    env,
    nodeArgs,
  });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  const job = await readFile(`${out}/job.json`, 'utf8');
  expect(job).not.toMatch(/trace/i);
  return readFile(`${out}/results.jsonl`, 'utf8');
}

describe.runIf(hasNatsServer)('a job of a cluster', () => {
  it('is one trace from the client to the worker and back, and has the same results as without', async () => {
    const [plain, traced] = await Promise.all([certified(false), certified(true)]);
    expect(traced.rows).toBe(plain.rows);
    expect(plain.rows).not.toBe('');
    expect([plain.spans, plain.carried]).toEqual([[], []]);

    const { spans, carried } = traced;
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const pathOf = (span: SeenSpan): string[] => {
      const parent = span.parent === undefined ? undefined : byId.get(span.parent);
      return [...(parent ? pathOf(parent) : []), span.name];
    };
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const created = ['smoothcert submit', 'smoothcert.CreateJob'];
    const task = [...created, 'smoothcert.job.draw', 'smoothcert.task', 'smoothcert.worker.task'];
    const paths = new Set(spans.map((span) => pathOf(span).join(' > ')));
    expect(paths).toEqual(
      new Set([
        ...[1, 2, 3, 4, 5].map((length) => task.slice(0, length).join(' > ')),
        [...task, 'smoothcert.worker.record'].join(' > '),
        [...created, 'smoothcert.job.prepare'].join(' > '),
        [...created, 'smoothcert.job.prepare', 'smoothcert.worker.prepare'].join(' > '),
      ]),
    );
    const events = spans.flatMap((span) => span.events.map(({ name }) => name));
    const images = plain.rows.trim().split('\n').length;
    expect(events.filter((name) => name === 'smoothcert.decision')).toHaveLength(images);
    // Beside tasks and questions to workers; the ledger has nothing of it.
    const subjects = new Set(carried.map(({ subject }) => subject.split('.')[1]));
    expect([...subjects].sort()).toEqual(['prepare', 'work']);
  });
});
