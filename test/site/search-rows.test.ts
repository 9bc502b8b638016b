/** What a first search costs, and how later rows come, in a real browser. */
import { createHash } from "node:crypto";
import { deflateRawSync, gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aDocument, build, SHARDED } from "../search/support.ts";
import { aCatalogue } from "./a-catalogue.ts";
import { openCatalogue, type Visits } from "./visits.ts";

/** Of the packages whose names begin with `sample`. */
const SAMPLES = 25;
/** A screen that the first rows more than fill. */
const SMALL = { width: 390, height: 400 };

let catalogue: Visits;

beforeAll(async () => {
  catalogue = await openCatalogue(aCatalogue());
});

afterAll(async () => {
  await catalogue?.close();
});

const visit: Visits["visit"] = (...of) => catalogue.visit(...of);
const field = (page: Page) => page.getByRole("searchbox");
const results = (page: Page) => page.locator(".results .row-link");
const more = (page: Page) => page.getByRole("button", { name: "Show more" });
const focused = (page: Page): Promise<string> => page.evaluate("document.activeElement?.textContent ?? ''");
const focusedName = (page: Page): Promise<string> => page.evaluate("document.activeElement?.name ?? ''");

/** Notes the paths of what the page asks for. */
function asking(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  return asked;
}

const SCRIPT = /\.js$/;
const MANIFEST = /\/search\/[0-9a-f]{64}\.manifest$/;
const INDEX = /\/search\/[0-9a-f]{64}\.index$/;

describe("a first search", () => {
  it("asks for one script, the manifest and, in a small registry, one file of the index", async () => {
    const page = await visit("");
    await page.waitForLoadState("networkidle");
    const asked = asking(page);
    await field(page).fill("owl");
    await results(page).first().waitFor();
    const kinds = [SCRIPT, MANIFEST, INDEX];
    expect(kinds.map((kind) => asked.filter((path) => kind.test(path)).length)).toEqual([1, 1, 1]);
    expect(asked).toHaveLength(3);
  });

  it("waits for no script before it asks for the manifest, and for no manifest before the script", async () => {
    for (const [held, free] of [
      [SCRIPT, MANIFEST],
      [MANIFEST, SCRIPT],
    ] as const) {
      const page = await visit("");
      await page.waitForLoadState("networkidle");
      const released = Promise.withResolvers<void>();
      await page.route(held, async (route) => {
        await released.promise;
        await route.continue();
      });
      const asked = asking(page);
      await field(page).focus();
      await expect.poll(() => asked.some((path) => free.test(path))).toBe(true);
      released.resolve();
      await field(page).fill("owl");
      await results(page).first().waitFor();
    }
  });

  it("takes under 22 kB of script, all that the page has with it", async () => {
    const bodies: Promise<Buffer>[] = [];
    const page = await visit("?q=owl", {}, async (fresh) => {
      fresh.on("response", (response) => {
        if (SCRIPT.test(response.url())) bodies.push(response.body());
      });
    });
    await results(page).first().waitFor();
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bytes).toBeGreaterThan(5000);
    expect(bytes).toBeLessThan(22_000);
  });

  it("hashes in JavaScript on a page of plain http, which has no hash of the browser's", async () => {
    const asked: string[] = [];
    const page = await visit("?q=owl", {}, async (fresh) => {
      fresh.on("request", (request) => asked.push(request.url()));
      await fresh.addInitScript('Object.defineProperty(crypto, "subtle", { value: undefined })');
    });
    await results(page).first().waitFor();
    expect(asked.filter((url) => /\/digest\.[^/]*\.js$/.test(url))).toHaveLength(1);
  });
});

describe("a line that brings nothing", () => {
  it.each([
    ["the manifest", MANIFEST],
    ["a file of the index", INDEX],
  ])(
    "of %s: the page says that it waits, then that it cannot read, and asks again at the next letter",
    async (_what, path) => {
      const page = await visit("", {}, async (fresh) => {
        await fresh.clock.install();
        await fresh.route(path, () => undefined, { times: 1 });
      });
      const status = () => page.getByRole("status").textContent();
      await field(page).fill("owl");
      await page.clock.runFor(1000);
      await expect.poll(status).toBe("Searching …");
      // The answer to a file that is not there yet would come first.
      await page.waitForTimeout(200);
      await page.clock.runFor(10_000);
      await expect.poll(status).toMatch(/cannot be read just now/);
      await field(page).fill("owl-to");
      await page.clock.runFor(100);
      await results(page).first().waitFor();
    },
  );
});

