import { nanos, type Msg, type Subscription } from '@nats-io/transport-node';

import type { NatsLink } from '../link/nats-link.js';

/** What came of a pull: a message, or the server's word that there is none; `unanswered`: nobody serves the consumer. */
export type PullOutcome = Msg | 'again' | 'unanswered';

/** How long after its end at the server a pull is waited for. */
const GRACE_MS = 1000;
const IDLE_HEARTBEAT = 100;
const EXPIRED = [404, 408];

/**
 * One request for one message of a durable consumer. Its inbox is its own: once nobody listens there, the server sends nothing to
 * it any more. What was on its way at that moment goes to `onLate`.
 */
export class Pull {
  /** Rejects with a SmoothcertError NATS_FORBIDDEN if we may not ask. */
  readonly outcome: Promise<PullOutcome>;
  private readonly subscription: Subscription;
  private resolve!: (outcome: PullOutcome) => void;
  private reject!: (error: Error) => void;
  private readonly unlisten: () => void;
  private readonly timer: NodeJS.Timeout;
  private over = false;

  constructor(
    link: NatsLink,
    subject: string,
    private readonly onLate: (message: Msg) => void,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const { connection, times } = link;
    const inbox = link.inbox();
    this.subscription = connection.subscribe(inbox, {
      callback: (error, message) => this.take(error, message),
    });
    this.unlisten = link.onForbidden((refused, error) => {
      if (refused === subject) this.refuse(error);
    });
    // The server says when its time is over; a consumer that was removed says nothing.
    this.timer = setTimeout(() => this.end('unanswered'), times.pullMs + GRACE_MS);
    const request = { batch: 1, expires: nanos(times.pullMs) };
    connection.publish(subject, JSON.stringify(request), { reply: inbox });
  }

  /** Ends it with this outcome, unless it has one. */
  end(outcome: PullOutcome): void {
    if (this.over) return;
    this.finish(outcome);
    // What the server sent before it knew is taken, not dropped: it would be missed for as long as ack_wait.
    if (!this.subscription.isClosed()) this.subscription.drain().catch(() => undefined);
  }

  private take(error: Error | null, message: Msg): void {
    if (error) {
      this.finish('unanswered');
      return;
    }
    const code = statusOf(message);
    if (code === IDLE_HEARTBEAT) return;
    if (code === null && this.over) {
      this.onLate(message);
      return;
    }
    this.subscription.unsubscribe();
    if (code === null) this.finish(message);
    else if (EXPIRED.includes(code)) this.finish('again');
    else this.finish('unanswered');
  }

  private refuse(error: Error): void {
    this.reject(error);
    this.end('unanswered');
  }

  private finish(outcome: PullOutcome): void {
    if (this.over) return;
    this.over = true;
    this.unlisten();
    clearTimeout(this.timer);
    this.resolve(outcome);
  }
}

/** Code of a message that is the server's own word; null for one of the stream. */
function statusOf(message: Msg): number | null {
  const code = message.headers?.code ?? 0;
  return code === 0 ? null : code;
}
