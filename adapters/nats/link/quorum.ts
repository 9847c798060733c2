import { Listeners } from '../../../shared/listeners.js';
import { isUnanswered } from './nats-errors.js';
import { isPassing, isTimeout } from './server-codes.js';

export interface QuorumOptions {
  /** Asks the servers for something that only their leader answers. */
  readonly ask: () => Promise<unknown>;
  /** Returns false while there is no connection: then nothing is known of a quorum, and nothing is said. */
  readonly connected: () => boolean;
  readonly everyMs: number;
  /** Longer than an election takes. */
  readonly lostMs: number;
}

/** Knows whether the servers of NATS have a quorum: it counts as lost once nobody that leads them has answered for `lostMs`. */
export class Quorum implements Disposable {
  private lost = false;
  /** Since when nobody has answered, in monotonic milliseconds; null if the last question was answered. */
  private silentSince: number | null = null;
  private asking = false;
  private readonly listeners = new Listeners<[there: boolean]>();
  private readonly interval: NodeJS.Timeout;

  constructor(private readonly options: QuorumOptions) {
    this.interval = setInterval(() => void this.look(), options.everyMs).unref();
  }

  get there(): boolean {
    return !this.lost;
  }

  /** Calls `listener` whenever `there` changes, until the returned function is called. */
  onChange(listener: (there: boolean) => void): () => void {
    return this.listeners.add(listener);
  }

  [Symbol.dispose](): void {
    clearInterval(this.interval);
  }

  private async look(): Promise<void> {
    if (this.asking) return;
    const askedAt = performance.now();
    this.asking = true;
    const answered = !this.options.connected() || (await this.isAnswered());
    this.asking = false;
    this.silentSince = answered ? null : (this.silentSince ?? askedAt);
    this.set(this.silentSince !== null && performance.now() - this.silentSince >= this.options.lostMs);
  }

  private async isAnswered(): Promise<boolean> {
    try {
      await this.options.ask();
      return true;
    } catch (error) {
      // Any other refusal is the answer of somebody who leads. A connection that was lost meanwhile is another matter.
      const isSilence = isTimeout(error) || isUnanswered(error) || isPassing(error);
      return !isSilence || !this.options.connected();
    }
  }

  private set(lost: boolean): void {
    if (lost === this.lost) return;
    this.lost = lost;
    this.listeners.tell(!lost);
  }
}
