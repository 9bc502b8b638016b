/** The cache as a person looks after it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { serveFolder } from "../../src/node/static-server.ts";
import { cli, cliServed, tempFolder } from "../support/cli.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

let tree: string;
beforeAll(() => {
  tree = publishedTree(aSmallRegistry());
});

interface Stats {
  readonly folder: string;
  readonly parts: { readonly registries: { readonly files: number; readonly bytes: number } };
}

describe("cache", () => {
  test("says what is kept, finds what is damaged, and forgets all of it, but nothing that was seen", async () => {
    const home = tempFolder("home");
    const run = (...words: readonly string[]) => cli(["cache", ...words, "--json"], { home });
    expect(run("stats").json<Stats>().parts.registries).toEqual({ files: 0, bytes: 0 });
    const server = await serveFolder(tree, 0, { host: "127.0.0.1" });
    await cliServed(["sync", "--registry", server.url], { home });
    const folder = join(home, "ggen-marketplace/cache");
    const held = () => new Map([...filesBelow(folder)].filter(([path]) => /^(digest|tree)\//.test(path)));
    const kept = held();
    const bytes = [...kept.values()].reduce((sum, file) => sum + file.length, 0);
    expect(run("stats").json<Stats>()).toMatchObject({
      folder,
      parts: { registries: { files: kept.size, bytes } },
    });
    expect(run("verify").json()).toMatchObject({ checked: expect.any(Number), damaged: [] });
    const [one] = [...kept.keys()].filter((path) => path.startsWith("digest/"));
    writeFileSync(join(folder, one ?? ""), "other bytes");
    expect(run("verify").json()).toMatchObject({ damaged: [join(folder, one ?? "")] });
    expect(held().size).toBe(kept.size - 1);
    const trust = filesBelow(join(home, "ggen-marketplace/trust"));
    expect(cli(["cache", "clear"], { home }).stdout).toMatch(/^Deleted \d+ files, \d+ kB\./);
    expect(held().size).toBe(0);
    expect(filesBelow(join(home, "ggen-marketplace/trust"))).toEqual(trust);
    expect((await cliServed(["list", "--registry", server.url], { home })).code).toBe(0);
    await server.stop();
  });

  test("names its actions where another is asked for", () => {
    const { code, stderr } = cli(["cache", "stat"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean "stats"?')]);
  });
});
