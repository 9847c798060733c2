/** Tells any number of readers that something has changed. A reader that does not wait costs nothing. */
export class ChangeNotifier {
  /** Grows with each change. */
  version = 0;
  private readonly waiting = new Set<() => void>();

  notify(): void {
    this.version += 1;
    for (const wake of [...this.waiting]) wake();
  }

  /** Resolves once the version is another one than `seen`, or `signal` aborts. */
  async changedSince(seen: number, signal: AbortSignal): Promise<void> {
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
