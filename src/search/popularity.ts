/**
 * Popularity as the index keeps it: steps of a tenth of a decade, in integers, so that every machine
 * writes the same bytes and one more download changes none.
 */

/** The preferred numbers of the R10 series: ten to a decade. */
const STEPS = [10, 12, 16, 20, 25, 31, 40, 50, 63, 80];
/** Ten times this is still a safe integer. */
const POPULARITY_MAX = 1e14;

/** The highest step that is at most `count`: 0, 1, 1.2 … are written as tenths: 0, 10, 12, 16, 20 … */
export function popularityStep(count: number): number {
  if (!(count >= 1)) return 0;
  const bounded = Math.min(count, POPULARITY_MAX);
  let decade = 1;
  while (decade * 10 <= bounded) decade *= 10;
  let step = decade * 10;
  for (const candidate of STEPS) if (candidate * decade <= bounded * 10) step = candidate * decade;
  return step;
}

/** log10(1 + count) of a step. */
export function popularityWeight(step: number): number {
  return Math.log10(1 + step / 10);
}
