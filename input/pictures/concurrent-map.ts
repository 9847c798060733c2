/**
 * Yields the results of `work` in the order of `items`, with at most `atOnce` of them under way. It throws the first error in that
 * order, whichever came first in time.
 */
export async function* concurrentMap<T, R>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for (const item of items) {
    const result = work(item);
    result.catch(() => undefined);
    underWay.push(result);
    if (underWay.length >= atOnce) yield await underWay.shift()!;
  }
  for (const result of underWay) yield await result;
}
