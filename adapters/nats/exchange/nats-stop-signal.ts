import type { Msg, Subscription } from '@nats-io/transport-node';

import { Listeners } from '../../../shared/listeners.js';
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
  /** One more than the largest image index of the job; messages about other images are ignored. */
  readonly imageLimit: number;
  readonly malformed: MalformedMessages;
}

/**
 * The stop signal over core NATS, where any message may be lost. Each message holds the whole set of decided images as bitmaps, and is
 * sent on every change and again every `stopEveryMs`, so that each one makes up for those lost before it. A process that opens the signal
 * first asks for the set; every process that has announced something answers.
 */
export class NatsStopSignal implements StopSignal {
  private readonly decided: DecidedImages;
  private readonly listeners = new Listeners<[images: readonly number[]]>();
  private readonly subscriptions: Subscription[] = [];
  private readonly end = new AbortController();
  /** First images of the bitmaps that have changed since they were last sent. */
  private readonly changed = new Set<number>();
  private readonly subject: string;
  /**
   * True where `announceEnded` was called here. Only such a process repeats the end: a job whose ending could not be stored is begun
   * again, and a process that merely received the end must not keep sending it.
   */
  private announcesEnd = false;
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
    this.startRepeating();
    if (fresh.length === 0) return;
    for (const image of fresh) this.changed.add(image - (image % IMAGES_PER_MESSAGE));
    this.coalescing ??= setTimeout(() => this.publishChanges(), this.link.times.stopCoalesceMs).unref();
    this.inform(fresh);
  }

  /** Tells all workers that the whole job has ended, so that they draw nothing more of it. */
  announceEnded(): void {
    if (this.closed) return;
    this.announcesEnd = true;
    this.end.abort();
    this.startRepeating();
    this.publish(this.subject);
  }

  /** Aborts once the end of the whole job was announced or received. */
  get ended(): AbortSignal {
    return this.end.signal;
  }

  isDecided(image: number): boolean {
    return this.decided.has(image);
  }

  onAnnounce(listener: (images: readonly number[]) => void): () => void {
    return this.listeners.add(listener);
  }

  /** Sends the changes that were not sent yet, then stops sending and listening. Never rejects. */
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
    if (fresh.length > 0) this.listeners.tell(fresh);
  }

  /** From the first announcement on, repeats the set and answers processes that ask for it. */
  private startRepeating(): void {
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
    const ended = this.announcesEnd;
    const parts = [...this.decided.parts()];
    if (ended && parts.length === 0) parts.push({ firstImage: 0, decided: new Uint8Array() });
    for (const part of parts.filter(wanted)) {
      tell(this.link.connection, subject, encodeStop({ job: this.options.job, ...part, ended }));
    }
  }
}
