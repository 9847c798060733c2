import { setMaxListeners } from 'node:events';
import { jetstream, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, type NatsConnection, type Status } from '@nats-io/transport-node';

import type { SmoothcertError } from '../../../shared/errors.js';
import type { Reachable } from '../../../shared/ports/exchange.js';
import { forbidden, isForbidden, sentenceOf } from './nats-errors.js';
import { pause } from './retry.js';
import type { NatsTimes } from './times.js';

const FLUSH_MS = 1000;
/** Missing permissions that are told, each once. */
const MOST_TOLD = 64;

/** `full`: NATS has no room for what was to be stored. */
export type Trouble = 'full' | 'other';

/**
 * A connection to NATS that lasts: it is made anew for ever until it is closed. What the library has to say outside of a call
 * never throws; it is told to those who listen. `connection`, `streams` and `manager` are for the adapters of this folder only.
 */
export class NatsLink implements Reachable {
  readonly streams: JetStreamClient;
  private up = true;
  private readonly ending = new AbortController();
  private readonly upListeners = new Set<(connected: boolean) => void>();
  private readonly troubleListeners = new Set<(sentence: string, kind: Trouble) => void>();
  private readonly malformedListeners = new Set<() => void>();
  private readonly forbiddenListeners = new Set<(subject: string, error: SmoothcertError) => void>();
  private readonly toldForbidden = new Set<string>();

  constructor(
    readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
    readonly times: NatsTimes,
    /** Copies that a cluster keeps of each stream. */
    readonly replicas: number,
    /** What an operator should know about the server. */
    readonly notes: readonly string[],
    private readonly inboxPrefix?: string,
  ) {
    this.streams = jetstream(connection, { timeout: times.requestMs });
    void this.follow();
    setMaxListeners(0, this.ending.signal);
    void connection.closed().then(() => {
      this.setUp(false);
      this.ending.abort();
    });
  }

  /** Aborts once it was closed. */
  get end(): AbortSignal {
    return this.ending.signal;
  }

  get connected(): boolean {
    return this.up;
  }

  onConnected(listener: (connected: boolean) => void): () => void {
    this.upListeners.add(listener);
    return () => void this.upListeners.delete(listener);
  }

  /** Calls `listener` with what goes wrong outside of a call, for example that the server complains of a missing permission. */
  onTrouble(listener: (sentence: string, kind: Trouble) => void): () => void {
    this.troubleListeners.add(listener);
    return () => void this.troubleListeners.delete(listener);
  }

  /** Tells those who listen for trouble of some that was met outside of a call. */
  tellTrouble(sentence: string, kind: Trouble = 'other'): void {
    for (const listener of [...this.troubleListeners]) listener(sentence, kind);
  }

  /** Calls `listener` for each message that could not be read, until the returned function is called. */
  onMalformed(listener: () => void): () => void {
    this.malformedListeners.add(listener);
    return () => void this.malformedListeners.delete(listener);
  }

  /** Tells those who listen of a message that could not be read. */
  readonly tellMalformed = (): void => {
    for (const listener of [...this.malformedListeners]) listener();
  };

  /** Calls `listener` with each subject that the server refused us, and what to say of it. */
  onForbidden(listener: (subject: string, error: SmoothcertError) => void): () => void {
    this.forbiddenListeners.add(listener);
    return () => void this.forbiddenListeners.delete(listener);
  }

  /** A subject of our own to be answered at; that its beginning is ours is what permissions go by. */
  inbox(): string {
    return createInbox(this.inboxPrefix);
  }

  /** Whether it was closed: it will not come back. */
  get closed(): boolean {
    return this.connection.isClosed();
  }

  /** Resolves as soon as there is a connection, it is closed, or a signal aborts; at once where one of these holds. */
  untilConnected(...signals: readonly AbortSignal[]): Promise<void> {
    if (this.up || this.closed || signals.some(({ aborted }) => aborted)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        unlisten();
        this.ending.signal.removeEventListener('abort', done);
        for (const signal of signals) signal.removeEventListener('abort', done);
        resolve();
      };
      const unlisten = this.onConnected((connected) => connected && done());
      for (const signal of [this.ending.signal, ...signals]) signal.addEventListener('abort', done);
    });
  }

  /** Sends what was said and ends the connection; what is under way in it fails. */
  async close(): Promise<void> {
    const sent = new AbortController();
    if (this.up) {
      const flushed = this.connection.flush().catch(() => undefined);
      await Promise.race([flushed, pause(FLUSH_MS, sent.signal)]);
    }
    sent.abort();
    await this.connection.close();
  }

  private async follow(): Promise<void> {
    for await (const status of this.connection.status()) this.take(status);
  }

  private take(status: Status): void {
    if (status.type === 'disconnect') this.setUp(false);
    else if (status.type === 'reconnect') this.setUp(true);
    else if (status.type === 'error') this.complain(status.error);
  }

  private complain(error: Error): void {
    if (!isForbidden(error)) {
      this.tellTrouble(sentenceOf(error));
      return;
    }
    const { subject, told } = forbidden(error);
    // A task that was taken before the connection was made anew: its acknowledgement is refused, and it is handed out again.
    if (subject.startsWith('$JS.ACK.')) return;
    for (const listener of [...this.forbiddenListeners]) listener(subject, told);
    if (this.toldForbidden.has(told.message) || this.toldForbidden.size >= MOST_TOLD) return;
    this.toldForbidden.add(told.message);
    this.tellTrouble(told.message);
  }

  private setUp(up: boolean): void {
    if (this.up === up) return;
    this.up = up;
    for (const listener of [...this.upListeners]) listener(up);
  }
}
