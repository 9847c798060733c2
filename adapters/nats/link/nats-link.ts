import { setMaxListeners } from 'node:events';
import { jetstream, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, type NatsConnection, type Status } from '@nats-io/transport-node';

import type { SmoothcertError } from '../../../shared/errors.js';
import { Listeners } from '../../../shared/listeners.js';
import type { Reachable } from '../../../shared/ports/exchange.js';
import type { Copies } from './copies.js';
import { forbidden, isForbidden, sentenceOf } from './nats-errors.js';
import { Quorum } from './quorum.js';
import { pause } from './retry.js';
import type { NatsTimes } from './times.js';

const FLUSH_MS = 1000;
/** Missing permissions that are reported, each once. */
const MOST_REPORTED = 64;

/** `full`: NATS has no room for what was to be stored. `note`: it works, and its operator should know something. */
export type Trouble = 'full' | 'note' | 'other';

/**
 * A connection to NATS that reconnects until it is closed. Errors that the library reports outside of a call are never thrown;
 * listeners are told of them. `connection`, `streams` and `manager` are for the adapters of this folder only.
 */
export class NatsLink implements Reachable {
  readonly streams: JetStreamClient;
  private readonly quorum: Quorum;
  private up = true;
  private readonly ending = new AbortController();
  private readonly connectedListeners = new Listeners<[connected: boolean]>();
  private readonly troubleListeners = new Listeners<[sentence: string, kind: Trouble]>();
  private readonly malformedListeners = new Listeners<[]>();
  private readonly forbiddenListeners = new Listeners<[subject: string, error: SmoothcertError]>();
  private readonly reportedForbidden = new Set<string>();

  constructor(
    readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
    readonly times: NatsTimes,
    readonly copies: Copies,
    /** Sentences about the server that its operator should read. */
    readonly notes: readonly string[],
    private readonly inboxPrefix?: string,
  ) {
    this.streams = jetstream(connection, { timeout: times.requestMs });
    this.quorum = new Quorum({
      ask: () => manager.getAccountInfo(),
      connected: () => this.up,
      everyMs: times.quorumAskMs,
      lostMs: times.quorumLostMs,
    });
    void this.follow();
    setMaxListeners(0, this.ending.signal);
    void connection.closed().then(() => {
      this.quorum[Symbol.dispose]();
      this.setUp(false);
      this.ending.abort();
    });
  }

  /** Aborts once the connection is closed. */
  get end(): AbortSignal {
    return this.ending.signal;
  }

  get connected(): boolean {
    return this.up;
  }

  onConnected(listener: (connected: boolean) => void): () => void {
    return this.connectedListeners.add(listener);
  }

  /** False once nobody has led the servers for longer than an election takes. */
  get hasQuorum(): boolean {
    return this.quorum.there;
  }

  /** Calls `listener` whenever `hasQuorum` changes, until the returned function is called. */
  onQuorum(listener: (there: boolean) => void): () => void {
    return this.quorum.onChange(listener);
  }

  /** Calls `listener` with each fault outside of a call, for example a missing permission. */
  onTrouble(listener: (sentence: string, kind: Trouble) => void): () => void {
    return this.troubleListeners.add(listener);
  }

  /** Tells the listeners of `onTrouble` of a fault that was met outside of a call. */
  tellTrouble(sentence: string, kind: Trouble = 'other'): void {
    this.troubleListeners.tell(sentence, kind);
  }

  /** Calls `listener` for each message that could not be read, until the returned function is called. */
  onMalformed(listener: () => void): () => void {
    return this.malformedListeners.add(listener);
  }

  /** Tells the listeners of `onMalformed` of a message that could not be read. */
  readonly tellMalformed = (): void => this.malformedListeners.tell();

  /** Calls `listener` with each subject that the server refuses to this user, and the error that says so. */
  onForbidden(listener: (subject: string, error: SmoothcertError) => void): () => void {
    return this.forbiddenListeners.add(listener);
  }

  /** Returns a new subject for answers. Permissions go by its prefix, which is this user's own. */
  inbox(): string {
    return createInbox(this.inboxPrefix);
  }

  /** True once the connection was closed: it does not reconnect any more. */
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

  /** Sends what was published and ends the connection; requests under way fail. */
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
    const { subject, refusal } = forbidden(error);
    // The acknowledgement of a task that was taken before a reconnection is refused; the task is delivered again.
    if (subject.startsWith('$JS.ACK.')) return;
    this.forbiddenListeners.tell(subject, refusal);
    if (this.reportedForbidden.has(refusal.message) || this.reportedForbidden.size >= MOST_REPORTED) return;
    this.reportedForbidden.add(refusal.message);
    this.tellTrouble(refusal.message);
  }

  private setUp(up: boolean): void {
    if (this.up === up) return;
    this.up = up;
    this.connectedListeners.tell(up);
  }
}
