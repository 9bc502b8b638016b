/** Our index and Pagefind's in a real browser, as a visitor meets them: nothing kept, a slow line. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { launchBrowser, type TestBrowser } from "../../test/support/browser.ts";
import { pageFlexSearchPlugin } from "../page-flexsearch.ts";
import { type LineSpeed, openLine } from "./line.ts";
import type { PageGlobal } from "./page.ts";

export interface Visit {
  /** Until the index was open: script, manifest, whatever an engine needs before a query. */
  readonly start: Traffic;
  /** For the query alone. */
  readonly query: Traffic;
  /** From the query to its results. */
  readonly queryMs: number;
  /** From the beginning of navigation to the results. */
  readonly firstResultMs: number;
}

export interface Traffic {
  readonly bytes: number;
  readonly requests: number;
}

export interface WarmPage {
  readonly answers: readonly (readonly string[])[];
  /** Of each query when it is asked again in the same page. */
  readonly warmMs: readonly number[];
}

const VISIT_MS_MAX = 120_000;
const SCRIPT = "page.js";

/** Puts the page of an engine beside its index. */
export async function writePage(folder: string, engine: "ours" | "pagefind"): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, `${engine}-page.ts`)],
    outfile: join(folder, SCRIPT),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    legalComments: "none",
    plugins: [pageFlexSearchPlugin],
  });
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${SCRIPT}"></script>`,
  );
}

/** Asks each query in a profile of its own. The page itself, a line of HTML, is not counted. */
export async function visit(
  folder: string,
  queries: readonly string[],
  speed: LineSpeed,
): Promise<readonly Visit[]> {
  return withBrowser(async (browser) => {
    const line = await openLine(folder, speed);
    const visits: Visit[] = [];
    try {
      for (const query of queries) {
        line.transfers();
        const { openAt, answeredAt, firstResultMs } = await openPage(browser, line.url, query, (page) =>
          page.evaluate(() => (globalThis as PageGlobal).measured),
        );
        const sent = line.transfers().filter(({ path }) => path !== "/");
        visits.push({
          start: traffic(sent.filter(({ at }) => at < openAt)),
          query: traffic(sent.filter(({ at }) => at >= openAt)),
          queryMs: answeredAt - openAt,
          firstResultMs,
        });
      }
    } finally {
      line.close();
    }
    return visits;
  });
}

/** Asks all queries in one page, and then again. */
export async function stay(folder: string, queries: readonly string[]): Promise<WarmPage> {
  return withBrowser(async (browser) => {
    const line = await openLine(folder, { roundTripMs: 0, kilobits: 0 });
    try {
      return await openPage(browser, line.url, "", (page) =>
        page.evaluate(async (texts) => {
          const { ask } = globalThis as PageGlobal;
          const answers: string[][] = [];
          for (const text of texts) answers.push((await ask?.(text)) ?? []);
          const warmMs: number[] = [];
          for (const text of texts) {
            const asked = performance.now();
            await ask?.(text);
            warmMs.push(performance.now() - asked);
          }
          return { answers, warmMs };
        }, queries),
      );
    } finally {
      line.close();
    }
  });
}

async function withBrowser<T>(use: (browser: TestBrowser) => Promise<T>): Promise<T> {
  const browser = await launchBrowser();
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

type Page = Awaited<ReturnType<Awaited<ReturnType<TestBrowser["open"]>>["newPage"]>>;

/** Opens the page for `query` in a fresh profile, waits for its results and takes what `use` finds there. */
async function openPage<T>(
  browser: TestBrowser,
  url: string,
  query: string,
  use: (page: Page) => Promise<T | undefined>,
): Promise<T> {
  const context = await browser.open();
  try {
    const page = await context.newPage();
    await page.goto(`${url}#${encodeURIComponent(query)}`);
    await page.waitForFunction(
      () => {
        const { measured, failed } = globalThis as PageGlobal;
        return measured !== undefined || failed !== undefined;
      },
      undefined,
      { timeout: VISIT_MS_MAX },
    );
    const failed = await page.evaluate(() => (globalThis as PageGlobal).failed);
    const found = failed === undefined ? await use(page) : undefined;
    if (found === undefined) throw new Error(failed ?? "the page has nothing to tell");
    return found;
  } finally {
    await context.close();
  }
}

function traffic(sent: readonly { readonly bytes: number }[]): Traffic {
  return { bytes: sent.reduce((sum, { bytes }) => sum + bytes, 0), requests: sent.length };
}
