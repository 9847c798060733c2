import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { StreamInfo } from '@nats-io/jetstream';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { ledgerStream } from '../../adapters/nats/ledger/ledger-stream.js';
import { WORK_STREAM } from '../../adapters/nats/tasks/work-stream.js';
import { DIGITS_JOB } from '../harness/local-job.js';
import { Cluster } from '../harness/cluster.js';
import { NatsCluster } from '../harness/nats-cluster.js';
import { natsPrograms } from '../harness/nats-programs.js';
import type { NatsServer } from '../harness/nats-server.js';

/** So many leaders are killed; more of them with SMOOTHCERT_LEADER_KILLS. */
const KILLS = Number(process.env['SMOOTHCERT_LEADER_KILLS'] ?? 3);
const RECORDS = 20;
const LEASE_STREAM = 'KV_SC1_LEASE';

/** A job that goes on for longer than all kills together, and is cancelled in the end. */
const ENDLESS = [...DIGITS_JOB, '--stop', 'fixed', '--max-samples', '1000000'];

describe.each(natsPrograms())('three nats-servers $version', ({ program }) => {
  it(
    `${KILLS} leaders are killed one after the other: the job goes on after a moment, and the coordinator keeps its lease`,
    async () => {
      await using cluster = Cluster.around(await NatsCluster.start({ program }), { ackWait: 30, lease: 15 });
      const { nats } = cluster;
      const link = await nats.connect();
      const coordinator = await cluster.coordinator();
      await coordinator.says(/ Serving:/);
      for (const name of ['a', 'b']) cluster.worker(name);
      const standby = await cluster.coordinator();
      const job = await cluster.detach(coordinator, ENDLESS);
      const streams = [ledgerStream(job), LEASE_STREAM, WORK_STREAM];
      const killedMs: number[] = [];
      await further(link, job, RECORDS);
      for (let kill = 0; kill < KILLS; kill++) {
        const { leader } = (await infoOf(link, streams[kill % streams.length]!)).cluster!;
        const host = nats.nodes[Number(leader!.slice(1)) - 1]!;
        killedMs.push(Date.now());
        await host.kill();
        await further(link, job, RECORDS);
        await again(host, link, streams);
      }
      const gaps = gapsOf(killedMs, await timesOf(link, job));
      console.log(`${program}: pauses in ms after each kill: ${gaps.join(' ')}`);
      expect(coordinator.heard(/ Serving:/), coordinator.log).toBe(1);
      expect(coordinator.log).not.toMatch(/Not serving|begun again|vanished/);
      expect(standby.heard(/ Serving:/), standby.log).toBe(0);
    },
    60_000 + 60_000 * KILLS,
  );
});

/** Returns what a stream says of itself, as soon as somebody leads it. */
async function infoOf(link: NatsLink, stream: string): Promise<StreamInfo> {
  for (;;) {
    const info = await link.manager.streams.info(stream).catch(() => null);
    if (info?.cluster?.leader) return info;
    await delay(50);
  }
}

async function further(link: NatsLink, job: string, records: number): Promise<void> {
  const lastOf = async () => (await infoOf(link, ledgerStream(job))).state.last_seq;
  const goal = (await lastOf()) + records;
  while ((await lastOf()) < goal) await delay(50);
}

/** Starts a server again, and waits until it has all that the others have. */
async function again(host: NatsServer, link: NatsLink, streams: readonly string[]): Promise<void> {
  await host.begin();
  for (const stream of streams) {
    const isWhole = async () =>
      (await infoOf(link, stream)).cluster!.replicas!.every(({ current, offline }) => current && !offline);
    while (!(await isWhole())) await delay(100);
  }
}

/** Returns when each record of a ledger was stored, in milliseconds. */
async function timesOf(link: NatsLink, job: string): Promise<number[]> {
  const { state } = await infoOf(link, ledgerStream(job));
  const times: number[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await link.manager.streams.getMessage(ledgerStream(job), { seq });
    times.push(message!.time.getTime());
  }
  return times;
}

/** Returns the longest pause between two records after each kill and before the next one, in milliseconds. */
function gapsOf(killedMs: readonly number[], times: readonly number[]): number[] {
  return killedMs.map((from, at) => {
    const until = killedMs[at + 1] ?? Infinity;
    const pauses = times.slice(1).map((time, k) => ({ time, ms: time - times[k]! }));
    return Math.max(...pauses.filter(({ time }) => time >= from && time < until).map(({ ms }) => ms));
  });
}
