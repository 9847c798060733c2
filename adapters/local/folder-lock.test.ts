import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';

import { FolderLock } from './folder-lock.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

interface Owner {
  pid: number;
  started: string;
  host: string;
}

const folder = folderOfEachTest();
let file: string;
beforeEach(() => {
  file = folder.file('lock');
});

const lockedBy = async () => JSON.parse(await readFile(file, 'utf8')) as Owner;
const locked = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'FOLDER_LOCKED', message: expect.stringMatching(message) as unknown });

async function own(): Promise<Owner> {
  const lock = await FolderLock.acquire(folder.path);
  const owner = await lockedBy();
  lock.release();
  return owner;
}

/** A process that lives until it is killed. */
async function process_(): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log("up")'], {
    stdio: 'pipe',
  });
  await once(child.stdout, 'data');
  return child as ChildProcess & { pid: number };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** The mark of a living process's start, as a lock of its own would hold it. */
async function startOf(pid: number): Promise<string> {
  const { started } = await own();
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
  return `${started.split(':')[0]!}:${ticks}`;
}

const onLinux = describe.skipIf(process.platform !== 'linux');

describe('the lock of a folder', () => {
  it('names its process, and is gone when released', async () => {
    const lock = await FolderLock.acquire(folder.path);
    expect(await lockedBy()).toMatchObject({ pid: process.pid, host: hostname() });
    expect(await readdir(folder.path)).toEqual(['lock']);
    lock.release();
    lock.release();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is refused while its process lives, also to itself', async () => {
    const lock = await FolderLock.acquire(folder.path);
    await expect(FolderLock.acquire(folder.path)).rejects.toEqual(
      locked(new RegExp(`in use by process ${process.pid}\\.$`)),
    );
    expect(await lockedBy()).toMatchObject({ pid: process.pid });
    lock.release();
  });

  it('is refused for another host, whatever its process', async () => {
    const owner = { ...(await own()), pid: 1, host: 'elsewhere' };
    await writeFile(file, JSON.stringify(owner));
    await expect(FolderLock.acquire(folder.path)).rejects.toEqual(locked(/process 1 on host elsewhere/));
    expect(await lockedBy()).toEqual(owner);
  });

  it.each(['', '{', '"x"', '{"pid":"1","started":"a","host":"b"}', '{"pid":1}', '\0\0'])(
    'is refused where it cannot be read: %j',
    async (text) => {
      await writeFile(file, text);
      await expect(FolderLock.acquire(folder.path)).rejects.toEqual(locked(/cannot be read/));
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );

  it('is refused where something else bears its name', async () => {
    await mkdir(file);
    await expect(FolderLock.acquire(folder.path)).rejects.toEqual(locked(/cannot be read/));
  });

  it('is refused, not tried for ever, where it cannot be created nor read', async () => {
    await symlink(folder.file('nothing'), file);
    await expect(FolderLock.acquire(folder.path)).rejects.toEqual(locked(/cannot be taken over/));
  });

  it('cannot be had in a folder that is not there', async () => {
    await expect(FolderLock.acquire(folder.file('none'))).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
    });
  });

  it('is had by one of many who want it at once, also where a dead one is to be taken over', async () => {
    const dead = JSON.stringify({ ...(await own()), pid: 2 ** 22 + 1 });
    for (let round = 0; round < 20; round++) {
      if (round % 2) await writeFile(file, dead);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => FolderLock.acquire(folder.path)),
      );
      const had = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(had).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'FOLDER_LOCKED' });
      expect(await readdir(folder.path)).toEqual(['lock']);
      had[0]!.value.release();
    }
  });

  it.each([1, 2, 3])('is taken over where %d processes died while they took it over', async (claims) => {
    const owner = await own();
    for (let at = 0; at <= claims; at++) {
      await writeFile(file + '.claim'.repeat(at), JSON.stringify({ ...owner, pid: 2 ** 22 + 1 + at }));
    }
    (await FolderLock.acquire(folder.path)).release();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is refused where its owner is in another container, and left there on release', async () => {
    const elsewhere = JSON.stringify({ ...(await own()), namespace: 'pid:[1]' });
    await writeFile(file, elsewhere);
    await expect(FolderLock.acquire(folder.path)).rejects.toEqual(locked(/in another container/));
    await rm(file);
    const lock = await FolderLock.acquire(folder.path);
    await writeFile(file, elsewhere);
    lock.release();
    expect(await readFile(file, 'utf8')).toBe(elsewhere);
  });

  it('is refused where the claims on it have no end, or cannot be read', async () => {
    const owner = await own();
    for (let at = 0; at <= 4; at++) {
      await writeFile(file + '.claim'.repeat(at), JSON.stringify({ ...owner, pid: 2 ** 22 + 1 + at }));
    }
    await expect(FolderLock.acquire(folder.path)).rejects.toEqual(locked(/cannot be taken over/));
    await writeFile(`${file}.claim`, '');
    await expect(FolderLock.acquire(folder.path)).rejects.toEqual(locked(/lock\.claim cannot be read/));
  });
});

onLinux('the lock of another process', () => {
  it('is refused while that process lives, and taken over silently once it is killed', async () => {
    const child = await process_();
    await writeFile(
      file,
      JSON.stringify({ ...(await own()), pid: child.pid, started: await startOf(child.pid) }),
    );
    await expect(FolderLock.acquire(folder.path)).rejects.toEqual(
      locked(new RegExp(`in use by process ${child.pid}\\.$`)),
    );
    await kill(child);
    await FolderLock.acquire(folder.path);
    expect(await lockedBy()).toMatchObject({ pid: process.pid });
    expect(await readdir(folder.path)).toEqual(['lock']);
  });

  it('is taken over where another process bears its id now', async () => {
    const child = await process_();
    const started = await startOf(child.pid);
    await writeFile(file, JSON.stringify({ ...(await own()), pid: child.pid, started: `${started}1` }));
    await FolderLock.acquire(folder.path);
    expect(await lockedBy()).toMatchObject({ pid: process.pid });
    await kill(child);
  });

  it('is taken over after the machine started again', async () => {
    const { started, ...owner } = await own();
    const before = `00000000-0000-0000-0000-000000000000:${started.split(':')[1]!}`;
    await writeFile(file, JSON.stringify({ ...owner, started: before }));
    await FolderLock.acquire(folder.path);
    expect(await lockedBy()).toMatchObject({ started });
  });
});
