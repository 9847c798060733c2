import type { NatsLink } from '../link/nats-link.js';

export interface SilenceOptions {
  readonly link: NatsLink;
  /** Asks the stream itself, and not the reader's own consumer, for the sequence number of its last record. */
  readonly lastSequence: () => Promise<number>;
  /** Called with each answer. */
  readonly onKnown: (sequence: number) => void;
  /** Called when the reader has not been sent records that the stream has held for a while. */
  readonly onDeaf: () => void;
}

/**
 * Notices a reader that is not sent what its stream holds, because the server that serves it is gone. A reader that waits is compared with
 * the stream's own state twice a `silentMs`; one that still waits for the same record at the next comparison is deaf.
 */
export class Silence implements Disposable {
  /** The last record that the reader was sent; null while it does not wait for a further one. */
  private waitingAfter: number | null = null;
  /** The record after which it waited when the stream was found to hold more. */
  private behindAfter: number | null = null;
  private asking = false;
  private readonly interval: NodeJS.Timeout;

  constructor(private readonly options: SilenceOptions) {
    this.interval = setInterval(() => void this.look(), options.link.times.silentMs / 2).unref();
  }

  /** Takes note that the reader waits for the record after this one. */
  waits(after: number): void {
    this.waitingAfter = after;
    this.behindAfter = null;
  }

  /** Takes note that the reader was sent something, or does not read now. */
  heard(): void {
    this.waitingAfter = null;
    this.behindAfter = null;
  }

  [Symbol.dispose](): void {
    clearInterval(this.interval);
  }

  private async look(): Promise<void> {
    const after = this.waitingAfter;
    if (after === null || this.asking || !this.options.link.connected) return;
    if (this.behindAfter === after) {
      this.heard();
      this.options.onDeaf();
      return;
    }
    this.asking = true;
    // A stream that does not answer now is asked again.
    const last = await this.options.lastSequence().catch(() => null);
    this.asking = false;
    if (last === null) return;
    this.options.onKnown(last);
    if (last > after && this.waitingAfter === after) this.behindAfter = after;
  }
}
