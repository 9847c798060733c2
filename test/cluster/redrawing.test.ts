import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Cluster } from '../harness/cluster.js';
import { LONG_JOB, certifiedRows } from '../harness/army.js';
import { project } from '../harness/local-job.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { Taps } from '../harness/taps.js';

const LIES = { NODE_OPTIONS: `--import ${pathToFileURL(project('test/harness/lying-worker.mjs')).href}` };

/** A cluster with a coordinator that redraws this share, honest workers, and one that lies. */
async function clusterWith(share: string, honest: readonly string[], liar: string | null) {
  const cluster = await Cluster.start({}, { ackWait: 1, lease: 1 });
  const taps = await Taps.on(cluster.nats);
  const coordinator = await cluster.coordinator(['--redraw-share', share]);
  const workers = honest.map((name) => cluster.worker(name));
  if (liar !== null) workers.push(cluster.worker(liar, [], undefined, LIES));
  await Promise.all([coordinator.says(/Serving/), ...workers.map((part) => part.says(/Ready/))]);
  return { cluster, taps, coordinator, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() };
}

describe.runIf(hasNatsServer)('a coordinator that has a share drawn a second time', () => {
  test('believes a worker that lies without it, and names it with it: the certificates are those of certify', async () => {
    const expected = await certifiedRows(LONG_JOB);
    await using believing = await clusterWith('0', ['one', 'two'], 'liar');
    const wrong = await believing.cluster.submit(believing.coordinator, LONG_JOB);
    expect(wrong.rows).not.toBe(expected);
    await using bed = await clusterWith('0.1', ['one', 'two'], 'liar');
    const { cluster, taps, coordinator } = bed;
    const { code, rows, id } = await cluster.submit(coordinator, LONG_JOB);
    expect([code, rows]).toEqual([0, expected]);
    expect(coordinator.log).toMatch(
      /Worker liar counted other votes for samples \d+-\d+ of image \d+ than two other/,
    );
    expect(coordinator.log).not.toMatch(/Worker (one|two) counted other votes/);
    const account = await accountOf(cluster.nats, id, rows, taps);
    console.log(show('a liar among three', account));
    expect(account.findings.filter((finding) => !finding.includes('counted twice, and differently'))).toEqual(
      [],
    );
  });

  test('of honest workers comes to the certificates of certify, with that share drawn twice', async () => {
    const expected = await certifiedRows(LONG_JOB);
    await using bed = await clusterWith('0.2', ['one', 'two'], null);
    const { cluster, taps, coordinator } = bed;
    const { code, rows, id } = await cluster.submit(coordinator, LONG_JOB);
    expect([code, rows]).toEqual([0, expected]);
    const account = await accountOf(cluster.nats, id, rows, taps);
    console.log(show('two honest workers', account));
    expect(account.findings).toEqual([]);
    const { shardsCounted, shardsDuplicate, shardsLate } = account.progress;
    expect((shardsDuplicate + shardsLate) / shardsCounted).toBeGreaterThan(0.1);
  });

  test('fails the job where two disagree and nobody else is there', { timeout: 240_000 }, async () => {
    await using bed = await clusterWith('0.1', ['one'], 'liar');
    const { cluster, coordinator } = bed;
    const { code, stderr } = await cluster.submit(coordinator, LONG_JOB);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /Error COUNTS_DIFFER: The workers (one and liar|liar and one) counted different votes for samples/,
    );
  });
});
