import { Listeners } from '../../shared/listeners.js';
import type { StopSignal } from '../../shared/ports/stop-signal.js';

/** The stop signal of a job within one process. */
export class MemoryStop implements StopSignal {
  private readonly decided = new Set<number>();
  private readonly listeners = new Listeners<[images: readonly number[]]>();

  announce(images: readonly number[]): void {
    const fresh = images.filter((image) => !this.decided.has(image));
    if (fresh.length === 0) return;
    for (const image of fresh) this.decided.add(image);
    this.listeners.tell(fresh);
  }

  isDecided(image: number): boolean {
    return this.decided.has(image);
  }

  onAnnounce(listener: (images: readonly number[]) => void): () => void {
    return this.listeners.add(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
