import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import { NatsVoteLedger } from '../../adapters/nats/ledger/nats-vote-ledger.js';
import { Grid } from '../../coordinator/core/grid.js';
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

  test('or has no such device ends at once, with a sentence, and never draws on the CPU', async () => {
    await using army = await Army.raise([]);
    const nats = ['--nats', army.cluster.nats.url, '--cache', army.cluster.folder.file('cache')];
    const { code, stdout, stderr } = await runCommand(['worker', ...nats, '--device', 'cuda']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Error DEVICE_UNAVAILABLE: .+\.\n.+/m);
    expect(stderr).not.toContain('Ready');
  });
});
