/** Runs actions one after the other, in the order in which they were given. An action that fails does not stop later ones. */
export class SerialQueue {
  private tail: Promise<unknown> = Promise.resolve();

  /** Runs `action` once all earlier ones have ended; resolves or rejects as it does. */
  run<T>(action: () => Promise<T>): Promise<T> {
    const done = this.tail.then(action);
    this.tail = done.catch(() => undefined);
    return done;
  }

  /** Resolves once every action given until now has ended. Never rejects. */
  async idle(): Promise<void> {
    await this.tail;
  }
}
