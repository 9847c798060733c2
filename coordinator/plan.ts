import type { Shard } from '../shared/shards.js';
import type { JobFold } from './job-fold.js';

/**
 * Which shards to issue next (design decision 5): those that a next look needs, lowest n first; only when the
 * queue runs low, the shards of exactly one look beyond. It decides what is drawn when, never what is
 * certified: a certificate cannot depend on the order.
 */
export class Plan {
  /** needed[k]: undecided images whose next look is k, segment k not issued. */
  private readonly needed: number[][];
  /** ahead[k]: images whose next look is k − 1 or k, segment k − 1 issued and k not. */
  private readonly ahead: number[][];
  private readonly issued = new Map<number, number>();
  private readonly again: Shard[] = [];
  private current: Shard[] = [];

  constructor(private readonly fold: JobFold) {
    this.needed = fold.grid.segments.map(() => []);
    this.ahead = fold.grid.segments.map(() => []);
    this.restart();
  }

  /** Forgets what was issued: everything that is not counted is to be drawn (start, take-over, lost tasks). */
  restart(): void {
    for (const bucket of [...this.needed, ...this.ahead]) bucket.length = 0;
    this.again.length = 0;
    this.current = [];
    for (const [image, state] of this.fold.images) {
      if (state.ending) continue;
      this.issued.set(image, state.look);
      this.needed[state.look]!.push(image);
    }
  }

  /** An image took a look; one that has ended since needs nothing. */
  advanced(image: number): void {
    const { look, ending } = this.fold.images.get(image)!;
    if (ending) return;
    const issued = Math.max(this.issued.get(image)!, look);
    this.issued.set(image, issued);
    if (issued === look) this.needed[look]!.push(image);
    else this.offerAhead(image, issued);
  }

  /** A task was answered without counting these shards. */
  open(shards: readonly Shard[]): void {
    this.again.push(...shards);
  }

  /** The next shard to issue, or null; `mayWorkAhead` allows those of one look beyond. */
  next(mayWorkAhead: boolean): Shard | null {
    for (;;) {
      const shard = this.again.shift() ?? this.current.shift();
      if (shard) {
        if (this.fold.wants(shard)) return shard;
      } else if (!this.openSegment(this.needed) && !(mayWorkAhead && this.openSegment(this.ahead))) {
        return null;
      }
    }
  }

  /** Makes the first bucket's first image current; false if there is none left. */
  private openSegment(buckets: number[][]): boolean {
    for (const [segment, bucket] of buckets.entries()) {
      while (bucket.length > 0) {
        const image = bucket.shift()!;
        const undecided = this.fold.images.get(image)!.ending === null;
        if (!undecided || this.issued.get(image) !== segment) continue;
        this.current = this.fold.missing(image, segment);
        this.issued.set(image, segment + 1);
        this.offerAhead(image, segment + 1);
        return true;
      }
    }
    return false;
  }

  /** Segment `segment` may be drawn ahead if the look before it is the image's next one. */
  private offerAhead(image: number, segment: number): void {
    const { look } = this.fold.images.get(image)!;
    if (segment < this.ahead.length && segment <= look + 1) this.ahead[segment]!.push(image);
  }
}
