import type { Consumer, ConsumerMessages, ConsumerNotification, JsMsg } from '@nats-io/jetstream';

import { SmoothcertError } from '../../../shared/errors.js';
import type { Entry } from '../../../shared/ports/vote-ledger.js';
import { decodeRecord } from '../../../shared/wire/record.js';
import { forbidden, isForbidden, unreachable } from '../link/nats-errors.js';
import { refuseForeignEnding } from './endings.js';
import { ledgerState, ledgerStream, type LedgerName } from './ledger-stream.js';
import { Silence } from './silence.js';
import type { NatsLink } from '../link/nats-link.js';
import { pause, pauses } from '../link/retry.js';

/** Records that are requested at a time. */
const AHEAD = 256;
/** The server sends a heartbeat after so many milliseconds without a message. */
const HEARTBEAT_MS = 5000;
/** Notifications of the library after which the reader needs a new consumer. */
const LOST: ReadonlySet<ConsumerNotification['type']> = new Set([
  ...(['heartbeats_missed', 'consumer_not_found', 'consumer_deleted', 'stream_not_found'] as const),
  ...(['no_responders', 'exceeded_limits', 'reset'] as const),
]);

export interface ReadOptions extends LedgerName {
  readonly link: NatsLink;
  readonly after: number;
  /** Ends when any of them aborts. */
  readonly signals: readonly AbortSignal[];
  readonly onMalformed?: (sequence: number, error: SmoothcertError) => void;
  /** Called with the sequence number of the last record in the ledger: with each message, and while none comes. */
  readonly onKnown?: (sequence: number) => void;
}

/**
 * Yields all entries behind `after` in order, then further ones as they come. Each connection has a consumer of its own, which begins
 * behind the last record that was read: records that were in flight when a connection was lost are sent again, and none twice.
 * @throws SmoothcertError JOB_NOT_FOUND (it was removed), JOB_DIFFERS, NATS_UNREACHABLE (the link was closed, or records that were read are lost), NATS_FORBIDDEN
 */
export async function* readLedger(options: ReadOptions): AsyncGenerator<Entry, void> {
  const { link, signals, onMalformed, onKnown } = options;
  using cursor = new LedgerCursor(options);
  const ended = () => signals.some(({ aborted }) => aborted);
  let pausing = pauses(link.times);
  while (!ended()) {
    await link.untilConnected(...signals);
    if (ended()) return;
    if (link.closed) throw unreachable('The connection to NATS was closed.', 'Connect again.');
    for await (const message of cursor.follow()) {
      if (!cursor.moveTo(message)) continue;
      pausing = pauses(link.times);
      onKnown?.(message.seq + message.info.pending);
      const entry = entryOf(options.job, message, onMalformed);
      if (entry !== null) yield entry;
      if (ended()) return;
    }
    await pause(pausing.next().value, ...signals);
  }
}

/** Position of a reader in the ledger, and how it reads on from there. */
class LedgerCursor implements Disposable {
  private sequence: number;
  /** When the last record that was read was stored; null before there is one. */
  private storedMs: number | null = null;
  /** Since when the last record that was read seems to be lost, in monotonic milliseconds; null while it does not. */
  private doubtedAt: number | null = null;
  private lost = new AbortController();
  private readonly silence: Silence;

  constructor(private readonly options: ReadOptions) {
    this.sequence = options.after;
    const { link, onKnown = () => undefined } = options;
    const lastSequence = async () => (await ledgerState(link, options)).lastSequence;
    this.silence = new Silence({ link, lastSequence, onKnown, onDeaf: () => this.lost.abort() });
  }

  [Symbol.dispose](): void {
    this.silence[Symbol.dispose]();
  }

  /** Moves to a message; returns false, and stays, if it was read before. */
  moveTo(message: JsMsg): boolean {
    if (message.seq <= this.sequence) return false;
    this.sequence = message.seq;
    this.storedMs = message.time.getTime();
    return true;
  }

  /** Yields the messages behind the cursor until the connection or the consumer is lost; none if NATS does not answer. */
  async *follow(): AsyncGenerator<JsMsg, void> {
    const { link, job } = this.options;
    const lost = new AbortController();
    this.lost = lost;
    const unlisten = link.onConnected(() => lost.abort());
    let consumer: Consumer | null = null;
    try {
      await this.check();
      consumer = await link.streams.consumers.get(ledgerStream(job), { opt_start_seq: this.sequence + 1 });
      const messages = await consumer.consume({ max_messages: AHEAD, idle_heartbeat: HEARTBEAT_MS });
      yield* this.until(messages, [lost.signal, ...this.options.signals]);
    } catch (error) {
      if (error instanceof SmoothcertError && !error.retryable) throw error;
      if (error instanceof LostRecords) throw error.refusal;
      if (isForbidden(error)) throw forbidden(error).refusal;
    } finally {
      unlisten();
      this.silence.heard();
      if (link.connected) void consumer?.delete().catch(() => undefined);
    }
  }

  private async *until(
    messages: ConsumerMessages,
    signals: readonly AbortSignal[],
  ): AsyncGenerator<JsMsg, void> {
    const stop = () => messages.stop();
    void stopWhenLost(messages);
    for (const signal of signals) {
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop);
    }
    try {
      this.silence.waits(this.sequence);
      for await (const message of messages) {
        this.silence.heard();
        yield message;
        this.silence.waits(this.sequence);
      }
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', stop);
      stop();
    }
  }

  /**
   * Checks that the last record that was read is still stored. A server that lost the last seconds of its disk would use their sequence
   * numbers again, and this reader would miss the records that get them. A server that has just become the leader may not show all that it
   * has: the record counts as lost once a leader with a quorum has said so twice, `silentMs` apart.
   * @throws DoubtfulRecord, LostRecords
   */
  private async check(): Promise<void> {
    const { link, job } = this.options;
    const { certain } = await ledgerState(link, this.options);
    if (this.storedMs === null) return;
    const stored = await link.manager.streams.getMessage(ledgerStream(job), { seq: this.sequence });
    if (stored?.time.getTime() === this.storedMs) {
      this.doubtedAt = null;
      return;
    }
    this.doubtedAt ??= performance.now();
    const isOld = performance.now() - this.doubtedAt >= link.times.silentMs;
    if (certain && isOld) throw new LostRecords(job, this.sequence);
    throw new DoubtfulRecord();
  }
}

async function stopWhenLost(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) if (LOST.has(type)) messages.stop();
}

function entryOf(
  job: string,
  { seq, subject, data }: JsMsg,
  onMalformed: ReadOptions['onMalformed'],
): Entry | null {
  try {
    const record = decodeRecord(data);
    refuseForeignEnding(job, subject, record);
    return { sequence: seq, record };
  } catch (error) {
    if (!(error instanceof SmoothcertError)) throw error;
    onMalformed?.(seq, error);
    return null;
  }
}

/** A record that was read is not shown: it is looked for again. */
class DoubtfulRecord extends Error {}

/** The store has lost a record that was read. The job is replayed from the records that are left. */
class LostRecords extends Error {
  readonly refusal: SmoothcertError;
  constructor(job: string, sequence: number) {
    super('lost records');
    this.refusal = unreachable(
      `NATS has lost record ${sequence} of the ledger of ${job}, which it had stored.`,
      'The job goes on from the records that are left, and what is missing is drawn again; look after the disks of NATS.',
    );
  }
}
