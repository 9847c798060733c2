import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../harness/cluster.js';
import { freePort, hasNatsServer } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

/** A start that fails ends its process, whatever was opened before; one that waits ends at a signal. */

const folder = folderOfEachTest();
const somewhere = async (): Promise<string> => `127.0.0.1:${await freePort()}`;
let occupied: Server;
let taken: string;

beforeAll(async () => {
  occupied = createServer().listen(0, '127.0.0.1');
  await once(occupied, 'listening');
  taken = `127.0.0.1:${(occupied.address() as AddressInfo).port}`;
});

afterAll(() => void occupied.close());

describe('smoothcert serve', () => {
  it.each(['--grpc', '--http'])('ends with exit code 2 where the port of %s is taken', async (flag) => {
    const [grpc, http] = [await somewhere(), await somewhere()];
    const where = ['--store', folder.file('store'), '--grpc', grpc, '--http', http, flag, taken];
    await using part = new Part('serve', ['serve', ...where]);
    expect(await part.exited).toEqual({ code: 2, signal: null });
    expect(part.log).toContain('Error OPTION_INVALID');
    expect(part.log).toContain('it is in use by another process');
  });
});

describe.runIf(hasNatsServer)('a coordinator', () => {
  it('ends with exit code 2 where its port is taken, and where the lease has other times', async () => {
    await using cluster = await Cluster.start({}, { lease: 3 });
    const first = await cluster.coordinator();
    await first.says(/ Serving:/);
    const portless = cluster.restartCoordinator(taken, await somewhere());
    const other = await cluster.coordinator(['--lease-seconds', '4']);
    expect(await portless.exited).toEqual({ code: 2, signal: null });
    expect(portless.log).toContain('it is in use by another process');
    expect(await other.exited).toEqual({ code: 2, signal: null });
    expect(other.log).toContain('has max_age 3 s, and smoothcert needs 4 s');
    expect(first.running).toBe(true);
  });
});

describe('a start that waits for NATS', () => {
  const nobody = async () => ['--nats', await somewhere(), '--http', await somewhere()];

  it('says what it waits for, and ends with exit code 0 at SIGTERM', async () => {
    const store = ['--store', folder.file('store'), '--grpc', await somewhere()];
    await using coordinator = new Part('coordinator', ['coordinator', ...store, ...(await nobody())]);
    await using worker = new Part('worker', ['worker', '--cache', folder.file('c'), ...(await nobody())]);
    for (const part of [coordinator, worker]) {
      await part.says(/No NATS server answers at 127\.0\.0\.1:\d+: .*Trying again, for up to 300 s\./);
      expect(await part.end('SIGTERM')).toBe(0);
    }
  });

  it('ends with exit code 2 after --wait-seconds', async () => {
    const more = [...(await nobody()), '--wait-seconds', '0.1'];
    await using worker = new Part('worker', ['worker', '--cache', folder.file('c'), ...more]);
    expect(await worker.exited).toEqual({ code: 2, signal: null });
    expect(worker.log).toContain('Error NATS_UNREACHABLE: No NATS server answers at ');
  });
});
