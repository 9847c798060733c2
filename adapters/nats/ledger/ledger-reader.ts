import type { Consumer, ConsumerMessages, ConsumerNotification, JsMsg } from '@nats-io/jetstream';

import { SmoothcertError } from '../../../shared/errors.js';
import type { Entry } from '../../../shared/ports/vote-ledger.js';
import { decodeRecord } from '../../../shared/wire/record.js';
import { forbidden, isForbidden, unreachable } from '../link/nats-errors.js';
import { ledgerState, ledgerStream, type LedgerName } from './ledger-stream.js';
import type { NatsLink } from '../link/nats-link.js';
import { pause, pauses } from '../link/retry.js';

/** Records that are asked for at a time. */
const AHEAD = 256;
/** The server says that it is still there whenever it has had nothing to send for so long. */
const IDLE_MS = 5000;
/** Of what the library has to say of its consumer, what makes a new one necessary. */
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
  /** Told up to which sequence number there are records, as the server says with each message, of those that are not read yet. */
  readonly onKnown?: (sequence: number) => void;
}

/**
 * All entries behind `after` in order, then further ones as they come. Each connection has a consumer of its own, which begins
 * behind the last record that was read: what was on its way when a connection died is sent again, and nothing twice.
 * @throws SmoothcertError JOB_NOT_FOUND (it was removed), JOB_DIFFERS, NATS_UNREACHABLE (closed, or records that were read are gone), NATS_FORBIDDEN
 */
export async function* readLedger(options: ReadOptions): AsyncGenerator<Entry, void> {
  const { link, signals, onMalformed, onKnown } = options;
  const place = new Place(options);
  const ended = () => signals.some(({ aborted }) => aborted);
  let pausing = pauses(link.times);
  while (!ended()) {
    await link.untilConnected(...signals);
    if (ended()) return;
    if (link.closed) throw unreachable('The connection to NATS was closed.', 'Connect again.');
    for await (const message of place.follow()) {
      if (!place.moveTo(message)) continue;
      pausing = pauses(link.times);
      onKnown?.(message.seq + message.info.pending);
      const entry = entryOf(message, onMalformed);
      if (entry !== null) yield entry;
      if (ended()) return;
    }
    await pause(pausing.next().value, ...signals);
  }
}

/** How far a reader is, and how it goes on from there. */
class Place {
  private sequence: number;
  /** When the last record that was read was stored; null before there is one. */
  private storedMs: number | null = null;

  constructor(private readonly options: ReadOptions) {
    this.sequence = options.after;
  }

  /** Whether the message is a further one. */
  moveTo(message: JsMsg): boolean {
    if (message.seq <= this.sequence) return false;
    this.sequence = message.seq;
    this.storedMs = message.time.getTime();
    return true;
  }

  /** What is behind this place, until the connection or the consumer is lost; nothing if it cannot be had now. */
  async *follow(): AsyncGenerator<JsMsg, void> {
    const { link, job } = this.options;
    const lost = new AbortController();
    const unlisten = link.onConnected(() => lost.abort());
    let consumer: Consumer | null = null;
    try {
      await this.check();
      consumer = await link.streams.consumers.get(ledgerStream(job), { opt_start_seq: this.sequence + 1 });
      const messages = await consumer.consume({ max_messages: AHEAD, idle_heartbeat: IDLE_MS });
      yield* this.until(messages, [lost.signal, ...this.options.signals]);
    } catch (error) {
      if (error instanceof SmoothcertError && !error.retryable) throw error;
      if (error instanceof LostRecords) throw error.told;
      if (isForbidden(error)) throw forbidden(error).told;
    } finally {
      unlisten();
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
      yield* messages;
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', stop);
      stop();
    }
  }

  /** A server that lost its disk's last seconds would use their sequence numbers again, and we would never see those records. */
  private async check(): Promise<void> {
    const { link, job } = this.options;
    await ledgerState(link, this.options);
    if (this.storedMs === null) return;
    const stored = await link.manager.streams.getMessage(ledgerStream(job), { seq: this.sequence });
    if (stored?.time.getTime() !== this.storedMs) throw new LostRecords(job, this.sequence);
  }
}

async function stopWhenLost(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) if (LOST.has(type)) messages.stop();
}

function entryOf({ seq, data }: JsMsg, onMalformed: ReadOptions['onMalformed']): Entry | null {
  try {
    return { sequence: seq, record: decodeRecord(data) };
  } catch (error) {
    if (!(error instanceof SmoothcertError)) throw error;
    onMalformed?.(seq, error);
    return null;
  }
}

/** Another replay finds what is there now, and what is missing is drawn again. */
class LostRecords extends Error {
  readonly told: SmoothcertError;
  constructor(job: string, sequence: number) {
    super('lost records');
    this.told = unreachable(
      `NATS has lost record ${sequence} of the ledger of ${job}, which it had stored.`,
      'The job goes on from the records that are left, and what is missing is drawn again; look after the disks of NATS.',
    );
  }
}
