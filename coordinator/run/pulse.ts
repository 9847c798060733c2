/** Wakes those who wait for a change. Somebody who does not wait costs nothing. */
export class Pulse {
  /** Grows with each beat. */
  version = 0;
  private readonly waiting = new Set<() => void>();

  beat(): void {
    this.version += 1;
    for (const wake of [...this.waiting]) wake();
  }

  /** Resolves once the version is another one than `seen`, or `signal` aborts. */
  async after(seen: number, signal: AbortSignal): Promise<void> {
    if (this.version !== seen || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
