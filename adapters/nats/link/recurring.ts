import type { NatsLink, Trouble } from './nats-link.js';

/** Once, and then often enough that nobody forgets it. */
const EVERY = 30;

/** Trouble that may come again and again: its first time and every 30th are told. */
export class RecurringTrouble {
  private times = 0;

  constructor(private readonly link: NatsLink) {}

  met(sentence: string, kind: Trouble = 'other'): void {
    if (this.times % EVERY === 0) this.link.tellTrouble(sentence, kind);
    this.times += 1;
  }

  /** It is over: should it come again, that is told at once. */
  over(): void {
    this.times = 0;
  }
}
