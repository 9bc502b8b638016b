/** How good an order of results is, and how a list of measurements is told in two numbers. */

/** Results that are looked at. */
export const DEPTH = 10;

/** 1 / rank of `target` among the first ten of `names`; 0 where it is not there. */
export function reciprocalRank(names: readonly string[], target: string): number {
  const at = names.slice(0, DEPTH).indexOf(target);
  return at < 0 ? 0 : 1 / (at + 1);
}

/**
 * Normalised discounted cumulative gain of the first ten of `names` (Järvelin and Kekäläinen, 2002):
 * `gains` has every document that answers the query. 0 where no document has a gain.
 */
export function ndcg(names: readonly string[], gains: ReadonlyMap<string, number>): number {
  const ideal = discounted([...gains.values()].sort((a, b) => b - a));
  return ideal === 0 ? 0 : discounted([...new Set(names)].map((name) => gains.get(name) ?? 0)) / ideal;
}

function discounted(gains: readonly number[]): number {
  return gains.slice(0, DEPTH).reduce((sum, gain, at) => sum + gain / Math.log2(at + 2), 0);
}

/** 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value that `share` of `values` do not exceed (nearest rank); 0 of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
