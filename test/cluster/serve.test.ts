import { readdir, readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LONG_JOB, certifiedRows } from '../harness/army.js';
import { runCommand, startCommand } from '../harness/command.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { childrenOf, isAlive, seededRandom } from '../harness/processes.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const POLL_MS = 5;
const KILLS = 4;

test('serve killed again and again, and started on the same store: the same certificates, and no process is left', async () => {
  const expected = await certifiedRows(LONG_JOB);
  using folder = new TemporaryFolder();
  const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const store = folder.file('store');
  const random = seededRandom(23);
  const begin = () => new Part('serve', ['serve', '--store', store, '--grpc', grpc, '--http', http]);
  let server = begin();
  const children: number[] = [];
  try {
    await server.says(/Ready/);
    const out = folder.file('out');
    await using submitted = startCommand(['submit', ...LONG_JOB, '--server', grpc, '--out', out]);
    for (let kill = 0; kill < KILLS; kill++) {
      await grown(folder.file('store', 'ledgers'), 1_000 + random(5_000));
      children.push(...(await childrenOf(server.pid)));
      await server.end('SIGKILL');
      server = begin();
    }
    expect(await submitted.exited).toMatchObject({ code: 0 });
    expect(await readFile(`${out}/results.jsonl`, 'utf8')).toBe(expected);
    const again = await runCommand([
      'results',
      await idOf(grpc),
      '--server',
      grpc,
      '--out',
      folder.file('again'),
    ]);
    expect(again.code).toBe(0);
    expect(await readFile(folder.file('again', 'results.jsonl'), 'utf8')).toBe(expected);
    expect(await server.end()).toBe(0);
    expect(children.length).toBeGreaterThanOrEqual(KILLS);
    while ((await Promise.all(children.map(isAlive))).includes(true)) await delay(POLL_MS);
  } finally {
    await server[Symbol.asyncDispose]();
  }
});

/** Resolves once the ledgers have become longer by so many bytes. */
async function grown(folder: string, bytes: number): Promise<void> {
  const before = await sizeOf(folder);
  while ((await sizeOf(folder)) < before + bytes) await delay(POLL_MS);
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((name) => sizeOfFile(`${folder}/${name}`)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A file that is renamed at this moment counts as none. */
const sizeOfFile = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

async function idOf(grpc: string): Promise<string> {
  const { stdout } = await runCommand(['jobs', '--server', grpc, '--json']);
  return (JSON.parse(stdout) as { id: string }[])[0]!.id;
}
