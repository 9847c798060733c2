/** Observations of a histogram: the number in each of its buckets, of which the last one has no upper end, and their sum. */
export interface Tallied {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Counts observations by bucket where they are made, so that any number of them can be sent on in little space. */
export class HistogramTally {
  private counts: number[];
  private sum = 0;
  private some = false;

  /** @param bounds upper ends of the histogram's buckets, ascending */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = this.zeros();
  }

  add(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
    this.sum += value;
    this.some = true;
  }

  /** Returns the observations since the last call and begins anew; null if there were none. */
  take(): Tallied | null {
    if (!this.some) return null;
    const taken = { counts: this.counts, sum: this.sum };
    this.counts = this.zeros();
    this.sum = 0;
    this.some = false;
    return taken;
  }

  private zeros(): number[] {
    return new Array<number>(this.bounds.length + 1).fill(0);
  }
}
