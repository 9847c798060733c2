import { expect, it } from 'vitest';
import { SHORT_JOB, certifiedRows } from '../harness/army.js';
import { runCommand } from '../harness/command.js';
import { Cluster } from '../harness/cluster.js';
import { NatsCluster } from '../harness/nats-cluster.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { scrape } from '../support/scrape.js';

const readiness = async (address: string): Promise<string> => {
  const answer = await fetch(`http://${address}/readyz`);
  return `${answer.status} ${await answer.text()}`;
};

it.runIf(hasNatsServer)(
  'two of three nats-servers are killed: everybody says that there is no quorum, and goes on once there is one',
  async () => {
    const expected = await certifiedRows(SHORT_JOB);
    await using cluster = Cluster.around(await NatsCluster.start());
    const { nats } = cluster;
    const coordinator = await cluster.coordinator();
    const http = '127.0.0.1:0';
    const workers = ['a', 'b'].map((name) => cluster.worker(name, ['--http', http]));
    await coordinator.says(/ Serving:/);
    await Promise.all(workers.map((worker) => worker.says(/ Ready:/)));
    const job = await cluster.detach(coordinator, SHORT_JOB);
    await coordinator.says(/Tasks are issued/);
    const [, worked] = /metrics at http:\/\/([\d.]+:\d+)/.exec(workers[0]!.log)!;

    const killed = nats.nodes.slice(1);
    await Promise.all(killed.map((node) => node.kill()));
    const parts = [coordinator, ...workers];
    await Promise.all(parts.map((part) => part.says(/ warn NATS has no quorum: fewer than half/)));
    expect(await readiness(coordinator.http)).toMatch(/^503 NATS has no quorum: /);
    expect(await readiness(worked!)).toMatch(/^503 NATS has no quorum: /);
    for (const address of [coordinator.http, worked!]) {
      expect((await scrape(address)).value('smoothcert_nats_quorum')).toBe(0);
      expect((await scrape(address)).value('smoothcert_nats_connected')).toBe(1);
    }
    const asked = await runCommand(['job', job, '--server', coordinator.grpc, '--wait-seconds', '1']);
    expect(`${asked.stdout}${asked.stderr}`).toContain('NATS has no quorum');

    await killed[0]!.begin();
    await Promise.all(parts.map((part) => part.says(/ info NATS has a quorum again/)));
    expect((await cluster.finish(coordinator, job)).rows).toBe(expected);
    expect((await scrape(worked!)).value('smoothcert_nats_quorum')).toBe(1);
    expect(await readiness(worked!)).toMatch(/^200/);
  },
  240_000,
);
