import { classToken } from './class-token.js';
import type { Presence } from '../../../shared/ports/exchange.js';
import { sentenceOf } from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';
import { RecurringTrouble } from '../link/recurring.js';
import { ensureWork, WORK_LIMITS } from './work-stream.js';

/** Numeric classes that queues are made for because somebody says to be of them: what workers say must not fill the server. */
const MOST_CLASSES = 64;
/** What was found is looked at again after so many announcements of a worker, should somebody have removed it. */
const EVERY = 2;

/** Workers make no queues. A coordinator makes one for each numeric class that it hears of, before there is a job for it. */
export class ClassQueues {
  /** When each was last looked at. */
  private readonly classes = new Map<string, number>();
  private readonly trouble: RecurringTrouble;

  constructor(private readonly link: NatsLink) {
    this.trouble = new RecurringTrouble(link);
  }

  /** Never throws; what fails is tried again when a worker is heard of next. */
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
    return EVERY * this.link.times.presenceEveryMs;
  }
}
