import { addCounts, totalOf, type Counts } from '../../shared/counts.js';
import type { ErrorCode } from '../../shared/errors.js';
import type { Grid, Place } from './grid.js';
import type { Decision, Held, LookOutcome, Prediction, StopReason } from './decision.js';
import { OpenSegment } from './open-segment.js';

/** Above this share of invalid votes at a look, an image is reported failed: the model is broken on it. */
const LARGEST_INVALID_SHARE = 0.01;

/** How an image ended. All but `failed` are functions of the job alone; see docs/guarantee.md. */
export type Ending =
  | { readonly outcome: 'certified'; readonly held: Held; readonly stop: StopReason }
  | { readonly outcome: 'predicted'; readonly prediction: Prediction; readonly stop: StopReason }
  | { readonly outcome: 'abstained'; readonly stop: StopReason }
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly detail: string };

/** The shards that an image may draw: all before the look with this index, and of the segment up to it so many, from its first one on. */
export interface Allotment {
  readonly look: number;
  readonly shards: number;
}

/** No shard may be drawn. */
export const NOTHING: Allotment = { look: -1, shards: 0 };

/** Of the rules that decide each image by itself. */
const UNLIMITED: Allotment = { look: Infinity, shards: Infinity };

/** Tells what became of the counts of one shard. */
export type Folded = 'counted' | 'duplicate' | 'divergent' | 'late';

/**
 * The fold of one image. Guarantee: look k sees the counts of exactly the samples [0, n_k), all of them and no others, in
 * whatever order the shards came; the first counts of a shard are its counts. Only the last look may see fewer samples: those of
 * the shards that the image was allotted, and no others.
 */
export class ImageState {
  /** Counts of [0, n_k) for every look that has been taken; for the last one of fewer samples, if the image was allotted fewer. */
  readonly prefixes: Counts[] = [];
  held: Held | null = null;
  ending: Ending | null = null;
  /** Microseconds of noise and inference in the samples of `prefixes`. */
  micros = 0;
  /** Number of looks at which it could have been decided: all that were taken, but for those that its rule passes over. */
  looks = 0;
  private readonly openSegments = new Map<number, OpenSegment>();
  /** No shards beyond these may be drawn. */
  private allotment: Allotment = UNLIMITED;
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

  /**
   * Index of the next look at which something may be decided; all samples before it are wanted. Of an image that has drawn all that it
   * is allotted, the look that it took last: nothing is wanted.
   */
  get due(): number {
    return Math.min(this.decision.due(this.prefixes), this.allotment.look);
  }

  /** Returns how many shards of a segment, from its first one on, may be drawn. */
  allowed(segment: number): number {
    const { look, shards } = this.allotment;
    const all = this.grid.segments[segment]!.length;
    if (segment > look) return 0;
    return segment < look ? all : Math.min(all, shards);
  }

  /** Lets shards up to these be drawn, where it was fewer, and takes the look behind them if they are all there. */
  allot(allotment: Allotment): void {
    this.allotment = allotment;
    while (this.takeLook());
  }

  /** Folds the counts of the shard at `place` and takes every look that has become complete. */
  fold(place: Place, counts: Counts, micros: number): Folded {
    if (this.ending) return 'late';
    const { begin } = this.grid.segments[place.segment]![place.index]!;
    const print = printOf(counts);
    const first = this.seen.get(begin);
    if (first !== undefined) return first === print ? 'duplicate' : 'divergent';
    this.seen.set(begin, print);
    const segment = this.openSegments.get(place.segment) ?? new OpenSegment();
    segment.put(place.index, counts, micros);
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

  /** Ends the image with what it holds. */
  finish(stop: StopReason): void {
    this.end(endingOf({ held: this.held, stop }, stop));
  }

  /** Takes the next look if its prefix is complete. Returns true if the image goes on, so that a further one may follow. */
  private takeLook(): boolean {
    const { look, due } = this;
    const segment = this.openSegments.get(look);
    if (look > this.allotment.look || !segment?.addUpTo(this.allowed(look))) return false;
    this.openSegments.delete(look);
    this.micros += segment.micros;
    const prefix = look === 0 ? segment.counts : addCounts(this.prefixes[look - 1]!, segment.counts);
    this.prefixes.push(prefix);
    if (look < due) return true;
    this.looks += 1;
    const n = totalOf(prefix);
    if (prefix.invalid > LARGEST_INVALID_SHARE * n) {
      this.fail(
        'MODEL_OUTPUT_NOT_FINITE',
        `${prefix.invalid} of ${n} samples had a score that is NaN or +∞, or no finite score.`,
      );
      return false;
    }
    const outcome = this.decision.at(look, this.prefixes, this.held);
    this.held = outcome.held;
    if (outcome.stop === null) return true;
    this.end(endingOf(outcome, outcome.stop));
    return false;
  }

  private end(ending: Ending): void {
    this.ending = ending;
    this.openSegments.clear();
    this.seen = new Map();
  }
}

function endingOf({ held, prediction }: LookOutcome, stop: StopReason): Ending {
  if (prediction !== undefined) return { outcome: 'predicted', prediction, stop };
  return held ? { outcome: 'certified', held, stop } : { outcome: 'abstained', stop };
}

/** Returns the FNV-1a hash of counts, in 31 bits. Where two that differ have the same, only a counter is wrong, by one. */
function printOf({ classes, votes, invalid }: Counts): number {
  let hash = 0x811c9dc5;
  for (const value of [...classes, ...votes, invalid]) hash = Math.imul(hash ^ value, 0x01000193);
  return hash >>> 1;
}
