import { NO_COUNTS, addCounts, type Counts } from '../../shared/counts.js';
import type { ErrorCode } from '../../shared/errors.js';
import type { Grid, Place } from './grid.js';
import type { Decision, Held, StopReason } from './decision.js';

/** Above this share of invalid votes at a look, an image is reported failed: the model is broken on it. */
const LARGEST_INVALID_SHARE = 0.01;

/** How an image ended. `certified` and `abstained` are functions of the job alone; see docs/guarantee.md. */
export type Ending =
  | { readonly outcome: 'certified'; readonly held: Held; readonly stop: StopReason }
  | { readonly outcome: 'abstained'; readonly stop: StopReason }
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly detail: string };

/** Tells what became of the counts of one shard. */
export type Folded = 'counted' | 'duplicate' | 'divergent' | 'late';

/**
 * The fold of one image. Guarantee: look k sees the counts of exactly the samples [0, n_k), all of them and no others, in
 * whatever order the shards came; the first counts of a shard are its counts.
 */
export class ImageState {
  /** Counts of [0, n_k) for every look that has been taken. */
  readonly prefixes: Counts[] = [];
  held: Held | null = null;
  ending: Ending | null = null;
  /** Microseconds of noise and inference in the samples of `prefixes`. */
  micros = 0;
  /** Number of looks at which it could have been decided: all that were taken, but for those that its rule passes over. */
  looks = 0;
  private readonly openSegments = new Map<number, Segment>();
  /** By the begin of each counted shard a hash of its counts, which tells a duplicate from a divergent one. */
  private seen = new Map<number, number>();

  constructor(
    private readonly grid: Grid,
    private readonly decision: Decision,
  ) {}

  /** Index of the look that is to come. */
  get look(): number {
    return this.prefixes.length;
  }

  /** Index of the next look at which something may be decided; all samples before it are wanted. */
  get due(): number {
    return this.decision.due(this.prefixes);
  }

  /** Folds the counts of the shard at `place` and takes every look that has become complete. */
  fold(place: Place, counts: Counts, micros: number): Folded {
    if (this.ending) return 'late';
    const { begin } = this.grid.segments[place.segment]![place.index]!;
    const print = printOf(counts);
    const first = this.seen.get(begin);
    if (first !== undefined) return first === print ? 'duplicate' : 'divergent';
    this.seen.set(begin, print);
    const segment = this.openSegments.get(place.segment) ?? { counts: NO_COUNTS, micros: 0, folded: 0 };
    segment.counts = addCounts(segment.counts, counts);
    segment.micros += micros;
    segment.folded += 1;
    this.openSegments.set(place.segment, segment);
    while (this.takeLook());
    return 'counted';
  }

  /** Returns true if the shard at `place` was counted. */
  isCounted(place: Place): boolean {
    return this.seen.has(this.grid.segments[place.segment]![place.index]!.begin);
  }

  /** Gives the image up; what was held is not reported. */
  fail(code: ErrorCode, detail: string): void {
    this.end({ outcome: 'failed', code, detail });
  }

  /** Takes the next look if its prefix is complete. Returns true if the image goes on, so that a further one may follow. */
  private takeLook(): boolean {
    const { look, due } = this;
    const segment = this.openSegments.get(look);
    if (segment?.folded !== this.grid.segments[look]!.length) return false;
    this.openSegments.delete(look);
    this.micros += segment.micros;
    const prefix = look === 0 ? segment.counts : addCounts(this.prefixes[look - 1]!, segment.counts);
    this.prefixes.push(prefix);
    if (look < due) return true;
    this.looks += 1;
    const n = this.decision.looks[look]!;
    if (prefix.invalid > LARGEST_INVALID_SHARE * n) {
      this.fail(
        'MODEL_OUTPUT_NOT_FINITE',
        `${prefix.invalid} of ${n} samples had a score that is NaN or +∞, or no finite score.`,
      );
      return false;
    }
    const { held, stop } = this.decision.at(look, this.prefixes, this.held);
    this.held = held;
    if (stop === null) return true;
    this.end(held ? { outcome: 'certified', held, stop } : { outcome: 'abstained', stop });
    return false;
  }

  private end(ending: Ending): void {
    this.ending = ending;
    this.openSegments.clear();
    this.seen = new Map();
  }
}

/** Returns the FNV-1a hash of counts, in 31 bits. Where two that differ have the same, only a counter is wrong, by one. */
function printOf({ classes, votes, invalid }: Counts): number {
  let hash = 0x811c9dc5;
  for (const value of [...classes, ...votes, invalid]) hash = Math.imul(hash ^ value, 0x01000193);
  return hash >>> 1;
}

interface Segment {
  counts: Counts;
  micros: number;
  folded: number;
}
