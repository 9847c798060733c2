import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

/** A folder that exists, and the paths of files in it. */
export interface Folder {
  readonly path: string;
  file(...names: readonly string[]): string;
}

/** Folders that are not removed yet. A test that times out never reaches its end: its folder is removed with the process. */
const remaining = new Set<TemporaryFolder>();
process.once('exit', () => {
  for (const folder of [...remaining]) folder[Symbol.dispose]();
});

/** A new empty folder. `using folder = new TemporaryFolder()` removes it, with all that is in it, however the block ends. */
export class TemporaryFolder implements Folder, Disposable {
  readonly path = mkdtempSync(path.join(tmpdir(), 'smoothcert-test-'));

  constructor() {
    remaining.add(this);
  }

  file(...names: readonly string[]): string {
    return path.join(this.path, ...names);
  }

  [Symbol.dispose](): void {
    remaining.delete(this);
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Makes a new empty folder before each test of the file (or of the `describe` around the call) and removes it after the test. */
export function folderOfEachTest(): Folder {
  const current = new CurrentFolder();
  beforeEach(() => current.make());
  afterEach(() => current.remove());
  return current;
}

/** Makes one empty folder for all tests of the file (or of the `describe` around the call) and removes it after the last one. */
export function folderOfAllTests(): Folder {
  const current = new CurrentFolder();
  beforeAll(() => current.make());
  afterAll(() => current.remove());
  return current;
}

/** The folder of the test that runs. */
class CurrentFolder implements Folder {
  private folder: TemporaryFolder | null = null;

  get path(): string {
    if (this.folder === null) throw new Error('the folder exists only while tests run');
    return this.folder.path;
  }

  file(...names: readonly string[]): string {
    return path.join(this.path, ...names);
  }

  make(): void {
    this.folder = new TemporaryFolder();
  }

  remove(): void {
    this.folder?.[Symbol.dispose]();
    this.folder = null;
  }
}
