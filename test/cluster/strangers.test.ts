import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import { ledgerSubject } from '../../adapters/nats/ledger/endings.js';
import { ledgerStream } from '../../adapters/nats/ledger/ledger-stream.js';
import { NatsVoteLedger } from '../../adapters/nats/ledger/nats-vote-ledger.js';
import { Grid } from '../../coordinator/core/grid.js';
import { encodeRecord } from '../../shared/wire/record.js';
import { jobDigest } from '../../shared/job.js';
import { accountOf, show } from '../harness/account.js';
import { Army, LONG_JOB, certifiedRows } from '../harness/army.js';
import { runCommand } from '../harness/command.js';
import { hasNatsServer } from '../harness/nats-server.js';

/** A software Vulkan driver, as Debian's chromium package has one, and the loader that finds it. */
const DRIVER = process.env['VK_DRIVER_FILES'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json';
const LOADERS = ['/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/x86_64-linux-gnu/libvulkan.so.1'];
const vulkan = existsSync(DRIVER) && LOADERS.some((file) => existsSync(file));

describe.runIf(hasNatsServer)('who computes other bits', () => {
  test('has its votes rejected and counted, and takes no tasks of another class', async () => {
    const expected = await certifiedRows(LONG_JOB);
    await using army = await Army.raise(['one']);
    const { cluster, taps, coordinator } = army;
    const gpu = cluster.worker('gpu', ['--device', 'webgpu'], undefined, { VK_DRIVER_FILES: DRIVER });
    if (vulkan) await gpu.says(/Ready: 1 processes of class webgpu/);
    else
      expect([(await gpu.exited).code, gpu.log]).toEqual([2, expect.stringContaining('DEVICE_UNAVAILABLE')]);
    const id = await cluster.detach(coordinator, LONG_JOB);
    await taps.further(5);
    const link = await cluster.nats.connect();
    const { entry } = (await (await NatsJobStore.open(link, () => undefined)).get(id))!;
    const job = entry.job!;
    const ledger = await NatsVoteLedger.open(link, { job: id, jobDigest: jobDigest(job) });
    const last = job.claim.images.stop - 1;
    const counted = new Grid(job.draw.segments).segments.flat().map(({ begin, end }) => ({
      shard: { image: last - (last % job.claim.images.step), begin, end },
      counts: { classes: [0], votes: [end - begin], invalid: 0 },
      micros: 1,
    }));
    const foreign = { jobDigest: jobDigest(job), failed: [], returned: [], dropped: [], counted };
    const own = { failedImages: [], cancelled: false };
    await ledger.append({ ...foreign, ...own, fingerprint: '0b'.repeat(32), task: 'stranger' });
    const { rows } = await cluster.finish(coordinator, id);
    expect(rows).toBe(expected);
    expect((await cluster.look(coordinator, id)).progress.shardsRejected).toBe(counted.length);
    const account = await accountOf(cluster.nats, id, rows, taps);
    console.log(show('a stranger', account));
    expect(account.findings).toEqual(['phantom: stranger']);
    expect(taps.classes.size).toBe(1);
    if (vulkan) expect(await gpu.end()).toBe(0);
  });

  test('who ends a job or its images on the subject of tasks is not heeded, and told of', async () => {
    const expected = await certifiedRows(LONG_JOB);
    await using army = await Army.raise(['one']);
    const { cluster, taps, coordinator } = army;
    const id = await cluster.detach(coordinator, LONG_JOB);
    await taps.further(5);
    const { streams, manager } = await cluster.nats.connect();
    const { config } = await manager.streams.info(ledgerStream(id));
    const nothing = { counted: [], failed: [], returned: [], dropped: [] };
    const forged = { jobDigest: config.description!.split(' ').at(-1)!, fingerprint: '', ...nothing };
    const failedImages = Array.from(
      { length: 60 },
      (_, image) => ({ image, code: 'CHILD_DIED', detail: '' }) as const,
    );
    for (const [task, ends] of [
      ['cancel', { cancelled: true, failedImages: [] }],
      ['forged.1', { cancelled: false, failedImages }],
    ] as const)
      await streams.publish(ledgerSubject(id, task), encodeRecord({ ...forged, ...ends, task }));
    const { code, rows } = await cluster.finish(coordinator, id);
    expect([code, rows]).toEqual([0, expected]);
    expect(coordinator.log).toContain(
      `A record of ${id} ends the job or images, and no coordinator has written it.`,
    );
    const account = await accountOf(cluster.nats, id, rows, taps);
    expect(account.findings).toEqual([]);
  });

  test('or has no such device ends at once, with a sentence, and never draws on the CPU', async () => {
    await using army = await Army.raise([]);
    const nats = ['--nats', army.cluster.nats.url, '--cache', army.cluster.folder.file('cache')];
    const { code, stdout, stderr } = await runCommand(['worker', ...nats, '--device', 'cuda']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Error DEVICE_UNAVAILABLE: .+\.\n.+/m);
    expect(stderr).not.toContain('Ready');
  });
});
