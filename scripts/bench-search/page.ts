/** What the measured pages have in common: they open their index, ask what the address says, and note when. */

/** Names of the ten best packages for a query. */
export type PageAsk = (query: string) => Promise<string[]>;

export interface PageMeasured {
  /** Milliseconds since the epoch: when the index was open, and when the first results were there. */
  readonly openAt: number;
  readonly answeredAt: number;
  /** From the beginning of navigation to the first results. */
  readonly firstResultMs: number;
}

/** What a page leaves for whoever drives the browser. */
export interface PageGlobal {
  measured?: PageMeasured;
  failed?: string;
  ask?: PageAsk;
}

declare const location: { readonly hash: string };

export async function runPage(open: () => Promise<PageAsk>): Promise<void> {
  const page = globalThis as PageGlobal;
  try {
    const ask = await open();
    const openAt = performance.now();
    await ask(decodeURIComponent(location.hash.slice(1)));
    const answeredAt = performance.now();
    page.ask = ask;
    page.measured = {
      openAt: performance.timeOrigin + openAt,
      answeredAt: performance.timeOrigin + answeredAt,
      firstResultMs: answeredAt,
    };
  } catch (error) {
    page.failed = String(error);
  }
}
