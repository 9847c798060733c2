import { SmoothcertError } from '../../shared/errors.js';
import type { Entry, VoteLedger } from '../../shared/ports/vote-ledger.js';
import { decodeRecord, encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';

const SYNC_EVERY_MS = 1_000;
const LARGEST_BURST = 8;

/** Where the records are: what outlives every process. Records pass through their wire form, as everywhere. */
export class LedgerStore {
  readonly records: LedgerRecord[] = [];
  /** So many records, from the first on, survive a power failure. */
  private synced = 0;
  private lastSync = 0;
  private readonly tasks = new Set<string>();
  private readonly followers = new Set<() => void>();

  constructor(
    private readonly network: Network,
    private readonly appended: (record: LedgerRecord) => void,
  ) {}

  holds(task: string): boolean {
    return this.tasks.has(task);
  }

  append(record: LedgerRecord): 'recorded' | 'already recorded' {
    if (this.tasks.has(record.task)) return 'already recorded';
    const written = decodeRecord(encodeRecord(record));
    this.tasks.add(record.task);
    this.records.push(written);
    this.appended(written);
    const { now } = this.network.scheduler;
    if (now - this.lastSync > SYNC_EVERY_MS) this.sync();
    for (const grown of [...this.followers]) grown();
    return 'recorded';
  }

  sync(): void {
    this.synced = this.records.length;
    this.lastSync = this.network.scheduler.now;
  }

  /** A power failure: some of what was not synced is gone, the last first. */
  truncate(): LedgerRecord[] {
    const kept = this.synced + this.network.random.below(this.records.length - this.synced + 1);
    return this.forget(kept, this.records.length - kept);
  }

  /** A damaged disk: one record is gone. Only while nobody reads. */
  remove(at: number): LedgerRecord[] {
    if (at < this.synced) this.synced -= 1;
    return this.forget(at, 1);
  }

  /** Calls `grown` after each append until the returned function is called. */
  follow(grown: () => void): () => void {
    this.followers.add(grown);
    return () => this.followers.delete(grown);
  }

  private forget(at: number, count: number): LedgerRecord[] {
    const gone = this.records.splice(at, count);
    for (const { task } of gone) this.tasks.delete(task);
    return gone;
  }
}

/** The ledger as one process sees it. */
export class SimulatedLedger implements VoteLedger {
  constructor(
    private readonly store: LedgerStore,
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  append(record: LedgerRecord): Promise<'recorded' | 'already recorded'> {
    return this.network.call(this.life, 'append', () => {
      if (this.network.faults.happens('append refused')) {
        throw new SmoothcertError('DISK_FULL', 'There is no space left (simulated).', 'Try again.');
      }
      const outcome = this.store.append(record);
      // An adapter whose answer was lost sends the record once more.
      return this.network.faults.happens('append repeated') ? this.store.append(record) : outcome;
    });
  }

  size(): number {
    return this.store.records.length;
  }

  async *read(after: number, signal: AbortSignal): AsyncIterable<Entry> {
    let sequence = after;
    while (!signal.aborted) {
      for (const record of await this.burst(sequence, signal)) yield { sequence: ++sequence, record };
    }
  }

  sync(): Promise<void> {
    this.store.sync();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Some of the records behind this one, as soon as there are any; none once `signal` aborts. */
  private burst(after: number, signal: AbortSignal): Promise<LedgerRecord[]> {
    const { store, network, life } = this;
    return new Promise((resolve) => {
      const end = (records: LedgerRecord[]) => {
        unfollow();
        signal.removeEventListener('abort', aborted);
        resolve(records);
      };
      const aborted = () => end([]);
      const grown = () => {
        if (store.records.length <= after) return;
        unfollow();
        network.deliver(life, () => {
          if (network.killedAt(life, 'killed at read')) return;
          const size = 1 + network.random.below(LARGEST_BURST);
          end(store.records.slice(after, after + size));
        });
      };
      const unfollow = store.follow(grown);
      signal.addEventListener('abort', aborted, { once: true });
      grown();
    });
  }
}
