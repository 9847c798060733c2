// The module that ../generator-module.ts loads. All memory above heapBase() is the loader's.
import { addNormals } from './box-muller';
import { philox } from './philox';

export { addNormals };
export { philox, setKey } from './philox';

/** Elements between the two passes: their words stay in the first-level cache. A multiple of 16. */
const CHUNK: i32 = 1024;
const words: usize = memory.data(1024 * 4, 16);
const lastGroup: usize = memory.data(16 * 4, 16);

/** The first address that this module does not use itself, a multiple of 16. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15;
}

/**
 * Draws `count` rows of `size` elements at `out`, without gaps: row r is base + gain·z(image, low + 2^32·high + r).
 * Elements are drawn in groups of 16, so `base` and `gain` are read up to a multiple of 16 elements; of the last
 * group of a row only what belongs to the row is written. `high` holds the domain tag too.
 */
export function draw(
  base: usize,
  gain: usize,
  out: usize,
  size: i32,
  image: i32,
  low: i32,
  high: i32,
  count: i32,
): void {
  for (; count > 0; --count) {
    for (let begin: i32 = 0; begin < size; begin += CHUNK) {
      const length = min(size - begin, CHUNK);
      const whole = length >> 4;
      const rest = length & 15;
      const offset = (<usize>begin) << 2;
      philox(begin >> 2, low, image, high, (length + 15) >> 4, words);
      addNormals(words, whole, base + offset, gain + offset, out + offset);
      if (rest > 0) {
        const last = (<usize>whole) << 6;
        addNormals(words + last, 1, base + offset + last, gain + offset + last, lastGroup);
        memory.copy(out + offset + last, lastGroup, (<usize>rest) << 2);
      }
    }
    out += (<usize>size) << 2;
    low += 1;
    if (low == 0) high += 1;
  }
}
