/** A range of samples [begin, end) of one image, on the job's grid: the unit that is counted. */
export interface Shard {
  readonly image: number;
  readonly begin: number;
  readonly end: number;
}

/** Returns a text that names a shard of a job: no two shards of one grid begin at the same sample of an image. */
export const shardKey = ({ image, begin }: Shard): string => `${image}:${begin}`;

const SHARDS_PER_SEGMENT = 16;
const SMALLEST = 64;
const LARGEST = 1024;
const ROUNDING = 32;

/**
 * Cuts [begin, end), the samples between two looks, into the shards of the fixed grid: clamp(length / 16, 64, 1024) samples
 * each, rounded up to a multiple of 32, the last one shorter. The result depends on the segment alone, and not on timing or
 * workers, so that drawing a shard again draws the same samples.
 */
export function shardsOfSegment(begin: number, end: number): { begin: number; end: number }[] {
  const wanted = Math.min(Math.max((end - begin) / SHARDS_PER_SEGMENT, SMALLEST), LARGEST);
  const size = Math.ceil(wanted / ROUNDING) * ROUNDING;
  const shards = [];
  for (let at = begin; at < end; at += size) shards.push({ begin: at, end: Math.min(at + size, end) });
  return shards;
}
