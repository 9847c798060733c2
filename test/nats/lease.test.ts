import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';

import { leaseBucket } from '../../adapters/nats/link/buckets.js';
import { LEASE_KEY, NatsLease } from '../../adapters/nats/jobs/nats-lease.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { MalformedMessages } from '../../adapters/nats/link/core-messages.js';
import { decodeLease } from '../../shared/wire/cluster.js';
import { TEST_TIMES } from '../harness/nats-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { describeNats } from './support.js';
import { aborted } from '../support/events.js';
import { MALFORMED } from '../support/stored-state.js';
import { never } from '../support/never.js';

const HOLDER = fileURLToPath(new URL('lease-holder.mjs', import.meta.url));

describeNats('the lease in NATS', (server) => {
  const open = (link: NatsLink, holder: string): Promise<NatsLease> =>
    NatsLease.open(link, { holder, artifactsUrl: `http://${holder}` });

  /** A process that holds the lease, and the next line that it says. */
  async function startHolder() {
    const child = spawn(process.execPath, [HOLDER, server().url, 'other', JSON.stringify(TEST_TIMES)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const says = async (): Promise<unknown> => (await lines.next()).value;
    expect(await says()).toBe('held');
    return { child, says };
  }

  async function holderNow(link: NatsLink): Promise<string | null> {
    const entry = await (await leaseBucket(link)).get(LEASE_KEY);
    return entry?.operation === 'PUT' ? decodeLease(entry.value).holder : null;
  }

  beforeEach(async () => {
    const link = await server().connect();
    await (await leaseBucket(link)).delete(LEASE_KEY);
    await link.close();
  });

  it('is taken again after its bucket was removed, and what was wrong is told once', async () => {
    const link = await server().connect();
    const told: string[] = [];
    link.onTrouble((sentence) => told.push(sentence));
    const lease = await open(link, 'one');
    await lease.acquire(never);
    await link.manager.streams.delete('KV_SC1_LEASE');
    await aborted(lease.lost);
    await lease.acquire(never);
    expect(await holderNow(link)).toBe('one');
    expect(told).toEqual([expect.stringContaining('The lease cannot be taken')]);
    await lease.release();
  });

  it('is renewed for as long as its holder lives', async () => {
    const link = await server().connect();
    const lease = await open(link, 'one');
    await lease.acquire(never);
    const bucket = await leaseBucket(link);
    const revisions = new Set<number>();
    for await (const entry of await bucket.watch({ key: LEASE_KEY })) {
      revisions.add(entry.revision);
      // Longer than its time to live, in renewals.
      if (revisions.size > (2 * TEST_TIMES.leaseTtlMs) / TEST_TIMES.leaseRenewMs) break;
    }
    expect(lease.held).toBe(true);
    await lease.release();
  });

  it('is taken over from a process that was killed', async () => {
    const { child } = await startHolder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lease = await open(await server().connect(), 'one');
    await lease.acquire(never);
    expect(lease.held).toBe(true);
    await lease.release();
  });

  it('is taken over from a process that is paused, which finds it lost as soon as it goes on', async () => {
    const { child, says } = await startHolder();
    const link = await server().connect();
    const lease = await open(link, 'one');
    child.kill('SIGSTOP');
    await lease.acquire(never);
    child.kill('SIGCONT');
    expect(await says()).toBe('lost');
    expect([lease.held, await holderNow(link)]).toEqual([true, 'one']);
    await lease.release();
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('is not believed in by whoever looks first after a pause, before any event', async () => {
    const lease = await open(await server().connect(), 'one');
    await lease.acquire(never);
    const { lost } = lease;
    // Nothing of this process runs meanwhile, no timer and no message: as if it had been stopped.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TEST_TIMES.leaseTtlMs);
    expect([lease.held, lost.aborted]).toEqual([false, true]);
    expect((lost.reason as { code: string }).code).toBe('NOT_SERVING');
  });

  it('is lost by a holder that nobody hears, before another one can take it', async () => {
    await using proxy = await TcpProxy.to(server().port);
    const [near, far] = [await server().connect(), await server().connect({}, [proxy.url])];
    const [one, other] = [await open(far, 'one'), await open(near, 'other')];
    await one.acquire(never);
    const order: string[] = [];
    void aborted(one.lost).then(() => order.push('lost'));
    proxy.blackHole();
    await other.acquire(never);
    order.push('taken');
    expect(order).toEqual(['lost', 'taken']);
    const again = one.acquire(never);
    proxy.restore();
    await other.release();
    await again;
    expect(one.held).toBe(true);
    await one.release();
  });

  it('is held on to if the answer to a renewal was lost', async () => {
    const link = await server().connect();
    const lease = await open(link, 'one');
    await lease.acquire(never);
    const bucket = await leaseBucket(link);
    const value = (await bucket.get(LEASE_KEY))!.value;
    // As a renewal that was stored without our hearing of it.
    const stored = await bucket.put(LEASE_KEY, value);
    for await (const entry of await bucket.watch({ key: LEASE_KEY })) if (entry.revision > stored) break;
    expect([lease.held, lease.lost.aborted]).toEqual([true, false]);
    await lease.release();
  });

  it('is not taken from a value that cannot be read, until that has expired', async () => {
    const link = await server().connect();
    const malformed = new MalformedMessages();
    const lease = await NatsLease.open(link, { holder: 'one', artifactsUrl: '' }, malformed);
    await (await leaseBucket(link)).put(LEASE_KEY, MALFORMED[1]!);
    await lease.acquire(never);
    expect(malformed.count).toBeGreaterThan(0);
    await lease.release();
  });
});

describeNats('a lease in NATS that is good for ten minutes', (server) => {
  it('is found lost at the next renewal by a holder whose key was taken from it', async () => {
    const link = await server().connect({ leaseTtlMs: 600_000, leaseRenewMs: 50 });
    const lease = await NatsLease.open(link, { holder: 'one', artifactsUrl: '' });
    await lease.acquire(never);
    await (await leaseBucket(link)).put(LEASE_KEY, MALFORMED[1]!);
    await aborted(lease.lost);
    expect(lease.held).toBe(false);
  });
});
