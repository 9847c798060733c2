import type { Msg, Subscription } from '@nats-io/transport-node';

import type { StopSignal } from '../../../shared/ports/stop-signal.js';
import {
  decodeStop,
  decodeStopQuery,
  encodeStop,
  encodeStopQuery,
  LARGEST_BITMAP,
} from '../../../shared/wire/cluster.js';
import { DecidedImages, type DecidedPart } from './decided-images.js';
import { isNobodyThere, tell, type MalformedMessages } from '../link/core-messages.js';
import type { NatsLink } from '../link/nats-link.js';

const IMAGES_PER_MESSAGE = 8 * LARGEST_BITMAP;

export interface StopOptions {
  /** Id of the job. */
  readonly job: string;
  /** One more than the largest image index of the job; what is told of others is not believed. */
  readonly imageLimit: number;
  readonly malformed: MalformedMessages;
}

/**
 * The stop signal over core NATS, where any message may be lost: all that is told is the whole set as a bitmap, on change and again every
 * `stopEveryMs`, so that every message heals the loss of those before. Whoever opens it asks first; every process that has announced
 * something answers.
 */
export class NatsStopSignal implements StopSignal {
  private readonly decided: DecidedImages;
  private readonly listeners = new Set<(images: readonly number[]) => void>();
  private readonly subscriptions: Subscription[] = [];
  private readonly end = new AbortController();
  /** First images of the messages that changes wait in. */
  private readonly changed = new Set<number>();
  private readonly subject: string;
  /** Only whoever knows it repeats it: a job whose ending could not be stored is begun again, and one that only heard of an end must not keep it alive. */
  private tellsEnd = false;
  private closed = false;
  private coalescing: NodeJS.Timeout | null = null;
  private repeating: NodeJS.Timeout | null = null;

  constructor(
    private readonly link: NatsLink,
    private readonly options: StopOptions,
  ) {
    this.decided = new DecidedImages(options.imageLimit);
    const { job } = options;
    this.subject = `sc1.stop.${job}`;
    const inbox = link.inbox();
    const learn = (error: Error | null, msg: Msg) => {
      if (!error) this.learn(msg);
    };
    for (const subject of [this.subject, inbox]) {
      this.subscriptions.push(link.connection.subscribe(subject, { callback: learn }));
    }
    tell(link.connection, `sc1.stopped.${job}`, encodeStopQuery({ job }), { reply: inbox });
  }

  announce(images: readonly number[]): void {
    if (images.length === 0 || this.closed) return;
    const fresh = this.decided.add(images);
    this.beAnswerable();
    if (fresh.length === 0) return;
    for (const image of fresh) this.changed.add(image - (image % IMAGES_PER_MESSAGE));
    this.coalescing ??= setTimeout(() => this.publishChanges(), this.link.times.stopCoalesceMs).unref();
    this.inform(fresh);
  }

  /** Tells all that the whole job has ended: nothing of it is wanted any more. */
  announceEnded(): void {
    if (this.closed) return;
    this.tellsEnd = true;
    this.end.abort();
    this.beAnswerable();
    this.publish(this.subject);
  }

  /** Aborts once the whole job has ended, as far as is known. */
  get ended(): AbortSignal {
    return this.end.signal;
  }

  isDecided(image: number): boolean {
    return this.decided.has(image);
  }

  onAnnounce(listener: (images: readonly number[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells what has not been told, and is silent from then on. Never rejects. */
  close(): Promise<void> {
    this.closed = true;
    if (this.coalescing) {
      clearTimeout(this.coalescing);
      this.publishChanges();
    }
    if (this.repeating) clearInterval(this.repeating);
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    this.listeners.clear();
    return Promise.resolve();
  }

  private learn(msg: Msg): void {
    if (isNobodyThere(msg)) return;
    const news = this.options.malformed.read(decodeStop, msg.data);
    if (news?.job !== this.options.job) return;
    this.inform(this.decided.unite(news));
    if (news.ended) this.end.abort();
  }

  private inform(fresh: readonly number[]): void {
    if (fresh.length === 0) return;
    for (const listener of [...this.listeners]) listener(fresh);
  }

  /** From the first announcement on: repeats it, and answers those who come late. */
  private beAnswerable(): void {
    if (this.repeating || this.closed) return;
    const { job } = this.options;
    this.repeating = setInterval(() => this.publish(this.subject), this.link.times.stopEveryMs).unref();
    const callback = (error: Error | null, { data, reply }: Msg) => {
      const query = error ? null : this.options.malformed.read(decodeStopQuery, data);
      if (reply && query?.job === job) this.publish(reply);
    };
    this.subscriptions.push(this.link.connection.subscribe(`sc1.stopped.${job}`, { callback }));
  }

  private publishChanges(): void {
    this.coalescing = null;
    this.publish(this.subject, ({ firstImage }) => this.changed.has(firstImage));
    this.changed.clear();
  }

  private publish(subject: string, wanted: (part: DecidedPart) => boolean = () => true): void {
    const ended = this.tellsEnd;
    const parts = [...this.decided.parts()];
    if (ended && parts.length === 0) parts.push({ firstImage: 0, decided: new Uint8Array() });
    for (const part of parts.filter(wanted)) {
      tell(this.link.connection, subject, encodeStop({ job: this.options.job, ...part, ended }));
    }
  }
}
