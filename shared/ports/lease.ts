/** The lease decides which coordinator issues tasks. To notice its loss late is harmless: duplicates are counted once, and stop signals only grow. */
export interface Lease {
  /**
   * Resolves once this process holds the lease; rejects only with the reason of `signal`.
   * @param onWaiting called once if the lease is not free at once
   */
  acquire(signal: AbortSignal, onWaiting?: () => void): Promise<void>;
  /** True while this process holds the lease, as far as it knows. */
  readonly held: boolean;
  /** Why it cannot even be asked for, in a sentence; null if it can, or is held. */
  readonly trouble: string | null;
  /** Aborts once the lease is lost; a new signal after each `acquire`. */
  readonly lost: AbortSignal;
  /** Gives the lease up, so that another process need not wait until it expires. */
  release(): Promise<void>;
}
