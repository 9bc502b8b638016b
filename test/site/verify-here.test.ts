/** A release verified in the reader's own browser, and everything that must not pass for it. */
import { gzipSync } from "node:zlib";
import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { HOLDER_KEYS } from "../support/a-signed-registry.ts";
import type { BrowserOptions } from "../support/browser.ts";
import { bob } from "../support/fixture-keys.ts";
import { tufRootOf } from "../support/signed-tree.ts";
import { aSignedSite, type Files, type SignedSite } from "./a-signed-site.ts";
import { violations } from "./axe.ts";
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

const OWL = "packages/owl-to-sql/";
const button = (page: Page) => page.locator("verify-release button");
const outcome = (page: Page) => page.locator(".verify-outcome .notice");
const title = (page: Page) => page.locator(".verify-outcome .notice-title");
const rootSha256 = () => nativeSha256(site.signed.root);

/** Opens the page, `before` it is loaded the routes, and clicks. */
async function verify(
  path: string,
  before?: (page: Page) => Promise<unknown>,
  options: BrowserOptions & { root?: string } = {},
): Promise<Page> {
  const { root, ...others } = options;
  const page = await catalogue.visit(path, others, before);
  if (root !== undefined) await page.getByLabel("The root you trust").fill(root);
  await button(page).click();
  await outcome(page).waitFor();
  return page;
}

/** Serves `files` in the place of the metadata and index of the tree. */
function serving(files: Files) {
  return (page: Page) =>
    page.route(/\/registry\/(trust|index)\//, (route: Route) => {
      const bytes = files.get(new URL(route.request().url()).pathname.replace("/registry/", ""));
      return route.fulfill(bytes === undefined ? { status: 404 } : { body: Buffer.from(bytes) });
    });
}

/** Another byte in the middle of what is answered. */
function flipping(path: RegExp) {
  return (page: Page) =>
    page.route(path, async (route: Route) => {
      const response = await route.fetch();
      const body = await response.body();
      const at = body.length >> 1;
      body[at] = (body[at] ?? 0) ^ 1;
      await route.fulfill({ response, body });
    });
}

async function expectRefused(page: Page, why: RegExp): Promise<void> {
  const text = await outcome(page).innerText();
  expect(await title(page).innerText()).toBe("Not verified");
  expect(text).toMatch(why);
  expect(text).toMatch(/What to do: ./);
  expect(text.replace("Not verified", "")).not.toMatch(/^verified/im);
  expect(await page.locator(".verify-report").innerText()).toBe("");
}

describe("a good release", () => {
  it("verifies below a path, over http on this machine, link by link from the root", async () => {
    const page = await verify(OWL);
    expect(await title(page).innerText()).toBe("Verified");
    expect(await page.locator(".verify-digest").textContent()).toBe(rootSha256());
    expect(await page.locator(".chain b").allInnerTexts()).toEqual(
      "Root Targets Timestamp Snapshot Index Index·root Record Claim Owner Key Signature Files"
        .split(" ")
        .map((word) => word.replace("·", " ")),
    );
    const chain = await page.locator(".chain").innerText();
    expect(chain).toContain("version 1, signed by 2 of 3 keys (2 must)");
    for (const holder of HOLDER_KEYS.slice(0, 2)) expect(chain).toContain(holder.publicKey.id);
    expect(chain).toContain(
      "alice claimed the name by this statement, with this key: ratified by the holders of the root",
    );
    expect(chain).toContain("5 files, each with the sha256 that was signed");
    const report = await page.locator(".verify-report").innerText();
    expect(report).toContain("Compare it with one that you got from somewhere else");
    expect(report).toContain("one host, which could show you anything");
    await page.getByRole("link", { name: "the command line", exact: true }).click();
    expect(page.url()).toContain("#by-hand");
  });

  it("verifies from the root that the reader gave, however it was pasted", async () => {
    const page = await verify(OWL, undefined, { root: ` ${rootSha256().toUpperCase()}\n` });
    expect(await title(page).innerText()).toBe("Verified");
    expect(await page.locator(".verify-root-title").innerText()).toBe("It began from the root that you gave");
  });

  it("verifies where a page of plain http has no cryptography of the browser's", async () => {
    const page = await verify(OWL, (fresh) =>
      fresh.addInitScript('Object.defineProperty(crypto, "subtle", { value: undefined })'),
    );
    expect(await title(page).innerText()).toBe("Verified");
  });

  it.each([
    ["packages/owl-to-sql/1.0.0/", "Yanked: Foreign keys pointed at nothing"],
    ["packages/owl-docs/", "Deprecated: It writes one flat list"],
    ["packages/owl-docs/", "have not ratified this name yet"],
    ["packages/kept/", "The key was revoked, and carol vouched for this release by name"],
  ])("%s is verified with a note: %s", async (path, note) => {
    const page = await verify(path);
    expect(await title(page).innerText()).toMatch(/^Verified, with \d notes?$/);
    expect(await outcome(page).innerText()).toContain(note);
  });

  it("the links that rest on an online key alone are of another colour", async () => {
    const page = await verify("packages/owl-docs/");
    expect(await page.locator(".chain .weak b").allInnerTexts()).toEqual(["Claim"]);
  });

  it("of a development root is verified with a note", async () => {
    const page = await verify(OWL, serving(site.development()));
    expect(await title(page).innerText()).toBe("Verified, with 1 note");
    expect(await outcome(page).innerText()).toContain("it vouches for nothing to anybody else");
  });

  it("of an old view is verified with a note that says how old", async () => {
    const page = await verify(OWL, serving(site.signedBefore(20)));
    expect(await title(page).innerText()).toBe("Verified, with 1 note");
    expect(await outcome(page).innerText()).toContain("its signatures ran out 13 days ago");
  });
});

