import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FolderLock } from '../../adapters/local/folder-lock.js';
import { PYTHON, PythonProgram } from '../harness/python.js';
import { PICTURES } from '../harness/results.js';
import { happens, prepared, sha256 } from '../support/service-bed.js';
import { pythonAndService } from './python-service.js';

/** Python against a server that lies, forgets or is another one: nothing of it becomes a certificate, and no job is drawn again. */

describe.skipIf(PYTHON === undefined)('Python, of a server that cannot be trusted,', () => {
  const of = pythonAndService();
  const { folder, ask, worker, jobs, address, again } = of;

  it('takes no job that was not asked for, and no row that is none of it', async () => {
    await worker();
    const flags = { seed: 7, max_samples: 1024, bound: 'spending' };
    expect(await ask({ flags })).toMatchObject({ news: 'ended', done: true });
    const asked = JSON.stringify({ ...PICTURES, sigma: 0.5, flags, out: folder.file('out') });
    await using program = new PythonProgram(of.python, ['test/python/forged_answers.py', asked]);
    expect(await program.exited).toEqual({ code: 0, stderr: '' });
    const told = new Map(program.told.map(({ name, ...rest }) => [name as string, rest]));
    expect(told.get('honest')).toMatchObject({ same: true });
    expect(told.get('honest rows')).toMatchObject({ same: true });
    const numbers = [
      0.1, 1e21, 1e-7, 123456789.125, 5e-324, 1.7976931348623157e308, 100, -0.5, 1e20, 0.000001, 2.5e-6, -0.0,
    ];
    expect(told.get('numbers')!.values).toEqual(numbers.map(String));
    const forgeries = program.told.filter((one) => 'code' in one);
    expect(forgeries.length).toBeGreaterThan(40);
    for (const { name, code, printable } of forgeries)
      expect({ name, code, printable }).toEqual({
        name,
        code: expect.stringMatching(/^(MESSAGE_MALFORMED|PROTOCOL_MISMATCH)$/) as string,
        printable: true,
      });
  });

  it('makes no second job where the server does not know the first one', async () => {
    expect(await cancelled()).toMatchObject({ code: 'CANCELLED' });
    const id = (await jobs())[0]!.id;
    const get = of.service.getJob.bind(of.service);
    of.service.getJob = async (asked) => ({ ...(await get(asked)), requestId: 'of another client' });
    const other = await ask();
    expect(other).toMatchObject({ news: 'error', code: 'JOB_DIFFERS' });
    expect(other.message).toContain(`holds the job ${id} of ${address()}`);
    of.service.getJob = async (asked) => ({ ...(await get(asked)), id: `j-${'1'.repeat(20)}` });
    expect(await ask()).toMatchObject({ news: 'error', code: 'MESSAGE_MALFORMED' });
    expect(await jobs()).toHaveLength(1);
  });

  it('sees its job again at another address of the same cluster', async () => {
    expect(await cancelled()).toMatchObject({ code: 'CANCELLED' });
    const before = address();
    await again({});
    expect(address()).not.toBe(before);
    expect(await ask()).toMatchObject({ code: 'CANCELLED' });
    expect(await jobs()).toHaveLength(1);
  });

  it('asks no other server for a job that one may have made without an answer', async () => {
    const create = of.service.createJob.bind(of.service);
    let made = 0;
    of.service.createJob = async (request) => {
      await create(request);
      made += 1;
      // Nobody hears of it.
      return new Promise(() => undefined);
    };
    await using killed = of.start();
    await happens(() => made > 0);
    killed.signal('SIGKILL');
    await killed.exited;
    const before = address();
    of.service.createJob = create;
    await again({});
    const refused = await ask();
    expect(refused).toMatchObject({ news: 'error', code: 'JOB_DIFFERS' });
    expect(refused.remedy).toContain(`Give server='${before}' to see it again`);
    expect(await jobs()).toHaveLength(1);
  });

  it('keeps the refutation of a job, and does not draw it again', async () => {
    const modelDigest = sha256(await readFile(PICTURES.model));
    of.bed.worker({
      prepare: () => prepared({ modelDigest }),
      change: (record) => {
        const [first] = record.counted;
        if (!first) return record;
        const failed = [
          { shard: first.shard, code: 'MODEL_NOT_DETERMINISTIC' as const, detail: 'It changed.' },
        ];
        return { ...record, counted: record.counted.slice(1), failed };
      },
    });
    const refuted = { news: 'error', code: 'MODEL_NOT_DETERMINISTIC', message: 'It changed.' };
    const first = await ask();
    expect(first).toMatchObject(refuted);
    expect(await ask({ server: { address: '127.0.0.1:1' } })).toEqual(first);
    expect(await jobs()).toHaveLength(1);
  });

  it('lets one process at a time use a folder, be it Python or the command', async () => {
    await using waiting = of.start();
    await waiting.tells(({ news, text }) => news === 'note' && /^Waiting: /.test(String(text)));
    expect(await ask()).toMatchObject({ news: 'error', code: 'FOLDER_LOCKED' });
    await expect(FolderLock.acquire(folder.file('out'))).rejects.toMatchObject({ code: 'FOLDER_LOCKED' });
    expect(await FolderLock.isHeld(folder.file('out'))).toBe(true);
    waiting.signal('SIGKILL');
    await waiting.exited;
    // That of a dead process is taken over, from Python and by it.
    const lock = await FolderLock.acquire(folder.file('out'));
    expect(await ask()).toMatchObject({ news: 'error', code: 'FOLDER_LOCKED' });
    lock.release();
    expect(await jobs()).toHaveLength(1);
    expect(await cancelled()).toMatchObject({ code: 'CANCELLED' });
  });

  it('takes no file of the folder for its own', async () => {
    await worker();
    const victim = folder.file('victim');
    await writeFile(victim, 'mine');
    await mkdir(folder.file('out'));
    for (const name of ['request.json', 'results.jsonl', 'results.tsv', 'job.json'])
      await symlink(victim, folder.file('out', `${name}.tmp`));
    expect(await ask()).toMatchObject({ news: 'ended', done: true });
    expect(await readFile(victim, 'utf8')).toBe('mine');
  });

  /** Asks for a job that no worker draws, and ends it; what the next call says. */
  async function cancelled() {
    await using waiting = of.start();
    await waiting.tells(({ news, text }) => news === 'note' && /^Waiting: /.test(String(text)));
    for (const { id } of await jobs()) await of.service.cancelJob(id);
    await waiting.exited;
    return await ask();
  }
});
