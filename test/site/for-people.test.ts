/** What a new user stumbled over, in a real browser. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alice } from "../support/fixture-keys.ts";
import { aCatalogue } from "./a-catalogue.ts";
import { openCatalogue, type Visits } from "./visits.ts";

const LONG = `# Long\n\n${Array.from({ length: 120 }, (_, i) => `Paragraph ${i}.\n\n`).join("")}## Last part\n\nThe end.\n`;
const CODE = `--- \u202e <b>& "quoted"\n`;

let catalogue: Visits;
let base: string;

beforeAll(async () => {
  const story = aCatalogue();
  story
    .package("long-read")
    .release("1.0.0", {
      description: "TypeScript from a long README",
      files: {
        "README.md": LONG,
        "code.txt": CODE,
        "large.txt": "x".repeat(40_000),
        "picture.bin": "a\0b",
        "templates/a.tmpl": '---\nto: "generated/model/{{ name }}.ts"\nforce: true\n---\nbody\n',
      },
    })
    .signedBy(alice);
  catalogue = await openCatalogue(story);
  base = catalogue.base;
});

afterAll(async () => {
  await catalogue?.close();
});

const visit: Visits["visit"] = (...of) => catalogue.visit(...of);
const field = (page: Page) => page.getByRole("searchbox");
const results = (page: Page) => page.locator(".results .row-link");
const status = (page: Page) => page.getByRole("status");

describe("searching", () => {
  it("says which word was looked for in the place of a misspelt one, and marks it", async () => {
    const page = await visit("?q=typescrpt");
    await results(page).first().waitFor();
    expect(await status(page).innerText()).toContain("Looked for typescript instead of typescrpt");
    expect(await page.locator(".row-summary mark").first().textContent()).toBe("TypeScript");
  });

  it("says that a kind is none, and leads to all packages", async () => {
    const page = await visit("?q=kind:nonsense");
    await page.getByText("There is no kind “nonsense”; kinds are ontology").waitFor();
    await page.getByRole("link", { name: "All packages" }).click();
    await page.waitForURL(`${base}#all`);
    expect(await page.locator("#all .row-link").count()).toBe(31);
    expect(await page.locator("#all").isVisible()).toBe(true);
  });

  it("names the filters there are", async () => {
    const page = await visit("");
    expect(await page.locator("#search-help").innerText()).toBe(
      'Filters: kind: category: publisher: license: depends: "a phrase"',
    );
  });

  it("the button at the end of the field clears it, at 390 and 1280 pixels alike", async () => {
    for (const width of [390, 1280]) {
      const page = await visit("?q=sample", { width });
      await results(page).first().waitFor();
      const clear = page.getByRole("button", { name: "Clear the search" });
      const [box, input] = [await clear.boundingBox(), await field(page).boundingBox()];
      const gap = (input?.x ?? 0) + (input?.width ?? 0) - (box?.x ?? 0) - (box?.width ?? 0);
      expect(gap).toBeGreaterThanOrEqual(0);
      expect(gap).toBeLessThan(16);
      await clear.click();
      expect(await field(page).inputValue()).toBe("");
      expect(page.url()).toBe(base);
      expect(await clear.isVisible()).toBe(false);
    }
  });

  it("fetches no file twice, whatever is typed", async () => {
    const asked: string[] = [];
    const page = await visit("", {}, async (fresh) => {
      fresh.on("request", (request) => asked.push(request.url()));
    });
    for (const query of ["owl", "owl sql", "", "owl", "kind:templates", "typescrpt", "owl sql"]) {
      await field(page).fill(query);
      if (query === "") await page.locator("#all").waitFor();
      else await page.waitForURL(`${base}?q=${query.replace(" ", "+").replace(":", "%3A")}`);
      await page.waitForTimeout(150);
    }
    await results(page).first().waitFor();
    expect(asked.filter((url) => url.includes("/search/")).length).toBeGreaterThan(1);
    expect(asked.filter((url, at) => asked.indexOf(url) !== at)).toEqual([]);
  });

  it("an index that cannot be read once is read again by the next question", async () => {
    let broken = true;
    const page = await visit("", {}, (fresh) =>
      fresh.route("**/search/*", (route) =>
        broken ? route.fulfill({ status: 200, body: "damaged" }) : route.continue(),
      ),
    );
    await field(page).fill("owl");
    await page.getByText("cannot be read just now").waitFor();
    broken = false;
    await field(page).fill("sql");
    await results(page).first().waitFor();
  });

  it("without scripts a page with a query says what it needs, and leads to the list", async () => {
    const page = await visit("?q=owl", { javaScript: false });
    const note = page.locator(".no-search");
    expect(await note.innerText()).toContain("Search needs scripts");
    expect(await note.getByRole("link").getAttribute("href")).toBe("/registry/#all");
    expect(await page.locator("#search-help").isVisible()).toBe(false);
  });
});

describe("a key to press", () => {
  it("is named where there is one, and not on a small screen or without scripts", async () => {
    const wide = await visit("404.html");
    expect(await wide.locator("main").innerText()).toContain("or press / and search");
    const small = await visit("404.html", { width: 390 });
    expect(await small.locator("main").innerText()).not.toContain("press");
    const plain = await visit("404.html", { javaScript: false });
    expect(await plain.locator("main").innerText()).not.toContain("press");
  });

  it("is named on no device that is touched", async () => {
    const page = await visit("404.html", {}, async (fresh) => {
      const session = await fresh.context().newCDPSession(fresh);
      await session.send("Emulation.setEmulatedMedia", {
        features: [
          { name: "hover", value: "none" },
          { name: "pointer", value: "coarse" },
        ],
      });
      await session.send("Emulation.setTouchEmulationEnabled", { enabled: true });
    });
    expect(await page.evaluate("matchMedia('(hover: none), (pointer: coarse)').matches")).toBe(true);
    expect(await page.locator("main").innerText()).not.toContain("press");
    expect(await page.locator(".field kbd").isVisible()).toBe(false);
  });
});

describe("the page of a package", () => {
  it("has commands for this registry, and a placeholder without scripts", async () => {
    const page = await visit("packages/long-read/");
    const command = (at: Page, of: string) => at.locator(`${of} .install code`).last().innerText();
    expect(await page.locator("#signature .install code").first().innerText()).toBe(
      `ggen-marketplace registry add ${base} --root ROOT_SHA256`,
    );
    expect(await command(page, "#signature")).toBe(
      `ggen-marketplace verify long-read@1.0.0 --registry ${base}`,
    );
    expect(await command(page, ".package-head")).toBe(
      `ggen-marketplace install long-read --registry ${base}`,
    );
    const plain = await visit("packages/long-read/", { javaScript: false });
    expect(await command(plain, "#signature")).toBe(
      "ggen-marketplace verify long-read@1.0.0 --registry REGISTRY_ADDRESS",
    );
  });

  it("says in whole sentences what it may do, and does not cry wolf", async () => {
    const page = await visit("packages/long-read/");
    const text = await page.locator("#deeds").innerText();
    expect(text).toContain(
      "When ggen runs it, in your project and with your rights, this release overwrites files.",
    );
    expect(text).toMatch(
      /Overwrites files whose names are computed, below generated\/model\/ unless a name climbs out with \.\.\/ \(templates\/a\.tmpl\)/i,
    );
    expect(text).not.toMatch(/anything|read this before/i);
  });

  it("folds a long README, with and without scripts, and a link into it opens it", async () => {
    for (const javaScript of [true, false]) {
      const page = await visit("packages/long-read/", { javaScript });
      const height = async () => (await page.locator(".readme").boundingBox())?.height ?? 0;
      const folded = await height();
      expect(folded).toBeLessThan(800);
      await page.getByText("Show all of the README").click();
      expect(await height()).toBeGreaterThan(2000);
      await page.getByText("Show less of the README").click();
      expect(await height()).toBe(folded);
      await page.goto(`${base}packages/long-read/#readme-last-part`);
      expect(await height()).toBeGreaterThan(2000);
    }
    const short = await visit("packages/owl-to-sql/");
    expect(await short.locator(".fold").count()).toBe(0);
  });

  it("has what it depends on, its versions and its signature before its terms and files", async () => {
    const page = await visit("packages/owl-to-sql/");
    const ids = await page
      .locator(".package-sections > section")
      .evaluateAll((all) => all.map(({ id }) => id));
    expect(ids).toEqual(["deeds", "readme", "neighbours", "versions", "signature", "terms", "files"]);
  });

  it("opens the text of a small file, without scripts too, with what it hides", async () => {
    const page = await visit("packages/long-read/", { javaScript: false });
    const row = page.locator("[id='file-code.txt']");
    expect(await row.locator("pre").isVisible()).toBe(false);
    await row.locator("summary").click();
    expect(await row.locator("pre").textContent()).toBe('--- \\u{202e} <b>& "quoted"\n');
    expect(await row.locator("pre b").count()).toBe(0);
    expect(await page.locator("[id='file-large.txt']").innerText()).toContain("too large to show");
    expect(await page.locator("[id='file-picture.bin']").innerText()).toContain("not text");
  });

  it("lists its parts on a phone too, and keeps the badge beside the version", async () => {
    const page = await visit("packages/owl-to-sql/", { width: 390 });
    await page
      .getByRole("navigation", { name: "On this page" })
      .getByRole("link", { name: /^Versions/ })
      .click();
    expect(page.url()).toBe(`${base}packages/owl-to-sql/#versions`);
    const [version, badge] = await Promise.all(
      [".package-version .version", ".package-version .state"].map((part) =>
        page.locator(part).first().boundingBox(),
      ),
    );
    expect(badge?.x).toBeGreaterThan(version?.x ?? Number.POSITIVE_INFINITY);
    expect(Math.abs((badge?.y ?? 0) - (version?.y ?? 0))).toBeLessThan(12);
  });
});

it("a publisher's page does not name the publisher on every row", async () => {
  const page = await visit("publishers/alice/");
  expect(await page.locator(".row").count()).toBeGreaterThan(1);
  expect(await page.locator(".row-publisher").count()).toBe(0);
});

describe("the about page", () => {
  it("says how to get the command line, and what it does not check", async () => {
    const page = await visit("about/");
    const text = await page.locator("main").innerText();
    expect(text).toContain("npm ci\nnpm run build\nnode dist/cli/main.js --help");
    expect(text).toContain(`ggen-marketplace search ontology --registry ${base}`);
    expect(text).toContain("says when a view’s signatures have run out");
    expect(text).toContain("whoever serves them, and so is “verified” after a click");
    expect(text).toContain("from the same host. ggen-marketplace verify, or sha256sum");
  });

  it("no page runs a word into what follows it", async () => {
    for (const path of ["about/", "packages/long-read/", "publishers/alice/", "404.html", ""]) {
      const page = await visit(path);
      const html = await page.locator("main").innerHTML();
      expect(html.match(/[.,:;a-z]<(?:code|a )[^>]*>\w+|<\/(?:code|a)>[a-z]\w*/g) ?? [], path).toEqual([]);
    }
  });
});

it("no page of these tests had an error in its console or asked another host", () => {
  expect(catalogue.faults).toEqual([]);
});
