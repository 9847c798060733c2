import { setMaxListeners } from 'node:events';
import type { SmoothcertError } from '../../shared/errors.js';
import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { WorkerLinks } from '../../shared/ports/exchange.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { OpenJob } from '../tasks/job-source.js';
import { unlessAborted } from '../tasks/unless-aborted.js';
import type { JobPool, JobProcesses } from './machine.js';

/** One job that this worker draws for: its links and its processes. */
export class ClusterJob implements OpenJob {
  readonly id: string;
  /** Tasks that are being drawn. */
  tasks = 0;
  /** Since when it has no task in hand, in monotonic milliseconds; null while it has one, and before the first. */
  idleSince: number | null = null;
  /** Rejects once it cannot be drawn for any more; never resolves. */
  readonly broken: Promise<never>;
  private fail!: (error: unknown) => void;
  private readonly unlisten: (() => void)[] = [];

  constructor(
    private readonly links: WorkerLinks,
    private readonly processes: JobProcesses,
    /** When its processes could draw, in monotonic milliseconds. */
    readonly readyAt: number,
    readonly worker: string,
  ) {
    this.id = links.order.job;
    const { pool } = processes;
    // Each task that is being drawn waits on it: from five processes on Node would warn of a leak.
    setMaxListeners(0, links.ended);
    const failed = new Promise<never>((_, reject) => (this.fail = reject));
    this.broken = Promise.race([failed, pool.broken]);
    this.broken.catch(() => undefined);
    this.unlisten.push(links.stop.onAnnounce((images) => pool.stop(images)));
  }

  get jobDigest(): string {
    return this.links.order.jobDigest;
  }

  get fingerprint(): string {
    return this.links.order.fingerprint ?? this.pool.fingerprint ?? '';
  }

  get pool(): JobPool {
    return this.processes.pool;
  }

  get stop(): StopSignal {
    return this.links.stop;
  }

  get ledger(): Pick<VoteLedger, 'append'> {
    return this.links.ledger;
  }

  /** Why its last record could not be stored: the store is full. Null: it was stored. */
  get full(): SmoothcertError | null {
    return this.links.ledger.full ?? null;
  }

  get ended(): AbortSignal {
    return this.links.ended;
  }

  /** Brings the images' pixels here; if that fails, the job cannot be drawn for any more. */
  async ensure(images: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    await unlessAborted(this.processes.ensure(images), signal).catch((error: unknown) => {
      if (!signal.aborted) this.fail(error);
      throw error;
    });
  }

  /** Calls `listener` once the job has ended, at once if it has, until this is closed. */
  onEnded(listener: () => void): void {
    const { ended } = this.links;
    if (ended.aborted) listener();
    ended.addEventListener('abort', listener, { once: true });
    this.unlisten.push(() => ended.removeEventListener('abort', listener));
  }

  /** Ends the processes, lets go of the files, and closes the links. Never rejects. */
  async close(): Promise<void> {
    for (const unlisten of this.unlisten) unlisten();
    await this.processes.close();
    // Links that cannot be closed in good order are gone all the same.
    await this.links.close().catch(() => undefined);
  }
}
