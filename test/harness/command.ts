import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, watch } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = path.join(ROOT, 'dist/cli/main.js');

export interface CommandOptions {
  /** Folder that the command runs in; the project's root if not given. */
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Before the command, as of `node`. */
  readonly nodeArgs?: readonly string[];
  /** Leads a process group of its own, so that a signal can be sent to all of it, as a terminal's Ctrl-C is. */
  readonly ownGroup?: boolean;
  /** Where its standard output goes, as `>` of a shell; else it is collected. */
  readonly stdoutTo?: string;
}

export interface Finished {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled command to its end. */
export async function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  await using command = startCommand(args, options);
  return await command.exited;
}

/** Starts the compiled command; `await using` ends it, its process group included, if it still runs. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  return new RunningCommand(args, options);
}

export class RunningCommand implements AsyncDisposable {
  readonly pid: number;
  /** Resolves once the command has ended and its output is complete: no process holds its streams any longer. */
  readonly exited: Promise<Finished>;
  private readonly child: ChildProcess;
  private readonly output = { stdout: '', stderr: '' };

  constructor(
    args: readonly string[],
    private readonly options: CommandOptions,
  ) {
    const stdout = options.stdoutTo === undefined ? 'pipe' : openSync(options.stdoutTo, 'w');
    this.child = spawn(process.execPath, [...(options.nodeArgs ?? []), CLI, ...args], {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      detached: options.ownGroup ?? false,
      stdio: ['ignore', stdout, 'pipe'],
    });
    if (stdout !== 'pipe') closeSync(stdout);
    if (this.child.pid === undefined) throw new Error(`${CLI} cannot be started`);
    this.pid = this.child.pid;
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.setEncoding('utf8').on('data', (text: string) => (this.output[name] += text));
    }
    this.exited = once(this.child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      ...this.output,
    }));
  }

  /** The text that it has written so far. */
  get written(): Readonly<{ stdout: string; stderr: string }> {
    return this.output;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Sends a signal to the command's own process alone. */
  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends a signal to every process of the command's group (`ownGroup`). */
  killGroup(signal: NodeJS.Signals): void {
    if (!this.options.ownGroup) throw new Error('the command was not started with ownGroup');
    process.kill(-this.pid, signal);
  }

  /** True if any process of the command's group (`ownGroup`) is left. */
  get groupIsAlive(): boolean {
    try {
      this.killGroup('SIGCONT');
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }

  /**
   * Resolves as soon as `condition` holds; it is asked again whenever something in `folder` changes.
   * Rejects with the command's output if it ends before.
   */
  async until(folder: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const done = new AbortController();
    const ended = this.exited.then(async (finished) => {
      if (done.signal.aborted || (await condition())) return;
      throw new Error(`the command ended before what was awaited: ${JSON.stringify(finished)}`);
    });
    try {
      await Promise.race([ended, becomesTrue(folder, condition, done.signal)]);
    } finally {
      done.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.options.ownGroup) {
      if (this.groupIsAlive) this.killGroup('SIGKILL');
    } else if (this.running) this.kill('SIGKILL');
    await this.exited;
  }
}

/** Asks at once and after every change of a file in the folder (which must exist). */
async function becomesTrue(
  folder: string,
  condition: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const watcher = watch(folder, { signal });
  try {
    let changed = once(watcher, 'change', { signal });
    while (!(await condition())) {
      await changed;
      changed = once(watcher, 'change', { signal });
      changed.catch(() => undefined);
    }
    changed.catch(() => undefined);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    watcher.close();
  }
}

/** Every file below a folder by its relative path, with its content (latin1, one character a byte); null if there is no such folder. */
export async function contentOf(folder: string): Promise<Readonly<Record<string, string>> | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return null;
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.sort().map(async (file) => [path.relative(folder, file), await readFile(file, 'latin1')] as const),
  );
  return Object.fromEntries(contents);
}
