import { classToken } from './class-token.js';
import type { Presence } from '../../../shared/ports/exchange.js';
import { sentenceOf } from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';
import { RecurringTrouble } from '../link/recurring.js';
import { ensureWork, WORK_LIMITS } from './work-stream.js';

/** Numeric classes announced at a time for which queues are made; without a bound, announcements could fill the server. */
const MOST_CLASSES = 64;
/** A class that is not announced for so many announcement intervals leaves its place to others. */
const FORGOTTEN_AFTER = 12;
/** A queue is checked again after so many announcement intervals, because it may have been removed. */
const CHECKED_EVERY = 2;

/** Makes a queue for each numeric class that a worker announces, before there is a job for it. Workers make no queues. */
export class ClassQueues {
  /** Of each class, in monotonic milliseconds, when its queue was checked last and when it was announced last. */
  private readonly classes = new Map<string, { readonly checkedAt: number; heardAt: number }>();
  private readonly trouble: RecurringTrouble;

  constructor(private readonly link: NatsLink) {
    this.trouble = new RecurringTrouble(link);
  }

  /** Makes the queue of a worker's class if it is not there. Never throws; after a failure the next announcement tries again. */
  ensure({ numericClass }: Presence): void {
    const now = performance.now();
    this.forgetBefore(now - FORGOTTEN_AFTER * this.link.times.presenceEveryMs);
    const known = this.classes.get(numericClass);
    if (known) known.heardAt = now;
    if (known ? now - known.checkedAt < this.everyMs : this.classes.size >= MOST_CLASSES) return;
    this.classes.set(numericClass, { checkedAt: now, heardAt: now });
    ensureWork(this.link, classToken(numericClass), WORK_LIMITS).then(
      () => this.trouble.over(),
      (error: unknown) => this.trouble.met(`No queue for ${numericClass}: ${sentenceOf(error)}.`),
    );
  }

  private forgetBefore(oldest: number): void {
    for (const [numericClass, { heardAt }] of this.classes)
      if (heardAt < oldest) this.classes.delete(numericClass);
  }

  private get everyMs(): number {
    return CHECKED_EVERY * this.link.times.presenceEveryMs;
  }
}
