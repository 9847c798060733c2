import type { JobEntry, JobStore, Stored } from '../../../shared/ports/job-store.js';
import { InjectedFault } from '../faults.js';
import type { Network } from '../network.js';
import type { Life } from '../scheduler.js';

/** Where the entries are: what outlives every process. */
export class JobStoreState {
  private readonly stored = new Map<string, Stored>();
  private versions = 0;

  /** @param onChange called with an entry before and after each change; null where there is none */
  constructor(private readonly onChange: (before: JobEntry | null, after: JobEntry | null) => void) {}

  get entries(): JobEntry[] {
    return [...this.stored.values()].map(({ entry }) => entry);
  }

  get(id: string): Stored | null {
    return this.stored.get(id) ?? null;
  }

  create(entry: JobEntry): 'created' | 'exists' {
    if (this.stored.has(entry.id)) return 'exists';
    this.write(null, entry);
    return 'created';
  }

  replace(entry: JobEntry, version: number): 'replaced' | 'changed' {
    const before = this.stored.get(entry.id);
    if (before?.version !== version) return 'changed';
    this.write(before.entry, entry);
    return 'replaced';
  }

  list(): Stored[] {
    return [...this.stored.values()].sort((a, b) => b.entry.createMs - a.entry.createMs);
  }

  remove(id: string): void {
    const before = this.stored.get(id);
    if (!before) return;
    this.onChange(before.entry, null);
    this.stored.delete(id);
  }

  private write(before: JobEntry | null, entry: JobEntry): void {
    this.onChange(before, entry);
    this.stored.set(entry.id, { entry: structuredClone(entry), version: ++this.versions });
  }
}

/** The job store as one coordinator sees it. */
export class SimulatedJobStore implements JobStore {
  constructor(
    private readonly state: JobStoreState,
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  create(entry: JobEntry): Promise<'created' | 'exists'> {
    return this.call(() => this.state.create(entry));
  }

  get(id: string): Promise<Stored | null> {
    return this.call(() => this.state.get(id));
  }

  replace(entry: JobEntry, version: number): Promise<'replaced' | 'changed'> {
    return this.call(() => this.state.replace(entry, version));
  }

  list(): Promise<Stored[]> {
    return this.call(() => this.state.list());
  }

  remove(id: string): Promise<void> {
    return this.call(() => this.state.remove(id));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private call<T>(effect: () => T): Promise<T> {
    const { network, life } = this;
    const away = () => new InjectedFault('NATS_UNREACHABLE', 'It is away (simulated).', 'Wait.');
    return network.call(life, 'store', () => {
      if (network.faults.happens('store refused')) throw away();
      const answer = effect();
      if (network.faults.happens('store answer lost')) throw away();
      return answer;
    });
  }
}
