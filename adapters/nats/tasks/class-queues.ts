import { classToken } from './class-token.js';
import type { Presence } from '../../../shared/ports/exchange.js';
import { sentenceOf } from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';
import { RecurringTrouble } from '../link/recurring.js';
import { ensureWork, WORK_LIMITS } from './work-stream.js';

/** Numeric classes announced by workers for which queues are made; without a bound, announcements could fill the server. */
const MOST_CLASSES = 64;
/** A queue is checked again after so many announcement intervals, because it may have been removed. */
const CHECKED_EVERY = 2;

/** Makes a queue for each numeric class that a worker announces, before there is a job for it. Workers make no queues. */
export class ClassQueues {
  /** Monotonic milliseconds of the last check of each class. */
  private readonly classes = new Map<string, number>();
  private readonly trouble: RecurringTrouble;

  constructor(private readonly link: NatsLink) {
    this.trouble = new RecurringTrouble(link);
  }

  /** Makes the queue of a worker's class if it is not there. Never throws; after a failure the next announcement tries again. */
  ensure({ numericClass }: Presence): void {
    const now = performance.now();
    const looked = this.classes.get(numericClass);
    if (looked === undefined ? this.classes.size >= MOST_CLASSES : now - looked < this.everyMs) return;
    this.classes.set(numericClass, now);
    ensureWork(this.link, classToken(numericClass), WORK_LIMITS).then(
      () => this.trouble.over(),
      (error: unknown) => this.trouble.met(`No queue for ${numericClass}: ${sentenceOf(error)}.`),
    );
  }

  private get everyMs(): number {
    return CHECKED_EVERY * this.link.times.presenceEveryMs;
  }
}
