import { nanos, type Msg, type Subscription } from '@nats-io/transport-node';

import type { NatsLink } from '../link/nats-link.js';

/** Outcome of a pull: a message; `again`, because there was none in time; `unanswered`, because nothing serves the consumer. */
export type PullOutcome = Msg | 'again' | 'unanswered';

/** So many times in a row the server may fail to say that a pull still waits. */
const MOST_SILENT_BEATS = 3;
const IDLE_HEARTBEAT = 100;
const EXPIRED = [404, 408];

/**
 * One request for one message of a durable consumer. It has an inbox of its own: once nobody listens there, the server sends nothing to it
 * any more. A message that was in flight at that moment goes to `onLate`.
 */
export class Pull {
  /** Rejects with a SmoothcertError NATS_FORBIDDEN if this user may not pull. */
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
    // The server says that a pull waits, and when its time is over. For a consumer that was removed nobody answers, nor where the server
    // that led it is gone.
    this.timer = setTimeout(() => this.end('unanswered'), MOST_SILENT_BEATS * times.pullBeatMs);
    const request = { batch: 1, expires: nanos(times.pullMs), idle_heartbeat: nanos(times.pullBeatMs) };
    connection.publish(subject, JSON.stringify(request), { reply: inbox });
  }

  /** Ends the pull with this outcome, unless it has one. */
  end(outcome: PullOutcome): void {
    if (this.over) return;
    this.finish(outcome);
    // Draining still takes a message that is in flight; a dropped one would not be delivered again before ack_wait is over.
    if (!this.subscription.isClosed()) this.subscription.drain().catch(() => undefined);
  }

  private take(error: Error | null, message: Msg): void {
    if (error) {
      this.finish('unanswered');
      return;
    }
    const code = statusOf(message);
    if (code === IDLE_HEARTBEAT) {
      if (!this.over) this.timer.refresh();
      return;
    }
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

/** Returns the code of a status message of the server; null for a message of the stream. */
function statusOf(message: Msg): number | null {
  const code = message.headers?.code ?? 0;
  return code === 0 ? null : code;
}
