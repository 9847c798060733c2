/**
 * Keeps what forgets results away from jobs that end at that moment: equal jobs have equal results, and a job may find those that it
 * would store in the store already, and names them in its ending only some time later. It guards one process; two that share a store
 * and both believe that they hold the lease are not kept apart.
 */
export class ResultsInHand {
  private readonly held = new Map<string, number>();
  private removing: Promise<void> = Promise.resolve();

  /** Once it resolves, and until `release`, the digest is not removed: what the store then says of it holds. */
  async hold(digest: string): Promise<void> {
    this.held.set(digest, (this.held.get(digest) ?? 0) + 1);
    await this.removing;
  }

  /** To be called once for every `hold`. */
  release(digests: Iterable<string>): void {
    for (const digest of digests) {
      const left = this.held.get(digest)! - 1;
      if (left > 0) this.held.set(digest, left);
      else this.held.delete(digest);
    }
  }

  /** Calls `remove` unless the digest is held; what it looks up is true until it is done, because whoever wants to hold the digest meanwhile waits. One call at a time. */
  async unlessHeld(digest: string, remove: () => Promise<void>): Promise<void> {
    if (this.held.has(digest)) return;
    const removed = remove();
    this.removing = removed.catch(() => undefined);
    await removed;
  }
}
