/**
 * Keeps retention from removing results that a job is about to name in its ending. Equal jobs have equal results: a job may find the
 * results that it would store in the store already, and stores its ending only some time later. It guards one process; two processes that
 * share a store and both believe that they hold the lease are not kept apart.
 */
export class ResultsInUse {
  private readonly uses = new Map<string, number>();
  private removing: Promise<void> = Promise.resolve();

  /** From when it resolves until `release`, the digest is not removed: what the store says of it meanwhile stays true. */
  async use(digest: string): Promise<void> {
    this.uses.set(digest, (this.uses.get(digest) ?? 0) + 1);
    await this.removing;
  }

  /** Ends one `use` of each of these digests. */
  release(digests: Iterable<string>): void {
    for (const digest of digests) {
      const left = this.uses.get(digest)! - 1;
      if (left > 0) this.uses.set(digest, left);
      else this.uses.delete(digest);
    }
  }

  /**
   * Calls `remove` unless the digest is in use. A `use` that begins meanwhile waits until `remove` is done, so that what `remove` looks up
   * stays true. To be called once at a time.
   */
  async removeUnlessUsed(digest: string, remove: () => Promise<void>): Promise<void> {
    if (this.uses.has(digest)) return;
    const removed = remove();
    this.removing = removed.catch(() => undefined);
    await removed;
  }
}
