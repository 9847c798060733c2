import { NO_COUNTS, addCounts, type Counts } from '../../shared/counts.js';

/**
 * The counts of the first shards of one segment. They are added up in the order of the grid, and shards that come before
 * their turn wait: so the sum is that of exactly the shards before `end`, in whatever order they came.
 */
export class OpenSegment {
  /** Counts of the shards that are added up. */
  counts: Counts = NO_COUNTS;
  /** Microseconds of noise and inference in them. */
  micros = 0;
  private added = 0;
  private readonly waiting = new Map<number, Drawn>();

  /** Takes note of the counts of the shard with this index in the segment. */
  put(index: number, counts: Counts, micros: number): void {
    this.waiting.set(index, { counts, micros });
  }

  /** Adds up the shards before `end` as far as there is no gap. Returns true if they are all there; no call may ask for fewer. */
  addUpTo(end: number): boolean {
    for (; this.added < end; this.added++) {
      const next = this.waiting.get(this.added);
      if (next === undefined) return false;
      this.waiting.delete(this.added);
      this.counts = addCounts(this.counts, next.counts);
      this.micros += next.micros;
    }
    return true;
  }
}

interface Drawn {
  readonly counts: Counts;
  readonly micros: number;
}
