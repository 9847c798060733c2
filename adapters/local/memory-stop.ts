import type { StopSignal } from '../../shared/ports/stop-signal.js';

/** The stop signal inside one process. */
export class MemoryStop implements StopSignal {
  private readonly decided = new Set<number>();
  private readonly listeners = new Set<(images: readonly number[]) => void>();

  announce(images: readonly number[]): void {
    const fresh = images.filter((image) => !this.decided.has(image));
    if (fresh.length === 0) return;
    for (const image of fresh) this.decided.add(image);
    for (const listener of this.listeners) listener(fresh);
  }

  isDecided(image: number): boolean {
    return this.decided.has(image);
  }

  onAnnounce(listener: (images: readonly number[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
