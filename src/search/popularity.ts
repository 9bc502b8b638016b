/**
 * Popularity as the index keeps it: the number of a step, ten to a decade, so that every machine
 * writes the same bytes and one more download changes none.
 */

/** The preferred numbers of the R10 series, as tenths: ten to a decade. */
const TENTHS = [10, 12, 16, 20, 25, 31, 40, 50, 63, 80];
const POPULARITY_MAX = 1e14;
/** Steps are numbers from 0 to this. */
export const STEP_MAX = 1 + 14 * TENTHS.length;

/** The highest step whose number is at most `count`: 0 below 1, then 1 for 1, 2 for 1.2, … 11 for 10. */
export function popularityStep(count: number): number {
  if (!(count >= 1)) return 0;
  const bounded = Math.min(count, POPULARITY_MAX);
  let decade = 0;
  while (10 ** (decade + 1) <= bounded) decade++;
  const within = TENTHS.findLastIndex((tenths) => tenths * 10 ** decade <= bounded * 10);
  return 1 + decade * TENTHS.length + within;
}

/** log10(1 + the number of a step). */
export function popularityWeight(step: number): number {
  if (step === 0) return 0;
  const decade = Math.floor((step - 1) / TENTHS.length);
  const tenths = TENTHS[(step - 1) % TENTHS.length] ?? 10;
  return Math.log10(1 + (tenths / 10) * 10 ** decade);
}

/** What each document's popularity weighs: `steps` say from which id on which step holds. */
export class PopularityWeights {
  readonly #from: readonly number[];
  readonly #weights: readonly number[];

  constructor(steps: readonly (readonly [id: number, step: number])[]) {
    this.#from = steps.map(([id]) => id);
    this.#weights = steps.map(([, step]) => popularityWeight(step));
  }

  of(id: number): number {
    let low = 0;
    let high = this.#from.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#from[middle] as number) <= id) low = middle + 1;
      else high = middle;
    }
    return this.#weights[low - 1] ?? 0;
  }
}
