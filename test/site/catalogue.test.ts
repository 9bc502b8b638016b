import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aCatalogue } from "./a-catalogue.ts";
import { violations } from "./axe.ts";
import { openCatalogue, type Visits } from "./visits.ts";

const PAGES = [
  "",
  "packages/owl-to-sql/",
  "packages/core-terms/",
  "publishers/alice/",
  "publishers/",
  "about/",
  "404.html",
];

let catalogue: Visits;
let base: string;

beforeAll(async () => {
  catalogue = await openCatalogue(aCatalogue());
  base = catalogue.base;
});

afterAll(async () => {
  await catalogue?.close();
});

const visit: Visits["visit"] = (...of) => catalogue.visit(...of);

const field = (page: Page) => page.getByRole("searchbox");
const results = (page: Page) => page.locator(".results .row-link");
const focused = (page: Page): Promise<string> => page.evaluate("document.activeElement?.textContent ?? ''");

describe("search", () => {
  it("finds a package as one types, and the address carries the query", async () => {
    const page = await visit("");
    await page.keyboard.press("/");
    await page.keyboard.type("owl sql");
    await results(page).first().waitFor();
    expect(await results(page).allTextContents()).toContain("owl-to-sql");
    expect(page.url()).toBe(`${base}?q=owl+sql`);
    expect(await page.getByRole("status").textContent()).toMatch(/^\d+ packages?$/);
    expect(await page.locator("#all").isVisible()).toBe(false);
  });

  it("starts from the address", async () => {
    const page = await visit("?q=core");
    await results(page).first().waitFor();
    expect(await results(page).first().textContent()).toBe("core-terms");
    expect(await field(page).inputValue()).toBe("core");
  });

  it("walks by keyboard: down, up, Enter opens", async () => {
    const page = await visit("?q=sample");
    await results(page).first().waitFor();
    await field(page).focus();
    const [first, second] = await results(page).allTextContents();
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe(first);
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe(second);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate("document.activeElement.name")).toBe("q");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}packages/${first}/`);
  });

  it("Enter in the field opens the first result of what stands there now", async () => {
    const page = await visit("");
    await field(page).fill("owl-to-sql");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}packages/owl-to-sql/`);
  });

  it("Escape clears, and the whole list stands again", async () => {
    const page = await visit("?q=sample");
    await results(page).first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    expect(await field(page).inputValue()).toBe("");
    expect(await results(page).count()).toBe(0);
    expect(await page.locator("#all").isVisible()).toBe(true);
    expect(page.url()).toBe(base);
  });

  it("says where nothing is found, showing the query as text", async () => {
    const page = await visit("");
    await field(page).fill("<img src=x> qqqq");
    await page.getByText("No package matches").waitFor();
    expect(await page.getByRole("status").textContent()).toBe("No package matches “<img src=x> qqqq”");
  });

  it("drops the answer to what was typed before", async () => {
    const held = Promise.withResolvers<void>();
    const page = await visit("", {}, (fresh) =>
      fresh.route("**/search/*", async (route) => {
        await held.promise;
        await route.continue();
      }),
    );
    await page.evaluate(RECORD_RESULTS);
    await field(page).fill("sample");
    await page.waitForTimeout(150);
    await field(page).fill("core");
    await page.waitForTimeout(150);
    held.resolve();
    await results(page).first().waitFor();
    expect(await page.evaluate("window.firstResults")).toEqual(["core-terms"]);
  });

  it("an index that cannot be read leaves the list, and is tried again", async () => {
    let broken = true;
    const page = await visit("", {}, (fresh) =>
      fresh.route("**/search/*.manifest", (route) =>
        broken ? route.fulfill({ status: 200, body: "damaged" }) : route.continue(),
      ),
    );
    await field(page).fill("owl");
    await page.getByText("cannot be read just now").waitFor();
    expect(await page.locator("#all").isVisible()).toBe(true);
    broken = false;
    await field(page).fill("owl ");
    await results(page).first().waitFor();
  });

  it("from another page leads home with the query", async () => {
    const page = await visit("about/");
    await page.keyboard.press("/");
    await page.keyboard.type("core");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}?q=core`);
    await results(page).first().waitFor();
  });
});

/** Keeps the names of the first row of each set of results that the page ever shows. */
const RECORD_RESULTS = `
  window.firstResults = [];
  new MutationObserver(() => {
    const first = document.querySelector(".results .row-link");
    if (first) window.firstResults.push(first.textContent);
  }).observe(document.querySelector(".results"), { childList: true });
`;

describe("the page of a package", () => {
  it("says what a person needs to know before installing", async () => {
    const page = await visit("packages/owl-to-sql/");
    const text = await page.locator("main").innerText();
    expect(text).toContain("ggen-marketplace install owl-to-sql");
    expect(text).toContain("sqlite3 build/check.db < generated/schema.sql && rm -f build/check.db");
    expect(text).toContain("Read this before you run it");
    expect(text).toContain("MIT OR Apache-2.0");
    expect(text).toMatch(/SHA256:[A-Za-z0-9+/]{43}/);
    expect(text).toContain("A page cannot prove that to you");
    expect(text).toContain("Foreign keys pointed at nothing");
    expect(await page.getByRole("link", { name: "owl-docs", exact: true }).getAttribute("href")).toBe(
      "/registry/packages/owl-docs/",
    );
    expect(await page.getByRole("link", { name: "core-terms", exact: true }).getAttribute("href")).toBe(
      "/registry/packages/core-terms/",
    );
  });

  it("shows the README without what a stranger hid in it", async () => {
    const page = await visit("packages/owl-to-sql/");
    expect(await page.title()).toBe("owl-to-sql · Example packages");
    const readme = page.locator(".readme");
    expect(await readme.innerText()).toContain("It was \\u{202e}dlo\\u{202c} once.");
    expect(await readme.locator("img, script").count()).toBe(0);
    await readme.getByRole("link", { name: "the template" }).click();
    expect(page.url()).toContain("#file-templates%2Fschema.sql.tmpl");
  });

  it("is calm about a package that does nothing", async () => {
    const page = await visit("packages/core-terms/");
    expect(await page.locator("#deeds").innerText()).toContain("Writes nothing");
    expect(await page.locator("#terms").innerText()).toContain("Whatever code is made <for>.");
  });

  it("names the replacement of a deprecated one", async () => {
    const page = await visit("packages/owl-docs/");
    const notice = page.locator(".notice", { hasText: "Deprecated" });
    expect(await notice.innerText()).toContain("It writes one flat list");
    expect(await notice.getByRole("link").getAttribute("href")).toBe("/registry/packages/owl-to-sql/");
  });

  it("a fallen release has no install command and says why", async () => {
    const page = await visit("packages/fallen/1.0.0/");
    const text = await page.locator("main").innerText();
    expect(text).toContain("This release has fallen");
    expect(text).not.toContain("ggen-marketplace install");
    expect(text).not.toContain("ggen-marketplace verify");
  });

  it("a yanked release says why, and is not offered", async () => {
    const page = await visit("packages/owl-to-sql/1.0.0/");
    const text = await page.locator("main").innerText();
    expect(text).toContain("This release was withdrawn");
    expect(text).toContain("Foreign keys pointed at nothing");
    expect(text).not.toContain("ggen-marketplace install");
  });

  it("a release that a revoked key signed and its publisher kept stands, and says so", async () => {
    const page = await visit("packages/kept/");
    expect(await page.locator("#signature").innerText()).toContain("vouched for this release by name");
  });

  it("copies the install command", async () => {
    const page = await visit("packages/owl-to-sql/");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy the install command" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
      `ggen-marketplace install owl-to-sql --registry ${base}`,
    );
  });
});

describe("every page", () => {
  it.each(["light", "dark"] as const)(
    "has no fault that axe finds, %s",
    async (theme) => {
      for (const path of [...PAGES, "?q=owl", "packages/fallen/1.0.0/", "packages/owl-docs/"]) {
        const page = await visit(path, { theme });
        if (path.includes("q=")) await results(page).first().waitFor();
        await page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })");
        expect(await violations(page), `${path} in ${theme}`).toEqual([]);
        await page.context().close();
      }
    },
    180_000,
  );

  it.each([390, 1280])("fits a screen of %i pixels", async (width) => {
    for (const path of [...PAGES, "?q=owl"]) {
      const page = await visit(path, { width });
      if (path.includes("q=")) await results(page).first().waitFor();
      await page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })");
      expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });

  it("remembers the theme a reader chose", async () => {
    const page = await visit("", { theme: "light" });
    const ground = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    const light = await ground();
    const button = page.locator("theme-switch button");
    await button.click();
    await button.click();
    expect(await ground()).not.toBe(light);
    await page.goto(`${base}about/`);
    expect(await ground()).not.toBe(light);
    expect(await button.innerText()).toContain("Dark");
  });

  it("begins with a link past the masthead", async () => {
    const page = await visit("about/");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Skip to the content");
  });
});

describe("without JavaScript", () => {
  it("the list of all packages is there, and what needs scripts is not", async () => {
    const page = await visit("", { javaScript: false });
    expect(await page.locator("#all .row-link").count()).toBe(30);
    expect(await page.locator("input[type=search]").isVisible()).toBe(false);
    await page.getByRole("link", { name: "owl-to-sql", exact: true }).click();
    await page.waitForURL(`${base}packages/owl-to-sql/`);
    expect(await page.locator("copy-button button").first().isVisible()).toBe(false);
  });
});

it("home weighs little: under 38 kB with the client that searches, besides the index", async () => {
  let bytes = 0;
  const page = await visit("", {}, async (fresh) => {
    fresh.on("response", async (response) => {
      if (/\/search\/[0-9a-f]{64}/.test(response.url())) return;
      bytes += gzipSync(await response.body()).length;
    });
  });
  await field(page).fill("owl");
  await results(page).first().waitFor();
  expect(bytes).toBeGreaterThan(5000);
  expect(bytes).toBeLessThan(38_000);
});

it("no page of these tests had an error in its console or asked another host", () => {
  expect(catalogue.faults).toEqual([]);
});
