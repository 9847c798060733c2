/** The shards of a job, recomputed from its segments (docs/architecture.md, "The shard grid"). */

export interface GridShard {
  readonly begin: number;
  readonly end: number;
}

/** Returns the shards between two looks: of clamp(length/16, 64, 1024) samples, rounded up to a multiple of 32, the last one shorter. */
function shardsBetween(begin: number, end: number): GridShard[] {
  const sixteenth = (end - begin) / 16;
  const size = 32 * Math.ceil(Math.max(64, Math.min(1024, sixteenth)) / 32);
  const count = Math.ceil((end - begin) / size);
  return Array.from({ length: count }, (_, i) => ({
    begin: begin + i * size,
    end: Math.min(begin + (i + 1) * size, end),
  }));
}

/** Returns all shards of an image in their order. @param ends of the segments, ascending */
export const gridOf = (ends: readonly number[]): GridShard[] =>
  ends.flatMap((end, i) => shardsBetween(ends[i - 1] ?? 0, end));