describe("a query that is too long", () => {
  it("is left as it stands, and the page says that its end was not read", async () => {
    const query = `owl ${"about things ".repeat(30)}kind:ontology`;
    const page = await visit(`?q=${encodeURIComponent(query)}`);
    await expect
      .poll(() => page.getByRole("status").textContent())
      .toMatch(/Only the beginning of it was read/);
    expect(new URL(page.url()).searchParams.get("q")).toBe(query);
    expect(await field(page).inputValue()).toBe(query);
  });
});

/** Keeps the classes of what the browser saw change its place. */
const RECORD_SHIFTS = `
  window.shifted = [];
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries())
      for (const { node } of sources) window.shifted.push(node?.className ?? "");
  }).observe({ type: "layout-shift", buffered: true });
`;

describe("later rows", () => {
  it("come as the reader scrolls to them, once each, and leave the focus and the total alone", async () => {
    const page = await visit("", SMALL);
    await field(page).fill("sample");
    await results(page).first().waitFor();
    expect(await results(page).count()).toBe(6);
    const asked = asking(page);
    for (const rows of [18, SAMPLES]) {
      await more(page).scrollIntoViewIfNeeded();
      await expect.poll(() => results(page).count()).toBe(rows);
      expect(await page.getByRole("status").textContent()).toBe(`${SAMPLES} packages`);
      expect(await focusedName(page)).toBe("q");
    }
    expect(new Set(await results(page).allTextContents()).size).toBe(SAMPLES);
    expect(await more(page).isVisible()).toBe(false);
    expect(asked).toEqual([]);
  });

  it("come without a scroll where the screen has room for them", async () => {
    const page = await visit("?q=sample", { width: 1280, height: 2000 });
    await expect.poll(() => results(page).count()).toBe(SAMPLES);
  });

  it.each([390, 1280])("move nothing that is seen, on a screen of %i pixels", async (width) => {
    const page = await visit("?q=sample", { width }, (fresh) => fresh.addInitScript(RECORD_SHIFTS));
    await expect.poll(() => results(page).count()).toBeGreaterThan(6);
    await page.waitForTimeout(100);
    expect(
      await page.evaluate("window.shifted.filter((name) => /row|results|more|foot/.test(name))"),
    ).toEqual([]);
  });

  it("come to who walks down by keyboard, to the last", async () => {
    const page = await visit("?q=sample", SMALL);
    await results(page).first().waitFor();
    await field(page).focus();
    for (let row = 0; row < SAMPLES; row++) {
      await page.keyboard.press("ArrowDown");
      await expect
        .poll(async () => (await results(page).allTextContents()).indexOf(await focused(page)))
        .toBe(row);
    }
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe(await results(page).last().textContent());
  });

  it("come by the button where a browser sees no scrolling, which leads to the first of them", async () => {
    const page = await visit("?q=sample", SMALL, (fresh) =>
      fresh.addInitScript("delete window.IntersectionObserver"),
    );
    await results(page).first().waitFor();
    for (const [before, after] of [
      [6, 18],
      [18, SAMPLES],
    ] as const) {
      await more(page).focus();
      await page.keyboard.press("Enter");
      await expect.poll(() => results(page).count()).toBe(after);
      expect(await focused(page)).toBe(await results(page).nth(before).textContent());
    }
    expect(await more(page).isVisible()).toBe(false);
  });

  it("of a query that is not asked any more do not come", async () => {
    const page = await visit("?q=sample", SMALL);
    await results(page).first().waitFor();
    await field(page).fill("core");
    await page.evaluate("document.querySelector('.more').click()");
    await expect.poll(() => results(page).first().textContent()).toBe("core-terms");
    expect((await results(page).allTextContents()).filter((name) => name.startsWith("sample"))).toEqual([]);
  });
});

