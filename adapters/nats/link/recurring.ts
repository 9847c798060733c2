import type { NatsLink, Trouble } from './nats-link.js';

/** One of so many repetitions of a fault is reported. */
const REPORTED_EVERY = 30;

/** Reports a fault that may repeat: its first occurrence and every 30th one. */
export class RecurringTrouble {
  private times = 0;

  constructor(private readonly link: NatsLink) {}

  /** Counts an occurrence, and reports it if it is the first or a 30th one. */
  met(sentence: string, kind: Trouble = 'other'): void {
    if (this.times % REPORTED_EVERY === 0) this.link.tellTrouble(sentence, kind);
    this.times += 1;
  }

  /** Ends a series of occurrences: the next one is reported at once. */
  over(): void {
    this.times = 0;
  }
}
