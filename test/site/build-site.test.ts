import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildSite } from "../../scripts/site.ts";
import { aRegistry } from "../support/a-registry.ts";
import { tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { type PublishedSite, publishTree } from "../support/published-site.ts";

describe("pages in a published tree", () => {
  let site: PublishedSite;
  let before: Map<string, string>;
  let after: Map<string, string>;

  beforeAll(async () => {
    const story = aRegistry().publisher(alice).registry;
    story.package("terms").release("1.0.0").signedBy(alice);
    site = publishTree(story);
    before = digests(site.tree);
    await buildSite({ tree: site.tree, base: "/registry/" });
    after = digests(site.tree);
  });

  it("leave every file of the tree as it was", () => {
    expect(before.size).toBeGreaterThan(10);
    for (const [file, digest] of before) expect(after.get(file), file).toBe(digest);
  });

  it("are one for each package, version and publisher, and the few others", () => {
    const pages = [...after.keys()].filter((file) => file.endsWith(".html"));
    expect(pages.sort()).toEqual([
      "404.html",
      "about/index.html",
      "index.html",
      "packages/terms/1.0.0/index.html",
      "packages/terms/index.html",
      "publishers/alice/index.html",
      "publishers/index.html",
    ]);
  });

  it("are the same bytes when they are built again", async () => {
    await buildSite({ tree: site.tree, base: "/registry/" });
    expect(digests(site.tree)).toEqual(after);
  });

  it("link to nothing that is not there, and to nothing outside their base", () => {
    for (const [file] of after) {
      if (!file.endsWith(".html")) continue;
      const html = readFileSync(join(site.tree, file), "utf8");
      for (const [, target = ""] of html.matchAll(/(?:href|src|action)="([^"]*)"/g)) {
        if (/^(https?:|mailto:)/.test(target)) continue;
        if (target.startsWith("#")) expect(html, `${file}: ${target}`).toContain(`id="${target.slice(1)}"`);
        else expect(isThere(target), `${file}: ${target}`).toBe(true);
      }
    }
  });

  it("hold no inline script, style or handler, and say so to the browser", () => {
    for (const [file] of after) {
      if (!file.endsWith(".html")) continue;
      const html = readFileSync(join(site.tree, file), "utf8");
      expect(html).toContain("Content-Security-Policy");
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle="|\son[a-z]+="/);
    }
  });

  function isThere(target: string): boolean {
    if (!target.startsWith("/registry/")) return false;
    const path = join(site.tree, target.slice("/registry/".length).replace(/[?#].*$/, ""));
    return existsSync(target.replace(/[?#].*$/, "").endsWith("/") ? join(path, "index.html") : path);
  }
});

it("a folder that is no published tree is refused", async () => {
  await expect(buildSite({ tree: tempFolder() })).rejects.toMatchObject({ code: "NOT_A_REGISTRY" });
});

function digests(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  return new Map(
    files.sort().map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex"),
    ]),
  );
}
