import { beforeAll, describe, expect, it } from 'vitest';
import { TINY_JOB, certifiedRows } from '../harness/army.js';
import { Cluster } from '../harness/cluster.js';
import { NatsCluster } from '../harness/nats-cluster.js';
import { natsPrograms } from '../harness/nats-programs.js';
import { NatsServer } from '../harness/nats-server.js';

/** So many cold starts of each kind; more of them with SMOOTHCERT_COLD_STARTS. */
const STARTS = Number(process.env['SMOOTHCERT_COLD_STARTS'] ?? 1);
const EACH = Array.from({ length: STARTS }, (_, at) => at + 1);
const TIMEOUT_MS = 300_000;

/** Starts coordinator, standby and two workers of a NATS that starts at the same moment, and has them do a job. */
async function coldStart(nats: NatsServer | NatsCluster, expected: string): Promise<void> {
  await using cluster = Cluster.around(nats);
  const begun = nats.begin();
  const coordinators = await Promise.all([cluster.coordinator(), cluster.coordinator()]);
  const workers = ['a', 'b'].map((name) => cluster.worker(name));
  await begun;
  const serving = await Promise.any(coordinators.map((part) => part.says(/ Serving:/).then(() => part)));
  await Promise.all(workers.map((part) => part.says(/ Ready:/)));
  const { code, stderr, rows } = await cluster.submit(serving, TINY_JOB);
  expect(code, stderr).toBe(0);
  expect(rows).toBe(expected);
  for (const part of [...coordinators, ...workers]) expect(part.running, part.log).toBe(true);
}

let expected: string;
beforeAll(async () => {
  expected = await certifiedRows(TINY_JOB);
});

describe.each(natsPrograms())('nats-server $version', ({ program }) => {
  it.each(EACH)(
    'a cluster of three that starts at once with everything else comes up, start %i',
    async () => {
      await coldStart(await NatsCluster.prepare({ program }), expected);
    },
    TIMEOUT_MS,
  );

  it(
    'a single server that starts at once with everything else comes up',
    async () => {
      await coldStart(await NatsServer.prepare({ program }), expected);
    },
    TIMEOUT_MS,
  );
});
