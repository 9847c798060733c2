import { shardsOfSegment, type Shard } from '../../shared/shards.js';

/** Where a shard stands on the grid: the segment between two looks, and its place in it. */
export interface Place {
  readonly segment: number;
  readonly index: number;
}

/** The shard grid of a job: a function of its segments, the same for every image and fixed when the job is created. */
export class Grid {
  readonly segments: readonly (readonly { readonly begin: number; readonly end: number }[])[];
  private readonly byBegin = new Map<number, Place>();

  /** @param ends ends of the segments between looks, ascending (`DrawSpec.segments`) */
  constructor(ends: readonly number[]) {
    this.segments = ends.map((end, k) => shardsOfSegment(k === 0 ? 0 : ends[k - 1]!, end));
    this.segments.forEach((shards, segment) =>
      shards.forEach(({ begin }, index) => this.byBegin.set(begin, { segment, index })),
    );
  }

  /** Returns the shard's place; null if it is not exactly a shard of the grid. */
  locate(shard: Shard): Place | null {
    const place = this.byBegin.get(shard.begin);
    if (!place) return null;
    return this.segments[place.segment]![place.index]!.end === shard.end ? place : null;
  }
}
