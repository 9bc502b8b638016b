/** Questions asked faster than they are answered: only the answer to the last one counts. */
export type Answer<T> = { readonly stale: true } | { readonly stale: false; readonly value: T };

export class LatestAnswer {
  #asked = 0;

  /** The answer, or `stale` where something was asked (or dropped) in the meantime. A failure of a stale question is stale too. */
  async ask<T>(question: () => Promise<T>): Promise<Answer<T>> {
    const mine = ++this.#asked;
    try {
      const value = await question();
      return mine === this.#asked ? { stale: false, value } : { stale: true };
    } catch (error) {
      if (mine !== this.#asked) return { stale: true };
      throw error;
    }
  }

  /** Makes every open question stale. */
  drop(): void {
    this.#asked++;
  }
}
