/** Images of a data set by index: start, start + step, …, `count` of them. One image alone has step 1. */
export interface Selection {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Images [start, stop) by step, as in Python; `stop` null: up to the last one. */
export interface ImageRange {
  readonly start: number;
  readonly stop: number | null;
  readonly step: number;
}

/** Selects the images of the range in a data set of `count` images; null if there are none. */
export function selectionOf({ start, stop, step }: ImageRange, count: number): Selection | null {
  const end = Math.min(stop ?? count, count);
  if (start >= end) return null;
  const selected = Math.ceil((end - start) / step);
  return { start, step: selected === 1 ? 1 : step, count: selected };
}

/** Returns why a selection is impossible in a data set of at most `most` images, as the end of a sentence; null if it is possible. */
export function selectionFault({ start, step, count }: Selection, most: number): string | null {
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(step);
  if (!whole || start < 0 || step < 1 || start + (count - 1) * step >= most)
    return 'selects images that no data set has';
  return count === 1 && step !== 1 ? 'has a step between its images and only one image' : null;
}

/** Yields the indices of the selected images, ascending. */
export function* indicesOf({ start, step, count }: Selection): Generator<number> {
  for (let place = 0; place < count; place += 1) yield start + place * step;
}
