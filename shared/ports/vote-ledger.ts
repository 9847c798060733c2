import type { SmoothcertError } from '../errors.js';
import type { LedgerRecord } from '../wire/record.js';

/** A record and its sequence number in the ledger: 1, 2, 3 … in the order of recording; a record that the store has lost leaves a gap. */
export interface Entry {
  readonly sequence: number;
  readonly record: LedgerRecord;
}

/**
 * The log of one job's records: append-only, at most one record a task; all other state is derived from it.
 * Guarantee: every later reader reads each record for which `append` has resolved, with the same sequence number.
 */
export interface VoteLedger {
  /**
   * Appends a record unless the ledger already holds one of the same task. In both cases the task is recorded once it resolves. Over a network
   * it waits until that is certain, however long the server cannot be reached.
   * @throws SmoothcertError DISK_FULL: nothing was recorded, try again.
   */
  append(record: LedgerRecord): Promise<'recorded' | 'already recorded'>;
  /** Why the last record could not be stored: the store is full. Null or absent: it was stored. */
  readonly full?: SmoothcertError | null;
  /** Returns the sequence number of the last known record; 0 if there is none. */
  size(): number;
  /** Yields the entries behind sequence number `after` in order, then further ones as they come, until `signal` aborts. */
  read(after: number, signal: AbortSignal): AsyncIterable<Entry>;
  /** Makes all appended records survive a power failure, as far as the store can. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
