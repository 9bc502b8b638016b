/**
 * The page that searches Pagefind's index: the query, and without separators where that finds nothing.
 * The ten best are loaded to be shown, and those are put in order with the prior.
 */
import { joined, prior } from "./fairness.ts";
import { runPage } from "./page.ts";

interface Pagefind {
  options(options: object): Promise<void>;
  init(): Promise<void>;
  search(query: string): Promise<{ results: Result[] }>;
}

interface Result {
  readonly score: number;
  data(): Promise<{ meta: Record<string, string> }>;
}

const SHOWN = 10;
const META_WEIGHTS = { title: 4, joined: 6, version: 0, downloads: 0 };

void runPage(async () => {
  const pagefind = (await import(new URL("pagefind/pagefind.js", import.meta.url).href)) as Pagefind;
  await pagefind.options({ ranking: { metaWeights: META_WEIGHTS } });
  await pagefind.init();
  return async (query) => {
    let { results } = await pagefind.search(query);
    if (results.length === 0) ({ results } = await pagefind.search(joined(query)));
    const best = results.slice(0, SHOWN);
    const shown = await Promise.all(
      best.map(async ({ score, data }) => {
        const { meta } = await data();
        const name = meta.title ?? "";
        return {
          name,
          score: name === query ? Infinity : score * prior(Number(meta.downloads)),
        };
      }),
    );
    return shown.sort((a, b) => b.score - a.score).map(({ name }) => name);
  };
});
