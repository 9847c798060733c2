import { shardKey, type Shard } from '../../shared/shards.js';
import type { JobFold } from './job-fold.js';

/**
 * Decides which shards to issue next: those before the look at which an image may next be decided, lowest n first; only
 * when the queue runs low, and only for rules that look again, the shards of exactly one look beyond. The order of issue
 * never changes a certificate.
 */
export class Plan {
  /** needed[k]: images that are due at look k or a later one, segments issued up to k. */
  private readonly needed: number[][];
  /** ahead[k]: images that are due at look k − 1, segments issued up to k. */
  private readonly ahead: number[][];
  private readonly issued = new Map<number, number>();
  private readonly again: Shard[] = [];
  private current: Shard[] = [];
  /** Shards that others issued: their segments are not begun yet. */
  private readonly adopted = new Set<string>();

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
    this.adopted.clear();
    for (const [image, state] of this.fold.images) {
      if (state.ending) continue;
      this.issued.set(image, state.look);
      this.offer(image, state.look);
    }
  }

  /** Takes note that an image took a look, or that more of it may be drawn; one that has ended since needs nothing. */
  advanced(image: number): void {
    const { look, ending } = this.fold.images.get(image)!;
    if (ending) return;
    const issued = Math.max(this.issued.get(image)!, look);
    this.issued.set(image, issued);
    this.offer(image, issued);
  }

  /** Takes note of shards whose task was answered without counting them: they are issued again. */
  open(shards: readonly Shard[]): void {
    this.again.push(...shards);
  }

  /** Takes note of shards that others have issued: their segments are issued without them. */
  adopt(shards: readonly Shard[]): void {
    for (const shard of shards) this.adopted.add(shardKey(shard));
  }

  /** Returns the next shard to issue, null if there is none; `mayWorkAhead` allows those of one look beyond. */
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

  /** Begins the first segment that waits, lowest first. Returns false if none waits. */
  private openSegment(buckets: number[][]): boolean {
    for (const [segment, bucket] of buckets.entries()) {
      while (bucket.length > 0) {
        const image = bucket.shift()!;
        const undecided = this.fold.images.get(image)!.ending === null;
        if (!undecided || this.issued.get(image) !== segment) continue;
        this.current = this.fold
          .missing(image, segment)
          .filter((shard) => !this.adopted.delete(shardKey(shard)));
        this.issued.set(image, segment + 1);
        this.offer(image, segment + 1);
        return true;
      }
    }
    return false;
  }

  /** Lets a segment be drawn: at once if the image is due behind it, else ahead if it is next and may pay. */
  private offer(image: number, segment: number): void {
    const { due } = this.fold.images.get(image)!;
    if (segment <= due) this.needed[segment]!.push(image);
    else if (segment < this.ahead.length && segment <= due + this.fold.decision.ahead) {
      this.ahead[segment]!.push(image);
    }
  }
}
