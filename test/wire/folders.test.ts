import { cp, readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../harness/command.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { VERSIONS, recorded } from '../support/recorded.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

/** Folders of earlier versions, with today's commands. */

const folder = folderOfEachTest();

const ok = async (args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await runCommand(args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};

describe.each(VERSIONS)('of %s', (version) => {
  const expected = (part: string) => readFile(recorded(version, part, 'results.jsonl'), 'utf8');
  const copied = async (...from: string[]) => {
    await cp(recorded(version, ...from), folder.file('copy'), { recursive: true });
    return folder.file('copy');
  };

  it('the folder of a run that Ctrl-C ended is not drawn on, as noise is drawn otherwise now; its counts are shown', async () => {
    const out = await copied('interrupted', 'folder');
    const flags = JSON.parse(
      await readFile(recorded(version, 'interrupted', 'command.json'), 'utf8'),
    ) as string[];
    const before = await readFile(`${out}/ledger`);
    const { code, stderr } = await runCommand(['certify', ...flags, '--out', out, '--quiet']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Error PROTOCOL_MISMATCH: No more samples')]);
    expect(stderr).toContain('begin the job anew in another folder');
    expect(await readFile(`${out}/ledger`)).toEqual(before);
    const rows = await readFile(`${out}/results.jsonl`, 'utf8');
    await ok(['results', out]);
    expect(await readFile(`${out}/results.jsonl`, 'utf8')).toBe(rows);
  });

  it('the store of serve: what has ended is shown, what waits waits, and both are backed up meanwhile', async () => {
    const store = await copied('serve', 'store');
    const jobs = JSON.parse(await readFile(recorded(version, 'serve', 'jobs.json'), 'utf8')) as Record<
      string,
      string
    >;
    const { succeeded, pending } = jobs as { succeeded: string; pending: string };
    await withServe(store, async (server) => {
      const seen = JSON.parse(await ok(['jobs', '--json', ...server])) as { id: string; state: string }[];
      expect(new Map(seen.map(({ id, state }) => [id, state]))).toEqual(
        new Map([
          [succeeded, 'succeeded'],
          [pending, 'pending'],
        ]),
      );
      const out = folder.file('out');
      await ok(['results', succeeded, ...server, '--out', out]);
      expect(await readFile(`${out}/results.jsonl`, 'utf8')).toBe(await expected('serve'));
      for (const id of [succeeded, pending])
        await ok(['backup', id, '--store', store, '--out', folder.file(id)]);
      const locked = await runCommand(['restore', folder.file(succeeded), '--store', store]);
      expect(locked.stderr).toContain('Error FOLDER_LOCKED');
      const running = await runCommand(['forget', pending, '--store', store]);
      expect([running.code, running.stderr]).toEqual([2, expect.stringContaining('has not ended')]);
    });
    expect(await ok(['restore', folder.file(pending), '--store', store])).toContain('already there');
    expect(await ok(['forget', succeeded, '--store', store])).toContain('is forgotten');
    expect(await readdir(`${store}/ledgers`)).toEqual([]);
    expect(await readdir(`${store}/jobs`)).toEqual([`${pending}.job`]);
  });

  it('a backup is restored, and shows the same certificates', async () => {
    const { succeeded } = JSON.parse(await readFile(recorded(version, 'serve', 'jobs.json'), 'utf8')) as {
      succeeded: string;
    };
    const store = folder.file('new');
    expect(await ok(['restore', recorded(version, 'serve', 'job.backup'), '--store', store])).toContain(
      'is restored',
    );
    await withServe(store, async (server) => {
      await ok(['results', succeeded, ...server, '--out', folder.file('out')]);
      expect(await readFile(folder.file('out', 'results.jsonl'), 'utf8')).toBe(await expected('serve'));
    });
  });
});

async function withServe(store: string, action: (server: string[]) => Promise<void>): Promise<void> {
  const grpc = `127.0.0.1:${await freePort()}`;
  const http = `127.0.0.1:${await freePort()}`;
  await using serve = new Part('serve', [
    'serve',
    '--store',
    store,
    '--grpc',
    grpc,
    '--http',
    http,
    '--processes',
    '1',
  ]);
  await serve.says(/Listening/);
  await action(['--server', grpc]);
  expect(await serve.end()).toBe(0);
}
