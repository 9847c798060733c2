import type { LedgerRecord } from '../wire/record.js';
import type { VoteLedger } from './vote-ledger.js';

/** A ledger that is there. */
export interface StoredLedger {
  /** Id of the job. */
  readonly job: string;
  /** When something was last written to it, or it was made; milliseconds since 1970. */
  readonly changedMs: number;
}

/** The ledgers of one installation, for those who look after it: who draws or decides opens that of one job. */
export interface LedgerStore {
  /**
   * The records that the ledger holds at this moment, in order; null if there is none. Nothing is changed, and others may write meanwhile:
   * then it is a beginning of what the ledger becomes.
   * @throws SmoothcertError JOB_DIFFERS, LEDGER_DAMAGED, PROTOCOL_MISMATCH
   */
  records(job: string, jobDigest: string): Promise<AsyncIterable<LedgerRecord> | null>;
  /** Opens the ledger to write to it, making it if there is none. `ledgerBytes`: what its records may take. */
  open(job: string, jobDigest: string, ledgerBytes: number): Promise<VoteLedger>;
  /** Those that are there, in no order. */
  list(): Promise<StoredLedger[]>;
  /** Removes one; without one nothing happens. */
  remove(job: string): Promise<void>;
}
