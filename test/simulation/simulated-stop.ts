import type { Clock } from '../../shared/ports/clock.js';
import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';

const LARGEST_JUMP_MS = 3_600_000;

/** Keeps the announcements of the coordinators, for workers that start later. */
export class StopStore {
  readonly decided = new Set<number>();
  readonly views = new Set<SimulatedStop>();

  /** Forgets everything, as a machine without power does. */
  clear(): void {
    this.decided.clear();
    this.views.clear();
  }
}

/** The stop signal as one process sees it: late, and sometimes not at all. */
export class SimulatedStop implements StopSignal {
  private readonly decided = new Set<number>();
  private readonly listeners = new Set<(images: readonly number[]) => void>();

  constructor(
    private readonly store: StopStore,
    private readonly network: Network,
    private readonly life: Life,
  ) {
    store.views.add(this);
    network.deliver(life, () => this.learn([...store.decided]));
  }

  announce(images: readonly number[]): void {
    for (const image of images) this.store.decided.add(image);
    for (const view of this.store.views) {
      if (view !== this && this.network.faults.happens('stop lost')) continue;
      this.network.deliver(view.life, () => view.learn(images));
    }
  }

  isDecided(image: number): boolean {
    return this.decided.has(image);
  }

  onAnnounce(listener: (images: readonly number[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): Promise<void> {
    this.store.views.delete(this);
    return Promise.resolve();
  }

  private learn(images: readonly number[]): void {
    const fresh = images.filter((image) => !this.decided.has(image));
    if (fresh.length === 0) return;
    for (const image of fresh) this.decided.add(image);
    for (const listener of [...this.listeners]) listener(fresh);
  }
}

/** The clock of one process; it may run far ahead, and its sleepers may wake far too early or too late. */
export class SimulatedClock implements Clock {
  private ahead = 0;

  constructor(
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  now(): number {
    return this.network.scheduler.now + this.ahead;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const { scheduler, random, faults } = this.network;
    const jumps = faults.happens('clock jump');
    const factor = jumps ? random.between(0, 10) : 1;
    if (jumps) this.ahead += random.between(0, LARGEST_JUMP_MS);
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      scheduler.after(ms * factor, this.life, () => {
        if (!signal.aborted && this.network.killedAt(this.life, 'killed at sleep')) return;
        wake();
      });
    });
  }
}
