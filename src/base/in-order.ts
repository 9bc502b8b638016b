/**
 * Maps items by an asynchronous function, a bounded number at once, results in the order of the items:
 * several threads are kept busy, and memory holds no more than they work on.
 */
export async function mapInOrder<T, R>(
  items: readonly T[],
  atOnceMax: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await map(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, lane));
  return results;
}
