import { fork, type ChildProcess } from 'node:child_process';
import { SmoothcertError } from '../../shared/errors.js';

const STDERR_KEPT = 2_000;
/** Processes that live: none outlives this one, whose end may come while a model's run blocks them. */
const living = new Set<ChildProcess>();
process.on('exit', () => living.forEach((child) => child.kill('SIGKILL')));

/**
 * One forked process that runs a model. A session's run blocks its event loop, and a thread cannot be ended while it
 * runs; a process can, at any moment, by SIGKILL.
 */
export class ForkedProcess {
  /** Resolves with the signal or exit code, in words, once the process is gone. */
  readonly gone: Promise<string>;
  private readonly process: ChildProcess;
  private stderr = '';

  /** @param serialization of its messages: `advanced` keeps typed arrays */
  constructor(module: URL, serialization: 'json' | 'advanced') {
    this.process = fork(module, [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      env: { ...process.env, NVIDIA_TF32_OVERRIDE: '0' },
      serialization,
    });
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-STDERR_KEPT);
    });
    living.add(this.process);
    this.gone = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
      this.process.once('error', (error) => resolve(error.message));
    });
    void this.gone.then(() => living.delete(this.process));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** The end of what the process wrote to its standard error, for a message with `--verbose`. */
  get stderrTail(): string {
    return this.stderr.trim();
  }

  onMessage(hear: (message: unknown) => void): void {
    this.process.on('message', hear);
  }

  send(message: object): void {
    if (this.process.connected) this.process.send(message, () => undefined);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  /** Lets the process end by itself; kills it after `graceMs`. Resolves when its pid is gone. */
  async close(graceMs: number): Promise<void> {
    const killer = setTimeout(() => this.kill(), graceMs);
    if (this.process.connected) this.process.disconnect();
    await this.gone;
    clearTimeout(killer);
  }

  /** Returns the error that it ended. @param when for example "while it started" @param how what `gone` resolved with */
  death(when: string, how: string): SmoothcertError {
    return new SmoothcertError(
      'CHILD_DIED',
      `The inference process ended ${when} (${how}).`,
      'Run again with --verbose to see what it wrote last; a lack of memory is the usual cause.',
      { cause: this.stderrTail },
    );
  }
}
