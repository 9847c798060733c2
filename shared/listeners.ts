/** Functions that want to be told of something. One that is added or removed while they are told counts from the next time on. */
export class Listeners<Args extends readonly unknown[]> {
  private readonly listeners = new Set<(...args: Args) => void>();

  /** Adds a listener; returns the function that removes it. */
  add(listener: (...args: Args) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Calls every listener; throws what the first failing one throws, and calls no further one then. */
  tell(...args: Args): void {
    for (const listener of [...this.listeners]) listener(...args);
  }

  /** Removes all listeners. */
  clear(): void {
    this.listeners.clear();
  }
}
