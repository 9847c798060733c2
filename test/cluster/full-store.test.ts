import { execFileSync } from 'node:child_process';
import { readFile, readdir, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runCommand } from '../harness/command.js';
import { digitsJob } from '../harness/digits-job.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { SmallDisk, mayMount } from '../harness/small-disk.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

test.skipIf(!mayMount())(
  'a service whose disk is full refuses uploads and jobs, answers, and takes them once there is room',
  async () => {
    using disk = SmallDisk.mount('32m');
    using folder = new TemporaryFolder();
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    await using server = new Part('serve', [
      'serve',
      '--store',
      disk.file('store'),
      '--grpc',
      grpc,
      '--http',
      http,
    ]);
    await server.says(/Ready/);
    const submit = () => {
      const flags = digitsJob(folder.file('out'), { images: ':2', 'max-samples': 512 }).slice(1);
      return runCommand(['submit', ...withoutProcesses(flags), '--server', grpc]);
    };
    const jobs = async () => (await runCommand(['jobs', '--server', grpc, '--json'])).stdout.trim();

    fill(disk.file('ballast'));
    const refused = await submit();
    expect({ code: refused.code, stdout: refused.stdout }, refused.stderr).toEqual({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^Error DISK_FULL: The store has no room for \d+ bytes more: /m);
    expect(await readdir(disk.file('store', 'artifacts', 'incoming'))).toEqual([]);

    // The files are there, and then there is no room for a job.
    await rm(disk.file('ballast'));
    expect(await submit()).toMatchObject({ code: 0 });
    const before = await jobs();
    fill(disk.file('ballast'));
    await rm(folder.file('out'), { recursive: true });
    const full = await submit();
    expect({ code: full.code, full: /DISK_FULL/.test(full.stderr) }, full.stderr).toEqual({
      code: 2,
      full: true,
    });
    expect(await jobs()).toBe(before);

    await rm(disk.file('ballast'));
    expect(await submit()).toMatchObject({ code: 0 });
    expect((await readFile(folder.file('out', 'results.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(2);
    expect(await server.end()).toBe(0);
  },
);

/** `submit` has no processes of its own. */
function withoutProcesses(flags: readonly string[]): string[] {
  const at = flags.indexOf('--processes');
  return flags.filter((_, i) => i !== at && i !== at + 1);
}

/** Takes all the space that is left. */
function fill(file: string): void {
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=4k'], { stdio: 'ignore' });
  } catch {
    return;
  }
  throw new Error('the disk does not fill');
}