/** Gives a page the index of a large registry, at the size of a test: rows are in files of their own, three in each. */
async function withLargeIndex(page: Page): Promise<void> {
  const samples = Array.from({ length: SAMPLES }, (_, n) =>
    aDocument(`sample-${String(n).padStart(2, "0")}`),
  );
  const { manifest, files } = await build([...samples, aDocument("core-terms")], SHARDED);
  const packed = deflateRawSync(manifest);
  const digest = createHash("sha256").update(packed).digest("hex");
  const published = new Map<string, Uint8Array>([
    [`${digest}.manifest`, packed],
    ...[...files].map(([sha256, bytes]) => [`${sha256}.index`, bytes] as const),
  ]);
  await page.route("**/search/*", (route) => {
    const bytes = published.get(route.request().url().split("/").at(-1) ?? "");
    return route.fulfill(bytes === undefined ? { status: 404 } : { body: Buffer.from(bytes) });
  });
  await page.route(/\/registry\/(\?.*)?$/, async (route) => {
    const response = await route.fetch();
    const body = (await response.text())
      .replace(/data-manifest="[^"]*"/, `data-manifest="${digest}"`)
      .replace(/data-manifest-length="[^"]*"/, `data-manifest-length="${packed.length}"`);
    await route.fulfill({ response, body });
  });
}

describe("in a large registry", () => {
  it("the files of later rows are asked for when those are near, and none twice", async () => {
    const asked: string[] = [];
    const page = await visit("?q=sample", SMALL, async (fresh) => {
      await withLargeIndex(fresh);
      fresh.on("request", (request) => INDEX.test(request.url()) && asked.push(request.url()));
    });
    await results(page).first().waitFor();
    await page.waitForTimeout(100);
    const first = asked.length;
    expect(await results(page).count()).toBe(6);
    await more(page).scrollIntoViewIfNeeded();
    await expect.poll(() => results(page).count()).toBe(18);
    // Rows 6 to 17 are in four files, or five where they begin in the midst of one; a page lists some of them.
    expect(asked.length - first).toBeGreaterThanOrEqual(4);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it("later rows that cannot be read leave those that stand, and the button asks again", async () => {
    const page = await visit("?q=sample", SMALL, withLargeIndex);
    await results(page).first().waitFor();
    const damaged = "**/search/*.index";
    await page.route(damaged, (route) => route.fulfill({ body: "damaged" }));
    await more(page).scrollIntoViewIfNeeded();
    await page.getByText("The next results cannot be read just now").waitFor();
    expect(await results(page).count()).toBe(6);
    await page.unroute(damaged);
    await more(page).click();
    await expect.poll(() => results(page).count()).toBe(18);
    expect(await focused(page)).toBe("sample-06");
    expect(await page.getByRole("status").textContent()).toBe(`${SAMPLES} packages`);
  });

  it("later rows that another query has overtaken are dropped, and its own come", async () => {
    const page = await visit("?q=sample", SMALL, withLargeIndex);
    await results(page).first().waitFor();
    const released = Promise.withResolvers<void>();
    let isHeld = false;
    await page.route("**/search/*.index", async (route) => {
      if (!isHeld) {
        isHeld = true;
        await released.promise;
      }
      await route.fallback();
    });
    await more(page).scrollIntoViewIfNeeded();
    await expect.poll(() => isHeld).toBe(true);
    await field(page).fill("kind:pack");
    await expect.poll(() => page.getByRole("status").textContent()).toBe(`${SAMPLES + 1} packages`);
    released.resolve();
    await expect.poll(() => results(page).count()).toBeGreaterThanOrEqual(6);
    await more(page).scrollIntoViewIfNeeded();
    await expect.poll(() => results(page).count()).toBeGreaterThanOrEqual(18);
    const names = await results(page).allTextContents();
    expect(names[0]).toBe("core-terms");
    expect(new Set(names).size).toBe(names.length);
  });
});

it("no page of these tests had an error in its console or asked another host", () => {
  expect(catalogue.faults).toEqual([]);
});
