/** Observations of a histogram: how many fell into each of its buckets, the last one without end, and their sum. */
export interface Tallied {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Gathers observations where they are made, in little space however many they are, for whoever shows them. */
export class Tally {
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

  /** What was gathered since the last time; null if nothing was. */
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
