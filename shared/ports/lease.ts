/** Says which coordinator issues tasks. Losing it late is harmless: duplicates are counted once, and all that is told is monotone. */
export interface Lease {
  /**
   * Resolves once this process holds it; rejects only with the reason of `signal`.
   * @param onWaiting called once if it is not to be had at once
   */
  acquire(signal: AbortSignal, onWaiting?: () => void): Promise<void>;
  /** Whether it is held, as far as is known. */
  readonly held: boolean;
  /** Aborts once it is lost; a new one after each `acquire`. */
  readonly lost: AbortSignal;
  /** Gives it back, so that another one need not wait for its end. */
  release(): Promise<void>;
}
