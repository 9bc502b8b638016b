/**
 * Maps items by an asynchronous function, a bounded number at once, results in the order of the items:
 * several threads are kept busy, and memory holds no more than they work on. An item is asked for only
 * when its turn has come, and none once the work on one has failed.
 */
export async function mapInOrder<T, R>(
  items: Iterable<T>,
  atOnceMax: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const coming = items[Symbol.iterator]();
  let next = 0;
  let failed = false;
  const lane = async () => {
    for (let item = coming.next(); item.done !== true && !failed; item = coming.next()) {
      const at = next++;
      try {
        results[at] = await map(item.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnceMax }, lane));
  return results;
}
