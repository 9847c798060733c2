import type { Clock } from '../../shared/ports/clock.js';
import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';

/** What the coordinators have announced, for workers that start later. */
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

  private learn(images: readonly number[]): void {
    const fresh = images.filter((image) => !this.decided.has(image));
    if (fresh.length === 0) return;
    for (const image of fresh) this.decided.add(image);
    for (const listener of [...this.listeners]) listener(fresh);
  }
}

/** The clock of one process; its sleepers may wake far too early or too late. */
export class SimulatedClock implements Clock {
  constructor(
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  now(): number {
    return this.network.scheduler.now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const { scheduler, random, faults } = this.network;
    const factor = faults.happens('clock jump') ? random.between(0, 10) : 1;
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
