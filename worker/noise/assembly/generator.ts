// The module that ../generator-module.ts loads. All memory above heapBase() is the loader's.
import { philox } from './philox';
import { addSteps, decide } from './steps';

export { philox, setKey } from './philox';
export { setLaw } from './steps';

/** Elements between the passes: their words stay in the first-level cache. A multiple of 64. */
const CHUNK: i32 = 2048;
const words: usize = memory.data(2048 * 2, 16);
const list: usize = memory.data((2048 + 7) * 4, 16);
const lastGroup: usize = memory.data(32 * 4, 16);

/** The first address that this module does not use itself, a multiple of 16. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15;
}

/**
 * Draws `count` rows of `size` elements at `out`, without gaps: row r is (points + K(image, low + 2^32·high + r))·gain +
 * shift. Elements are drawn in groups of 32, so `points`, `gain` and `shift` are read up to a multiple of 32 elements; of the
 * last group of a row only what belongs to the row is written. `high` holds the tag of the noise, too.
 */
export function draw(
  points: usize,
  gain: usize,
  shift: usize,
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
      const whole = length >> 5;
      const rest = length & 31;
      const at = (<usize>begin) << 2;
      philox(begin >> 3, low, image, high, (length + 63) >> 6, words);
      let end = addSteps(words, whole, points + at, gain + at, shift + at, out + at, begin, list);
      if (rest > 0) {
        const inWords = (<usize>whole) << 6;
        const last = at + (inWords << 1);
        const first = begin + (whole << 5);
        end = addSteps(words + inWords, 1, points + last, gain + last, shift + last, lastGroup, first, end);
        memory.copy(out + last, lastGroup, (<usize>rest) << 2);
        // The list ascends, so that elements behind the row stand at its end.
        while (end > list && load<i32>(end - 4) >= size) end -= 4;
      }
      decide(list, end, words, begin, points, gain, shift, out, image, low, high);
    }
    out += (<usize>size) << 2;
    low += 1;
    if (low == 0) high += 1;
  }
}
