import type { LedgerRecord } from '../wire/record.js';

/** A record and its place in the ledger: 1, 2, 3 … in the order in which they were recorded; a record that the store lost is a gap. */
export interface Entry {
  readonly sequence: number;
  readonly record: LedgerRecord;
}

/**
 * The log of one job: append-only, write-once a task, the only truth. A port owns its connection or file.
 * Guarantee: what `append` has resolved for is read back by every later reader, in the same place.
 */
export interface VoteLedger {
  /**
   * Appends a record unless the ledger already holds one of the same task name; says which. Either way the
   * task is recorded once it resolves. Over a network it waits until that is certain, however long the server is away.
   * @throws SmoothcertError DISK_FULL: nothing was recorded, try again.
   */
  append(record: LedgerRecord): Promise<'recorded' | 'already recorded'>;
  /** Place of the last record known to be there; 0 if there is none. */
  size(): number;
  /** All entries behind sequence number `after`, in order, then further ones as they come, until `signal` aborts. */
  read(after: number, signal: AbortSignal): AsyncIterable<Entry>;
  /** Makes all that was appended survive a power failure, as far as the store can. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
