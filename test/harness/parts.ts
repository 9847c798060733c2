import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from './command.js';

/** A process that stays, one of ours: its log is read as it comes. `await using` ends it with SIGKILL. */
export class Part implements AsyncDisposable {
  readonly pid: number;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;
  private text = '';
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly name: string,
    readonly args: readonly string[],
    readonly env: Readonly<Record<string, string>> = {},
    nodeArgs: readonly string[] = [],
    /** Words before the command, for example those that have it run on another host; the process must stay the same. */
    before: readonly string[] = [],
  ) {
    const [program, ...words] = [
      ...before,
      process.execPath,
      ...nodeArgs,
      `${ROOT}dist/cli/main.js`,
      ...args,
    ];
    this.child = spawn(program!, words, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.child.pid!;
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (piece: string) => {
        this.text += piece;
        for (const look of [...this.waiting]) look();
      });
    }
    this.exited = once(this.child, 'exit').then(([code, signal]) => {
      for (const look of [...this.waiting]) look();
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  /** The text that it has written. */
  get log(): string {
    return this.text;
  }

  /** How often it has written this. */
  heard(pattern: RegExp): number {
    return [...this.text.matchAll(new RegExp(pattern, 'g'))].length;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves once it has written this, counted from the beginning; rejects with its log if it ends before. */
  says(pattern: RegExp, times = 1): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.heard(pattern) >= times;
        if (!found && this.running) return;
        this.waiting.delete(look);
        if (found) resolve();
        else reject(new Error(`${this.name} ended before it said ${String(pattern)}:\n${this.text}`));
      };
      this.waiting.add(look);
      look();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends the signal, and resolves with the exit code once it is gone. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.signal(signal);
    return (await this.exited).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) {
      this.signal('SIGCONT');
      this.signal('SIGKILL');
    }
    await this.exited;
  }
}
