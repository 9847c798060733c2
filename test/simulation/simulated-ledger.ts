import type { Entry, VoteLedger } from '../../shared/ports/vote-ledger.js';
import { decodeRecord, encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';
import { InjectedFault } from './faults.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';

const SYNC_EVERY_MS = 1_000;
const LARGEST_BURST = 8;

/** Where the records are: what outlives every process. Records pass through their wire form, as everywhere. */
export class LedgerStore {
  /** By sequence number, from 1 on; null where the store lost a record. */
  private readonly places: (LedgerRecord | null)[] = [];
  /** So many places, from the first on, survive a power failure. */
  private synced = 0;
  private lastSync = 0;
  private readonly tasks = new Set<string>();
  private readonly followers = new Set<() => void>();

  constructor(
    private readonly network: Network,
    private readonly appended: (record: LedgerRecord) => void,
  ) {}

  get records(): LedgerRecord[] {
    return this.entries(0).map(({ record }) => record);
  }

  /** Those behind `after`, up to this sequence number. */
  entries(after: number, last = this.places.length): Entry[] {
    const entries: Entry[] = [];
    for (let sequence = after + 1; sequence <= Math.min(last, this.places.length); sequence++) {
      const record = this.places[sequence - 1];
      if (record) entries.push({ sequence, record });
    }
    return entries;
  }

  /** Sequence number of the last record that is there. */
  size(): number {
    return 1 + this.places.findLastIndex((record) => record !== null);
  }

  holds(task: string): boolean {
    return this.tasks.has(task);
  }

  append(record: LedgerRecord): 'recorded' | 'already recorded' {
    if (this.tasks.has(record.task)) return 'already recorded';
    const written = decodeRecord(encodeRecord(record));
    this.tasks.add(record.task);
    this.places.push(written);
    this.appended(written);
    const { now } = this.network.scheduler;
    if (now - this.lastSync > SYNC_EVERY_MS) this.sync();
    for (const grown of [...this.followers]) grown();
    return 'recorded';
  }

  sync(): void {
    this.synced = this.places.length;
    this.lastSync = this.network.scheduler.now;
  }

  /** A power failure: some of what was not synced is gone, the last first, and its places are used again. */
  truncate(): LedgerRecord[] {
    const kept = this.synced + this.network.random.below(this.places.length - this.synced + 1);
    return this.places.splice(kept).flatMap((record) => this.forget(record));
  }

  /** A damaged disk: the record at this place is gone, and its place stays empty. */
  lose(sequence: number): LedgerRecord[] {
    const [gone] = this.places.splice(sequence - 1, 1, null);
    return this.forget(gone!);
  }

  /** Calls `grown` after each append until the returned function is called. */
  follow(grown: () => void): () => void {
    this.followers.add(grown);
    return () => this.followers.delete(grown);
  }

  private forget(gone: LedgerRecord | null): LedgerRecord[] {
    if (gone === null) return [];
    this.tasks.delete(gone.task);
    return [gone];
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
        throw new InjectedFault('DISK_FULL', 'There is no space left (simulated).', 'Try again.');
      }
      if (this.network.faults.happens('append refused for good')) {
        throw new InjectedFault('PROTOCOL_MISMATCH', 'It is of protocol 2 (simulated).', 'Update.');
      }
      const outcome = this.store.append(record);
      // An adapter whose answer was lost sends the record once more.
      return this.network.faults.happens('append repeated') ? this.store.append(record) : outcome;
    });
  }

  size(): number {
    return this.store.size();
  }

  async *read(after: number, signal: AbortSignal): AsyncIterable<Entry> {
    let sequence = after;
    while (!signal.aborted) {
      for (const entry of await this.burst(sequence, signal)) {
        if (!this.store.holds(entry.record.task)) continue;
        ({ sequence } = entry);
        yield entry;
      }
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
  private burst(after: number, signal: AbortSignal): Promise<Entry[]> {
    const { store, network, life } = this;
    return new Promise((resolve) => {
      const end = (records: Entry[]) => {
        unfollow();
        signal.removeEventListener('abort', aborted);
        resolve(records);
      };
      const aborted = () => end([]);
      const grown = () => {
        if (store.size() <= after) return;
        unfollow();
        network.deliver(life, () => {
          if (network.killedAt(life, 'killed at read')) return;
          const size = 1 + network.random.below(LARGEST_BURST);
          end(store.entries(after).slice(0, size));
        });
      };
      const unfollow = store.follow(grown);
      signal.addEventListener('abort', aborted, { once: true });
      grown();
    });
  }
}
