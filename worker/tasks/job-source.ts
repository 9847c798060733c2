import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { ShardDrawer } from '../draw/pool.js';

/** A job whose tasks can be drawn now: where its shards are drawn, and where the record goes. */
export interface OpenJob {
  /** Hex. */
  readonly jobDigest: string;
  /** Fingerprint that records carry; read after the task is drawn, because no process may be ready before. */
  readonly fingerprint: string;
  /** Name of this worker in its cluster; absent outside of one. */
  readonly worker?: string;
  readonly pool: Pick<ShardDrawer, 'draw'>;
  readonly stop: Pick<StopSignal, 'isDecided'>;
  readonly ledger: Pick<VoteLedger, 'append'>;
  /** Aborts once the whole job has ended: nobody waits for its tasks any more. */
  readonly ended: AbortSignal;
  /** Makes the pixels of these images available to the pool. @throws why they are not, or the reason of `signal` */
  ensure(images: ReadonlySet<number>, signal: AbortSignal): Promise<void>;
}

/** Gives the task loop the job of a task: one job that is open all the time, or the many jobs of a cluster. */
export interface JobSource<J extends OpenJob = OpenJob> {
  /** Rejects once nothing can be drawn any more, of any job; never resolves. */
  readonly broken: Promise<never>;
  /** Returns how many milliseconds the job must not be tried, because it could not be drawn for; 0 if it may be tried now. */
  waitOf(job: string): number;
  /** Returns false if a task of this job must wait until other jobs make room for it. */
  hasPlace(job: string): boolean;
  /**
   * Opens the job for one more task, which is given back with `done`. Null if there is no such job (any more).
   * @throws why it cannot be drawn for, or the reason of `signal`
   */
  take(job: string, signal: AbortSignal): Promise<J | null>;
  /** Gives the job back. @param record of the task; null if none was stored */
  done(job: J, record: LedgerRecord | null): void;
  /** Has the pools hand back what is not drawn; called once, when the loop takes no more tasks. */
  drain(): void;
  /** Gives everything back; called once, when every task is answered. */
  end(): Promise<void>;
}
