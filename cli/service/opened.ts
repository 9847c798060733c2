/** Closes what a process has opened in the opposite order, however the process ends. */
export class Opened {
  private readonly closing: (() => Promise<void> | void)[] = [];

  /** Remembers how something that was opened is closed. */
  add(close: () => Promise<void> | void): void {
    this.closing.push(close);
  }

  /** Closes everything, what was opened last first. What cannot be closed does not keep the rest open. @throws the first error, at the end */
  async close(): Promise<void> {
    const faults: unknown[] = [];
    for (const close of this.closing.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults[0];
  }
}
