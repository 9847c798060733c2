import { setMaxListeners } from 'node:events';
import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { ShardDrawer } from '../draw/pool.js';
import type { JobSource, OpenJob } from './job-source.js';

export interface SingleJobOptions {
  /** Hex. */
  readonly jobDigest: string;
  /** Written into the records. */
  readonly fingerprint: string;
  readonly ledger: Pick<VoteLedger, 'append'>;
  readonly stop: StopSignal;
  /** Closed by whoever made it. */
  readonly pool: ShardDrawer;
}

/** The one job of `certify`: open from the start to the end, its pixels all there. Every task is taken to be of this job. */
export class SingleJob implements JobSource, OpenJob {
  readonly ended = new AbortController().signal;
  private readonly unlisten: () => void;

  constructor(private readonly options: SingleJobOptions) {
    const { stop, pool } = options;
    // Each task that is being drawn waits on it: from five processes on Node would warn of a leak.
    setMaxListeners(0, this.ended);
    this.unlisten = stop.onAnnounce((images) => pool.stop(images));
  }

  get jobDigest(): string {
    return this.options.jobDigest;
  }

  get fingerprint(): string {
    return this.options.fingerprint;
  }

  get pool(): ShardDrawer {
    return this.options.pool;
  }

  get stop(): StopSignal {
    return this.options.stop;
  }

  get ledger(): Pick<VoteLedger, 'append'> {
    return this.options.ledger;
  }

  get broken(): Promise<never> {
    return this.options.pool.broken;
  }

  ensure(): Promise<void> {
    return Promise.resolve();
  }

  waitOf(): number {
    return 0;
  }

  hasPlace(): boolean {
    return true;
  }

  take(): Promise<this> {
    return Promise.resolve(this);
  }

  done(): void {
    // It stays open.
  }

  drain(): void {
    this.options.pool.drain();
  }

  end(): Promise<void> {
    this.unlisten();
    return Promise.resolve();
  }
}
