import { createHash } from 'node:crypto';
import type { Subscription } from '@nats-io/transport-node';

import type { HeardPresence, Presence } from '../../../shared/ports/exchange.js';
import { decodePresence, encodePresence } from '../../../shared/wire/cluster.js';
import type { NatsLink } from '../link/nats-link.js';
import { tell, type MalformedMessages } from '../link/core-messages.js';

/** Announcements that a worker may miss before it counts as gone. */
const MISSED = 3;
/** Workers that are remembered; further ones are not listed. */
export const MOST_WORKERS = 16_384;
/** Bytes of the announcements of all of them: one has some hundred bytes, and up to 1 MiB with many refusals. */
const MOST_PRESENCE_BYTES = 64 * 2 ** 20;

/** Announces that this worker is running. A name that cannot be part of a subject is hashed there; the message has the name itself. */
export function announcePresence({ connection }: NatsLink, presence: Presence): void {
  const { worker } = presence;
  const token = /^[\w-]{1,64}$/.test(worker) ? worker : createHash('sha256').update(worker).digest('hex');
  tell(connection, `sc1.presence.${token}`, encodePresence(presence));
}

interface Heard {
  readonly presence: Presence;
  readonly at: number;
  readonly bytes: number;
}

/** The last announcement of each worker that is running. A worker that missed three announcements is not listed. */
export class WorkerPresences {
  private readonly heard = new Map<string, Heard>();
  private bytes = 0;
  private readonly subscription: Subscription;

  constructor(
    private readonly link: NatsLink,
    malformed: MalformedMessages,
    private readonly most = MOST_WORKERS,
    private readonly onHeard: (presence: Presence) => void = () => undefined,
    private readonly mostBytes = MOST_PRESENCE_BYTES,
  ) {
    this.subscription = link.connection.subscribe('sc1.presence.*', {
      callback: (error, msg) => {
        const presence = error ? null : malformed.read(decodePresence, msg.data);
        if (presence) this.take(presence, msg.data.length);
      },
    });
  }

  list(): readonly HeardPresence[] {
    this.forgetSilent();
    const now = performance.now();
    return [...this.heard.values()].map(({ presence, at }) => ({ ...presence, silentMs: now - at }));
  }

  close(): void {
    this.subscription.unsubscribe();
    this.heard.clear();
    this.bytes = 0;
  }

  private take(presence: Presence, bytes: number): void {
    const { worker } = presence;
    // Removed first, so that it moves to the end: the map is in the order in which they were heard.
    const known = this.forget(worker);
    if (!known && !this.hasRoom(bytes)) this.forgetSilent();
    if (this.hasRoom(bytes)) {
      this.heard.set(worker, { presence, at: performance.now(), bytes });
      this.bytes += bytes;
    }
    this.onHeard(presence);
  }

  private hasRoom(bytes: number): boolean {
    return this.heard.size < this.most && this.bytes + bytes <= this.mostBytes;
  }

  private forget(worker: string): boolean {
    this.bytes -= this.heard.get(worker)?.bytes ?? 0;
    return this.heard.delete(worker);
  }

  private forgetSilent(): void {
    const oldest = performance.now() - MISSED * this.link.times.presenceEveryMs;
    for (const [worker, { at }] of this.heard) {
      if (at >= oldest) return;
      this.forget(worker);
    }
  }
}
