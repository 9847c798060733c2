import { SmoothcertError } from '../../shared/errors.js';
import { ForkedProcess } from './forked-process.js';
import type { FromChild, ToChild } from './messages.js';
import type { ChildSetup, Prepared } from './setup.js';

/** Loading a large model on a cold disk and probing it; longer than this is a hang. */
const START_LIMIT_MS = 600_000;
const CHILD_MODULE = new URL('./child.js', import.meta.url);

/** The inference process of a job: it is told which shards to draw, and answers with counts. */
export class InferenceChild {
  /** Resolves when the model is loaded and probed; rejects with why it cannot be. */
  readonly ready: Promise<Prepared>;
  /** Monotonic time of the last sign of life. */
  heardAt = performance.now();
  private readonly process: ForkedProcess;

  /**
   * @param onMessage hears all that the child says, also what `ready` becomes
   * @param module the compiled child, where it is not beside this file
   */
  constructor(setup: ChildSetup, onMessage: (message: FromChild) => void, module: URL = CHILD_MODULE) {
    this.process = new ForkedProcess(module, 'json');
    this.ready = this.start(setup, onMessage);
    this.ready.catch(() => undefined);
  }

  /** Resolves with the signal or exit code, in words, once the process is gone. */
  get gone(): Promise<string> {
    return this.process.gone;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** The end of what the process wrote to its standard error, for a message with `--verbose`. */
  get stderrTail(): string {
    return this.process.stderrTail;
  }

  send(messages: readonly ToChild[]): void {
    if (messages.length > 0) this.process.send([...messages]);
  }

  kill(): void {
    this.process.kill();
  }

  /** Lets the process end by itself; kills it after `graceMs`. Resolves when its pid is gone. */
  close(graceMs: number): Promise<void> {
    return this.process.close(graceMs);
  }

  private start(setup: ChildSetup, onMessage: (message: FromChild) => void): Promise<Prepared> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => this.kill(), START_LIMIT_MS);
      this.process.onMessage((raw) => {
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
        reject(this.process.death('while it started', how));
      });
      this.send([{ kind: 'start', setup }]);
    });
  }
}
