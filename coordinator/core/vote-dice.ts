/** Below so many expected failures their number is drawn exactly; above, as a rounded normal variable. */
const EXACTLY_BELOW = 20;

/** Draws votes of imagined images. Dice with the same seed always fall alike. */
export class VoteDice {
  constructor(private state: number) {
    this.next();
  }

  /** Returns how many of n samples fail, of which each does with probability `rate`: binomial, or near it. */
  failures(n: number, rate: number): number {
    if (rate > 0.5) return n - this.failures(n, 1 - rate);
    if (n * rate >= EXACTLY_BELOW) {
      const deviation = Math.sqrt(n * rate * (1 - rate)) * this.normal();
      return Math.min(n, Math.max(0, Math.round(n * rate + deviation)));
    }
    // The waiting times between failures are geometric.
    let failed = 0;
    if (rate === 0) return failed;
    for (let at = this.wait(rate); at <= n; at += this.wait(rate)) failed += 1;
    return failed;
  }

  private wait(rate: number): number {
    return 1 + Math.floor(Math.log(1 - this.next()) / Math.log1p(-rate));
  }

  /** Returns a standard normal number (Box and Muller 1958). */
  private normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Returns a number in [0, 1) (mulberry32). */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
