/** Names that the holders of the root have not ratified are marked, on pages that were made before the tree was signed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSite } from "../../scripts/site.ts";
import { aSignedSite, type SignedSite } from "./a-signed-site.ts";
import { openSite, type Visits } from "./visits.ts";

let site: SignedSite;
let catalogue: Visits;

beforeAll(async () => {
  site = await aSignedSite();
  catalogue = await openSite(site);
});

afterAll(async () => {
  await catalogue?.close();
});

const marks = (page: Page, rows: string) =>
  page.locator(`${rows} .row`, { hasText: "not ratified" }).locator(".row-link").allInnerTexts();

describe("a name that is not ratified", () => {
  it("is marked on its pages, with what that means", async () => {
    for (const path of ["packages/owl-docs/", "packages/owl-docs/0.9.0/"]) {
      const page = await catalogue.visit(path);
      expect(await page.locator(".package-version").innerText()).toContain("not ratified");
      expect(await page.locator(".package-head").innerText()).toContain(
        "have not confirmed yet whose this name is",
      );
    }
    const other = await catalogue.visit("packages/owl-to-sql/");
    expect(await other.locator("main").innerText()).not.toMatch(/not ratified/i);
  });

  it("is marked in the lists and in what a search finds, and no other is", async () => {
    const page = await catalogue.visit("?q=owl");
    await page.locator(".results .row-link").first().waitFor();
    expect(await page.locator(".results .row-link").count()).toBeGreaterThan(1);
    expect(await marks(page, ".results")).toEqual(["owl-docs"]);
    expect(await marks(await catalogue.visit(""), "#all")).toEqual(["owl-docs"]);
    expect(await marks(await catalogue.visit("publishers/bob/"), ".all")).toEqual(["owl-docs"]);
  });

  it("without what says which are marked, no row is shown unmarked", async () => {
    const page = await catalogue.visit("?q=owl", {}, (fresh) =>
      fresh.route("**/list/not-ratified.json", (route) => route.fulfill({ status: 503 })),
    );
    await page.getByText("cannot be read just now").waitFor();
    expect(await page.locator(".results .row").count()).toBe(0);
  });
});

it("the tree has a copy of what was ratified before it is signed, the one that the holders signed", () => {
  const copy = readFileSync(join(site.tree, "trust/ratified.json"));
  expect(new Uint8Array(copy)).toEqual(new Uint8Array(site.signed.ceremony.ratified));
});

it("pages say the same where they are made after the tree was signed", async () => {
  const read = () =>
    ["index.html", "packages/owl-docs/index.html", "list/not-ratified.json"].map((file) =>
      readFileSync(join(site.tree, file), "utf8"),
    );
  const before = read();
  await buildSite({ tree: site.tree, base: `/${site.path}/` });
  expect(read()).toEqual(before);
});
