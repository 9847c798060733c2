/** Wakes the one who waits for it; a ring while nobody waits is kept, several are one. */
export class Bell {
  private ringing = false;
  private wake: (() => void) | null = null;

  ring(): void {
    this.ringing = true;
    this.wake?.();
  }

  /** Resolves at the next ring, or at once if it rang since this last resolved. */
  async rung(): Promise<void> {
    if (!this.ringing) await new Promise<void>((resolve) => (this.wake = resolve));
    this.ringing = false;
    this.wake = null;
  }
}
