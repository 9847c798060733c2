import { fork, type ChildProcess } from 'node:child_process';
import { SmoothcertError } from '../../shared/errors.js';
import type { FromChild, ToChild } from './messages.js';
import type { ChildSetup, Prepared } from './setup.js';

/** Loading a large model on a cold disk and probing it; longer than this is a hang. */
const START_LIMIT_MS = 600_000;
const STDERR_KEPT = 2_000;
/** Children that live: none outlives this process, whose end may come while a model's run blocks them. */
const living = new Set<ChildProcess>();
process.on('exit', () => living.forEach((child) => child.kill('SIGKILL')));

const CHILD_MODULE = new URL('./child.js', import.meta.url);

/**
 * One forked inference process. A session's run blocks its event loop, and a thread cannot be ended while it
 * runs; a process can, at any moment, by SIGKILL.
 */
export class InferenceChild {
  /** Resolves when the model is loaded and probed; rejects with why it cannot be. */
  readonly ready: Promise<Prepared>;
  /** Resolves with the signal or exit code, in words, once the process is gone. */
  readonly gone: Promise<string>;
  /** Monotonic time of the last sign of life. */
  heardAt = performance.now();
  private readonly process: ChildProcess;
  private stderr = '';

  /**
   * @param onMessage hears all that the child says, also what `ready` becomes
   * @param module the compiled child, where it is not beside this file
   */
  constructor(setup: ChildSetup, onMessage: (message: FromChild) => void, module: URL = CHILD_MODULE) {
    this.process = fork(module, [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      env: { ...process.env, NVIDIA_TF32_OVERRIDE: '0' },
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
    this.ready = this.start(setup, onMessage);
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** The end of what the process wrote to its standard error, for a message with `--verbose`. */
  get stderrTail(): string {
    return this.stderr.trim();
  }

  send(messages: readonly ToChild[]): void {
    if (this.process.connected && messages.length > 0) this.process.send([...messages], () => undefined);
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

  private start(setup: ChildSetup, onMessage: (message: FromChild) => void): Promise<Prepared> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => this.kill(), START_LIMIT_MS);
      this.process.on('message', (raw) => {
        this.heardAt = performance.now();
        for (const message of raw as FromChild[]) {
          if (message.kind === 'ready') resolve(message.prepared);
          else if (message.kind === 'refused') {
            reject(new SmoothcertError(message.code, message.message, message.remedy));
          }
          onMessage(message);
        }
        clearTimeout(limit);
      });
      void this.gone.then((how) => {
        clearTimeout(limit);
        reject(
          new SmoothcertError(
            'CHILD_DIED',
            `The inference process ended while it started (${how}).`,
            'Run again with --verbose to see what it wrote last; a lack of memory is the usual cause.',
            { cause: this.stderrTail },
          ),
        );
      });
      this.send([{ kind: 'start', setup }]);
    });
  }
}