describe("what does not verify", () => {
  it.each([
    ["the archive", /\/archives\//, /is not what the index commits to/],
    ["a record", /\.records$/, /is not what the index commits to/],
    ["the index root", /\.root\.json$/, /./],
    ["the timestamp", /timestamp\.json$/, /timestamp\.json/],
    ["the snapshot", /\d\.snapshot\.json$/, /snapshot\.json/],
    ["targets", /\d\.targets\.json$/, /targets\.json/],
    ["what was ratified", /[0-9a-f]{64}\.ratified\.json$/, /is not what the index commits to/],
  ])("another byte in %s", async (_what, path, why) => {
    await expectRefused(await verify(OWL, flipping(path)), why);
  });

  it.each([
    ["archive", /\/archives\//],
    ["timestamp", /timestamp\.json$/],
    ["index", /\d\.index\.json$/],
    ["records", /\.records$/],
  ])("a missing file: %s", async (_what, path) => {
    const page = await verify(OWL, (fresh) => fresh.route(path, (route) => route.fulfill({ status: 404 })));
    await expectRefused(page, /has no|Cannot read/);
  });

  it("a statement of another publisher, in a view that the online key signed", async () => {
    const page = await verify(OWL, serving(await site.withOtherClaim("owl-to-sql")));
    await expectRefused(page, /owl-to-sql@1\.1\.0 does not verify/);
  });

  it("a view that ran out too long ago", async () => {
    await expectRefused(await verify(OWL, serving(site.signedBefore(60))), /ran out on/);
  });

  it("another registry's root, where the reader gave the right one", async () => {
    const other = tufRootOf(bob);
    const forged = new Map(site.development());
    forged.set("trust/1.root.json", other);
    forged.set(`trust/roots/${rootSha256()}.json`, other);
    const page = await verify(OWL, serving(forged), { root: rootSha256() });
    await expectRefused(page, /Nothing here comes from the root that you trust/);
  });

  it("a root that this host has not", async () => {
    const page = await verify(OWL, undefined, { root: "0".repeat(64) });
    await expectRefused(page, /there is no root with the sha256 0000/);
  });

  it.each([
    ["key", "SHA256:gksZ9Q/TQyr5nbVdLkzC62kOFsbOnPHoDFtjYAxZuxc"],
    ["publisher", "bob"],
    ["release", "f".repeat(64)],
  ])("a page that shows another %s than was proven", async (what, shown) => {
    const page = await verify(OWL, (fresh) =>
      fresh.route(/\/owl-to-sql\/$/, async (route) => {
        const response = await route.fetch();
        const html = await response.text();
        const said = new RegExp(`(data-said="${what}"[^>]*>)[^<]*`);
        await route.fulfill({ response, body: html.replace(said, `$1${shown}`) });
      }),
    );
    await expectRefused(
      page,
      new RegExp(`The page shows the ${what} ${shown}, and the one that was proven is`),
    );
  });

  it("a page that shows another version of the package", async () => {
    const page = await catalogue.visit(OWL);
    await page.evaluate("document.querySelector('[data-said=version]').textContent = '9.9.9'");
    await button(page).click();
    await expectRefused(page, /has no release 9\.9\.9/);
  });

  it("a tree that nobody signed: not signed, and what remains", async () => {
    const page = await verify(OWL, serving(new Map()));
    expect(await title(page).innerText()).toBe("Not signed");
    expect(await outcome(page).innerText()).toMatch(/What to do: ./);
    expect(await outcome(page).innerText()).not.toMatch(/verified/i);
  });

  it("with the network gone: it says so, and the next click tries again", async () => {
    const page = await verify(OWL, (fresh) => fresh.route(/\/trust\//, (route) => route.abort()));
    await expectRefused(page, /no answer/);
    await page.unroute(/\/trust\//);
    await button(page).click();
    await page.locator(".chain").waitFor();
    expect(await title(page).innerText()).toBe("Verified");
  });

  it("without what verifies: it says so, and a page that is loaded anew verifies", async () => {
    const path = /\/verify-page\.[^/]*\.js$/;
    const page = await catalogue.visit(OWL, {}, (fresh) => fresh.route(path, (route) => route.abort()));
    await button(page).click();
    await page.getByText("Not verified: what verifies cannot be read.").waitFor();
    await page.unroute(path);
    await page.reload();
    await button(page).click();
    await page.locator(".chain").waitFor();
  });

  it("a root that is no sha256 is not asked for", async () => {
    const page = await catalogue.visit(OWL);
    await page.getByLabel("The root you trust").fill("a root");
    await button(page).click();
    expect(await page.locator("#verify-root:invalid").count()).toBe(1);
    expect(await page.locator(".verify-outcome").innerText()).toBe("");
  });
});

describe("for every reader", () => {
  it.each(["light", "dark"] as const)("has no fault that axe finds, %s", async (theme) => {
    for (const before of [undefined, flipping(/\/archives\//), serving(site.development())]) {
      const page = await verify(OWL, before, { theme });
      expect(await violations(page)).toEqual([]);
    }
  });

  it.each([390, 1280])("fits a screen of %i pixels, and moves nothing above it", async (width) => {
    const page = await catalogue.visit(OWL, { width });
    const place = () =>
      page.evaluate("document.querySelector('verify-release button').getBoundingClientRect().top + scrollY");
    const before = await place();
    await button(page).click();
    await page.locator(".chain").waitFor();
    expect(await place()).toBe(before);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });

  it("works by keyboard, keeps the focus, and tells a screen reader", async () => {
    const page = await catalogue.visit(OWL);
    await page.getByLabel("The root you trust").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Verified", { exact: true }).waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Verify again");
  });

  it("is not offered without scripts; the commands by hand are there", async () => {
    const page = await catalogue.visit(OWL, { javaScript: false });
    expect(await page.locator("verify-release").isVisible()).toBe(false);
    expect(await page.locator("#signature").innerText()).toContain(
      "ggen-marketplace verify owl-to-sql@1.1.0",
    );
  });

  it("is not offered for a release that has fallen", async () => {
    const page = await catalogue.visit("packages/fallen/1.0.0/");
    expect(await page.locator("verify-release").count()).toBe(0);
  });

  it("costs a page 3 kB of script, and a click under 190 kB", async () => {
    const scripts: Promise<number>[] = [];
    const sum = async () => (await Promise.all(scripts)).reduce((all, size) => all + size, 0);
    const page = await catalogue.visit(OWL, {}, async (fresh) => {
      fresh.on("response", (response) => {
        if (/\.js$/.test(response.url())) scripts.push(response.body().then((body) => gzipSync(body).length));
      });
    });
    await page.waitForLoadState("networkidle");
    const initial = await sum();
    expect(initial).toBeLessThan(3000);
    await button(page).click();
    await page.locator(".chain").waitFor();
    expect((await sum()) - initial).toBeLessThan(190_000);
  });
});

it("no page of these tests had a fault of its own or asked another host", () => {
  // A browser writes down every file that is not there: the next root, which is asked for, and those above.
  const own = catalogue.faults.filter((fault) => !/Failed to (load resource|fetch dynamically)/.test(fault));
  expect(own).toEqual([]);
});
