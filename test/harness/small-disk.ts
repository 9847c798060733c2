import { spawnSync } from 'node:child_process';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** A file system of its own in memory: filled, made larger and made read-only without touching anything else. */
export class SmallDisk implements Disposable {
  readonly path: string;

  private constructor(private readonly folder: TemporaryFolder) {
    this.path = folder.path;
  }

  /** @param size what mount's `size=` takes, for example '64k'; rounded up to whole pages of 4 KiB */
  static mount(size: string): SmallDisk {
    const folder = new TemporaryFolder();
    try {
      mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder.path);
    } catch (error) {
      folder[Symbol.dispose]();
      throw error;
    }
    return new SmallDisk(folder);
  }

  file(...names: string[]): string {
    return this.folder.file(...names);
  }

  resize(size: string): void {
    mount('-o', `remount,size=${size}`, this.path);
  }

  setReadOnly(readOnly: boolean): void {
    mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, this.path);
  }

  [Symbol.dispose](): void {
    run('umount', this.path);
    this.folder[Symbol.dispose]();
  }
}

/** Returns true if this process may mount; prints a line if not, since tests are skipped then. */
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
