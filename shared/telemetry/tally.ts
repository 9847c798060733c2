/** Observations of a histogram: how many fell into each of its buckets, and their sum there. One more than it has bounds. */
export interface Tallied {
  readonly counts: readonly number[];
  readonly sums: readonly number[];
}

/** Gathers observations where they are made, in little space however many they are, for whoever shows them. */
export class Tally {
  private counts: number[];
  private sums: number[];
  private some = false;

  /** @param bounds upper ends of the histogram's buckets, ascending */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = this.zeros();
    this.sums = this.zeros();
  }

  add(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
    this.sums[bucket]! += value;
    this.some = true;
  }

  /** What was gathered since the last time; null if nothing was. */
  take(): Tallied | null {
    if (!this.some) return null;
    const taken = { counts: this.counts, sums: this.sums };
    this.counts = this.zeros();
    this.sums = this.zeros();
    this.some = false;
    return taken;
  }

  private zeros(): number[] {
    return new Array<number>(this.bounds.length + 1).fill(0);
  }
}
