/** An event that one task waits for. It is set until it is waited for: several `set` before a `wait` count as one. */
export class AutoResetEvent {
  private isSet = false;
  private wake: (() => void) | null = null;

  set(): void {
    this.isSet = true;
    this.wake?.();
  }

  /** Resolves at the next `set`, or at once if it was set since this last resolved. */
  async wait(): Promise<void> {
    if (!this.isSet) await new Promise<void>((resolve) => (this.wake = resolve));
    this.isSet = false;
    this.wake = null;
  }
}
