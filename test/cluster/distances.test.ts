import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LONG_JOB, certifiedRows } from '../harness/army.js';
import type { SeenJob } from '../harness/cluster.js';
import { DistantHosts, canHaveDistantHosts } from '../harness/distant-hosts.js';
import { FarCluster, HOSTS } from '../harness/far-cluster.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { HAS_OPENSSL } from '../service/certificates.js';

/** A round trip takes 80 ms; each way two of a hundred packets are lost. */
const FAR = { oneWayMs: 40, loss: 0.02 };
const MINUTE_MS = 60_000;
const LONGEST = { timeout: 600_000 };
const possible = hasNatsServer && HAS_OPENSSL && canHaveDistantHosts();

/** Resolves once votes of the job have been counted. */
async function isDrawn(cluster: FarCluster, id: string): Promise<void> {
  const samples = async () => {
    const { log } = await cluster.ask(['job', id, '--json']);
    // Node warns on the other stream of names that are numbers.
    return (JSON.parse(log.slice(log.indexOf('{'))) as SeenJob).progress.samples;
  };
  await expect.poll(samples, { timeout: 120_000 }).toBeGreaterThan(0);
}

test.runIf(possible)(
  'a job over far hosts, and a worker cut off for a minute: the same certificates, and the worker is back',
  LONGEST,
  async () => {
    const expected = await certifiedRows(LONG_JOB);
    await using hosts = await DistantHosts.make(HOSTS, FAR);
    await using cluster = await FarCluster.start(hosts);
    const [one, two] = cluster.workers;
    const id = await cluster.submit(LONG_JOB);
    await isDrawn(cluster, id);
    const minute = delay(MINUTE_MS);
    await hosts.cut('one', 'nats');
    await hosts.cut('one', 'hub');
    // The tasks that it holds go to the other one.
    expect(await cluster.finish(id)).toBe(expected);
    await minute;
    await one.says(/NATS is away/);
    await hosts.join('one', 'nats');
    await hosts.join('one', 'hub');
    await one.says(/NATS is back/);
    // It is of use again, alone.
    expect(await two.end()).toBe(0);
    const again = await cluster.submit(LONG_JOB);
    expect(await cluster.finish(again)).toBe(expected);
    expect(await one.end()).toBe(0);
    expect(await cluster.coordinator.end()).toBe(0);
    await cluster[Symbol.asyncDispose]();
    console.log(await hosts.end());
  },
);

test.runIf(possible)(
  'far hosts, and a coordinator cut off from NATS but not from its clients: they are told, and the job goes on',
  LONGEST,
  async () => {
    const expected = await certifiedRows(LONG_JOB);
    await using hosts = await DistantHosts.make(HOSTS, FAR);
    await using cluster = await FarCluster.start(hosts);
    const { coordinator } = cluster;
    const id = await cluster.submit(LONG_JOB);
    await isDrawn(cluster, id);
    const served = coordinator.heard(/ Serving:/);
    await hosts.cut('hub', 'nats');
    await coordinator.says(/ Not serving:/);
    const { code, log } = await cluster.ask(['job', id, '--wait-seconds', '0']);
    expect(code).not.toBe(0);
    expect(log).toMatch(/lease|NATS/);
    await hosts.join('hub', 'nats');
    await coordinator.says(/ Serving:/, served + 1);
    expect(await cluster.finish(id)).toBe(expected);
    for (const part of [...cluster.workers, coordinator]) expect(await part.end()).toBe(0);
    await cluster[Symbol.asyncDispose]();
    console.log(await hosts.end());
  },
);
