import { createHash } from 'node:crypto';
import type { Subscription } from '@nats-io/transport-node';

import type { Presence } from '../../ports/exchange.js';
import { decodePresence, encodePresence } from '../../wire/cluster.js';
import type { NatsLink } from './link.js';
import { tell, type MalformedMessages } from './messages.js';

/** A worker that missed so many announcements is gone. */
const MISSED = 3;
/** Workers that are kept in mind; one that comes when there are so many is not counted. */
export const MOST_WORKERS = 16_384;

/** Says that this worker is there. A name that is no token of a subject goes by its hash there; the message has the name. */
export function announcePresence({ connection }: NatsLink, presence: Presence): void {
  const { worker } = presence;
  const token = /^[\w-]{1,64}$/.test(worker) ? worker : createHash('sha256').update(worker).digest('hex');
  tell(connection, `sc1.presence.${token}`, encodePresence(presence));
}

/** Workers as they were last heard of; one that has been silent for three announcements is not among them. */
export class Presences {
  private readonly heard = new Map<string, { readonly presence: Presence; readonly at: number }>();
  private readonly subscription: Subscription;

  constructor(
    private readonly link: NatsLink,
    malformed: MalformedMessages,
    private readonly most = MOST_WORKERS,
    private readonly onHeard: (presence: Presence) => void = () => undefined,
  ) {
    this.subscription = link.connection.subscribe('sc1.presence.*', {
      callback: (error, msg) => {
        const presence = error ? null : malformed.read(decodePresence, msg.data);
        if (presence) this.take(presence);
      },
    });
  }

  list(): readonly Presence[] {
    this.forgetSilent();
    return [...this.heard.values()].map(({ presence }) => presence);
  }

  close(): void {
    this.subscription.unsubscribe();
    this.heard.clear();
  }

  private take(presence: Presence): void {
    const { worker } = presence;
    // Behind all others: the map is in the order in which they were heard.
    const known = this.heard.delete(worker);
    if (!known && this.heard.size >= this.most) this.forgetSilent();
    if (this.heard.size < this.most) this.heard.set(worker, { presence, at: performance.now() });
    this.onHeard(presence);
  }

  private forgetSilent(): void {
    const oldest = performance.now() - MISSED * this.link.times.presenceEveryMs;
    for (const [worker, { at }] of this.heard) {
      if (at >= oldest) return;
      this.heard.delete(worker);
    }
  }
}
