import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import type { Waiting } from '../../shared/waiting.js';
import { LONG_JOB } from '../harness/army.js';
import { Cluster } from '../harness/cluster.js';
import { runCommand } from '../harness/command.js';
import { freePort, hasNatsServer } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { SmallDisk, mayMount } from '../harness/small-disk.js';

const PATIENCE = { timeout: 120_000, interval: 500 };

interface Shown {
  readonly state: string;
  readonly waiting: Waiting | null;
  readonly progress: { readonly samples: number };
}

async function jobOf(id: string, grpc: string): Promise<Shown> {
  const { stdout, stderr, code } = await runCommand(['job', id, '--server', grpc, '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Shown;
}

const readiness = async (http: string) => (await fetch(`http://${http}/readyz`)).text();
/** Returns what a command that does not wait reads of a server. */
const saidTo = async (grpc: string) =>
  (await runCommand(['jobs', '--server', grpc, '--wait-seconds', '0'])).stderr;

test.runIf(hasNatsServer)(
  'a job that is stalled says why: no worker, none of its class, NATS away; and a standby that it stands by',
  async () => {
    await using cluster = await Cluster.start();
    const coordinator = await cluster.coordinator();
    const { grpc, http } = coordinator;
    const id = await cluster.detach(coordinator, LONG_JOB);
    const waits = (code: Waiting['code']) =>
      vi.waitFor(async () => expect((await jobOf(id, grpc)).waiting?.code).toBe(code), PATIENCE);

    await waits('no-worker');
    const { stdout } = await runCommand(['jobs', '--server', grpc]);
    expect(stdout).toContain(
      `${id} waits: No worker with the device cpu is there. Start a worker with --device cpu. It goes on by itself then.`,
    );

    const standby = await cluster.coordinator();
    await standby.says(/ listens: gRPC at /);
    await vi.waitFor(async () => {
      expect(await readiness(standby.http)).toContain(
        'Another coordinator holds the lease, or none does yet.',
      );
    }, PATIENCE);
    expect(await saidTo(standby.grpc)).toContain(
      'This coordinator does not hold the lease: another one answers',
    );

    const worker = cluster.worker('one');
    await vi.waitFor(async () => {
      const job = await jobOf(id, grpc);
      expect(
        job.progress.samples,
        `${JSON.stringify(job.waiting)} ${coordinator.log} ${worker.log}`,
      ).toBeGreaterThan(0);
    }, PATIENCE);
    process.kill(worker.pid, 'SIGKILL');
    await waits('no-worker-of-class');

    await cluster.nats.kill();
    await vi.waitFor(
      async () => expect(await readiness(http)).toContain('NATS cannot be reached.'),
      PATIENCE,
    );
    await vi.waitFor(async () => {
      const said = await saidTo(grpc);
      expect(said).toContain(
        'Error NOT_SERVING: This server cannot answer about jobs now. NATS cannot be reached.',
      );
      expect(said).not.toContain('lease');
    }, PATIENCE);
  },
  400_000,
);

test.skipIf(!mayMount())(
  'a job whose store is full says so, and goes on once there is room',
  async () => {
    using disk = SmallDisk.mount('48m');
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const where = ['--store', disk.file('store'), '--grpc', grpc, '--http', http, '--processes', '1'];
    await using server = new Part('serve', ['serve', ...where]);
    await server.says(/Ready/);
    const { stdout } = await runCommand(['submit', ...LONG_JOB, '--server', grpc, '--detach']);
    const id = stdout.trim();
    await vi.waitFor(
      async () => expect((await jobOf(id, grpc)).progress.samples).toBeGreaterThan(0),
      PATIENCE,
    );
    expect(() =>
      execFileSync('dd', ['if=/dev/zero', `of=${disk.file('ballast')}`, 'bs=4k'], { stdio: 'ignore' }),
    ).toThrow();
    await vi.waitFor(async () => {
      const { waiting } = await jobOf(id, grpc);
      expect(waiting).toMatchObject({
        code: 'store-full',
        remedy: expect.stringContaining('Free some space') as string,
      });
      expect(waiting!.message).toContain('There is no space left to write ');
      expect(`${waiting!.message} ${waiting!.remedy}`).not.toMatch(/--out|same command/);
    }, PATIENCE);
    await rm(disk.file('ballast'));
    const { code } = await runCommand(['watch', id, '--server', grpc]);
    expect(code).toBe(0);
    expect(await server.end()).toBe(0);
  },
  400_000,
);
