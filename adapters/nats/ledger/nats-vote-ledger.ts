import { setMaxListeners } from 'node:events';
import { nuid } from '@nats-io/transport-node';

import { SmoothcertError } from '../../../shared/errors.js';
import type { Entry, VoteLedger } from '../../../shared/ports/vote-ledger.js';
import { encodeRecord, type LedgerRecord } from '../../../shared/wire/record.js';
import {
  forbidden,
  isForbidden,
  isFull,
  isOutOfStorage,
  isSubjectTaken,
  ROOM_REMEDY,
  sentenceOf,
  unreachable,
} from '../link/nats-errors.js';
import { readLedger } from './ledger-reader.js';
import { endsSomething, ledgerSubject } from './endings.js';
import { LARGEST_RECORD, ledgerState, ledgerStream, type LedgerName } from './ledger-stream.js';
import type { NatsLink } from '../link/nats-link.js';
import { RecurringTrouble } from '../link/recurring.js';
import { pause, pauses } from '../link/retry.js';
import { ConcurrencyLimit } from '../tasks/concurrency-limit.js';

const MOST_APPENDS = 256;
/** Bytes of appends under way. More data in a dead connection's buffer delays the moment at which the library notices. */
const MOST_APPEND_BYTES = 1 << 20;
/** Prefix, used by no task's name, of the subjects of records that answer no task. */
const NAMELESS = '_.';

export interface LedgerOptions extends LedgerName {
  /** Called for each message of the ledger that is no record; every reader skips it. */
  readonly onMalformed?: (sequence: number, error: SmoothcertError) => void;
}

type Attempt = 'recorded' | 'already recorded' | 'try again';

/**
 * The ledger of one job in a stream of its own. A record counts as stored after one of two answers only: the server's acknowledgement, or
 * its refusal of a second message on the subject if the first one can be read. After any other answer the record is sent again on the
 * same subject, which cannot store it twice.
 */
export class NatsVoteLedger implements VoteLedger {
  full: SmoothcertError | null = null;
  private readonly appendLimit = new ConcurrencyLimit(MOST_APPENDS, MOST_APPEND_BYTES);
  private readonly appends = new Set<Promise<unknown>>();
  private readonly end = new AbortController();
  private readonly trouble: RecurringTrouble;

  private constructor(
    private readonly link: NatsLink,
    private readonly options: LedgerOptions,
    private last: number,
  ) {
    setMaxListeners(0, this.end.signal);
    this.trouble = new RecurringTrouble(link);
  }

  /** @throws SmoothcertError JOB_NOT_FOUND, JOB_DIFFERS, NATS_UNREACHABLE */
  static async open(link: NatsLink, options: LedgerOptions): Promise<NatsVoteLedger> {
    const { lastSequence } = await ledgerState(link, options);
    return new NatsVoteLedger(link, options, lastSequence);
  }

  /**
   * @throws SmoothcertError JOB_NOT_FOUND: the ledger was removed; NATS_UNREACHABLE: this one was closed first; NATS_FORBIDDEN;
   *   RangeError: too large a record
   */
  async append(record: LedgerRecord): Promise<'recorded' | 'already recorded'> {
    if (this.end.signal.aborted) throw closedFirst(record.task);
    const bytes = encodeRecord(record);
    if (bytes.length > LARGEST_RECORD) throw new RangeError(`a record of ${bytes.length} bytes`);
    const appended = this.appendLimit.run(bytes.length, () => this.store(record, bytes));
    this.appends.add(appended);
    try {
      return await appended;
    } finally {
      this.appends.delete(appended);
    }
  }

  size(): number {
    return this.last;
  }

  async *read(after: number, signal: AbortSignal): AsyncIterable<Entry> {
    const { link, options, end } = this;
    const onKnown = (sequence: number) => (this.last = Math.max(this.last, sequence));
    yield* readLedger({ link, ...options, after, signals: [signal, end.signal], onKnown });
  }

  /** Does nothing: how safe acknowledged records are follows from the server's configuration. */
  sync(): Promise<void> {
    return Promise.resolve();
  }

  /** Ends the readers. Appends under way are tried once more, then they reject. */
  async close(): Promise<void> {
    this.end.abort();
    await Promise.allSettled(this.appends);
  }

  private async store(record: LedgerRecord, bytes: Uint8Array): Promise<'recorded' | 'already recorded'> {
    const { task } = record;
    const name = task === '' ? `${NAMELESS}${nuid.next()}` : task;
    const subject = ledgerSubject(this.options.job, name, endsSomething(record));
    for (const wait of pauses(this.link.times)) {
      await this.link.untilConnected(this.end.signal);
      const outcome = this.link.connected ? await this.attempt(subject, bytes) : 'try again';
      if (outcome !== 'try again') return outcome;
      if (this.end.signal.aborted || this.link.closed) throw closedFirst(task);
      await pause(wait, this.end.signal);
    }
    throw new Error('unreachable: the pauses never end');
  }

  private async attempt(subject: string, bytes: Uint8Array): Promise<Attempt> {
    try {
      const { seq } = await this.link.streams.publish(subject, bytes);
      this.last = Math.max(this.last, seq);
      this.trouble.over();
      this.full = null;
      return 'recorded';
    } catch (error) {
      if (isFull(error) || isOutOfStorage(error)) this.reportFull(error);
      if (isSubjectTaken(error) || isFull(error)) return this.confirm(subject);
      if (isForbidden(error)) throw forbidden(error).refusal;
      await this.checkExistence();
      return 'try again';
    }
  }

  private reportFull(error: unknown): void {
    const { job } = this.options;
    const sentence = `NATS has no room for the records of ${job}, which are kept and tried again: ${sentenceOf(error)}.`;
    this.full = new SmoothcertError('DISK_FULL', sentence, ROOM_REMEDY, { cause: error });
    this.trouble.met(sentence, 'full');
  }

  /** Reads whether the message is there, because a refusal alone does not prove it. */
  private async confirm(subject: string): Promise<Attempt> {
    try {
      const { direct } = this.link.manager;
      const message = await direct.getMessage(ledgerStream(this.options.job), { last_by_subj: subject });
      if (message === null) return 'try again';
      this.last = Math.max(this.last, message.seq);
      return 'already recorded';
    } catch {
      return 'try again';
    }
  }

  /**
   * Checks that the ledger still exists. One that was deleted answers like a server whose JetStream is starting or, from another account,
   * not at all.
   */
  private async checkExistence(): Promise<void> {
    await ledgerState(this.link, this.options).catch((error: unknown) => {
      if (!(error instanceof SmoothcertError) || !error.retryable) throw error;
    });
  }
}

function closedFirst(task: string): SmoothcertError {
  return unreachable(
    `The ledger was closed before NATS had said that the record of ${task || 'the coordinator'} is stored.`,
    'Nothing is lost: what is missing is drawn again.',
  );
}
