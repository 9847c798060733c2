import type { LedgerRecord } from '../wire/record.js';
import type { VoteLedger } from './vote-ledger.js';

/** A stored ledger. */
export interface StoredLedger {
  /** Id of the job. */
  readonly job: string;
  /** When it was last written to, or made; milliseconds since 1970. */
  readonly changedMs: number;
}

/** The ledgers of one installation, for commands that maintain it. Coordinators and workers open the ledger of one job instead. */
export interface LedgerStore {
  /**
   * Reads the records that the ledger holds at this moment, in order; null if there is none. It changes nothing. Other processes may write
   * meanwhile; the result is then a prefix of the ledger.
   * @throws SmoothcertError JOB_DIFFERS, LEDGER_DAMAGED, PROTOCOL_MISMATCH
   */
  records(job: string, jobDigest: string): Promise<AsyncIterable<LedgerRecord> | null>;
  /** Opens the ledger to write to it; makes it if there is none. `ledgerBytes`: size of its records, estimated. */
  open(job: string, jobDigest: string, ledgerBytes: number): Promise<VoteLedger>;
  /** Lists the ledgers, in no order. */
  list(): Promise<StoredLedger[]>;
  /** Removes a ledger; does nothing if there is none. */
  remove(job: string): Promise<void>;
}
