import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file system of its own in memory: filled, made larger and made read-only without touching anything else. */
export class SmallDisk implements Disposable {
  private constructor(readonly path: string) {}

  /** @param size what mount's `size=` takes, for example '64k'; rounded up to whole pages of 4 KiB */
  static mount(size: string): SmallDisk {
    const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-disk-'));
    try {
      mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    return new SmallDisk(folder);
  }

  file(...names: string[]): string {
    return path.join(this.path, ...names);
  }

  resize(size: string): void {
    mount('-o', `remount,size=${size}`, this.path);
  }

  setReadOnly(readOnly: boolean): void {
    mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, this.path);
  }

  [Symbol.dispose](): void {
    run('umount', this.path);
    rmSync(this.path, { recursive: true });
  }
}

/** Whether this process may mount; if not, says so aloud, since tests are skipped then. */
export function mayMount(): boolean {
  try {
    using disk = SmallDisk.mount('16k');
    return disk.path !== '';
  } catch (error) {
    console.warn(`SKIPPED, nothing can be mounted here (run as root on Linux): ${String(error)}`);
    return false;
  }
}

const mount = (...args: string[]): void => run('mount', ...args);

function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
