import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Parser } from "n3";
import { beforeAll, describe, expect, it } from "vitest";
import type { Counts } from "../../src/build/assemble.ts";
import { memoryCache } from "../../src/build/memory-cache.ts";
import { OURS_NAMESPACE } from "../../src/graph/vocabulary.ts";
import { openSourceTree } from "../../src/node/source-tree.ts";
import * as layout from "../../src/snapshot/layout.ts";
import { take } from "../support/judge.ts";
import { hasTool } from "../support/tools.ts";
import { buildWith, type Tree } from "./room.ts";

describe("the graph of the project's own registry", () => {
  let tree: Tree;
  let triples: number;
  let counts: Counts;
  let turtle: string;
  let nquads: string;
  beforeAll(async () => {
    const { result } = await buildWith(await openSourceTree("registry"), memoryCache());
    const snapshot = take(result);
    counts = snapshot.counts;
    triples = counts.triples;
    tree = new Map([...snapshot.files].map(([path, file]) => [path, file.bytes()]));
    turtle = text(layout.TURTLE_FILE);
    const path = [...tree.keys()].find((path) => path.endsWith(".nq.gz")) ?? "";
    nquads = gunzipSync(tree.get(path) ?? "").toString("utf8");
  });

  function text(path: string): string {
    return new TextDecoder().decode(tree.get(path));
  }

  it("has as many triples as it says, each once", () => {
    const lines = nquads.trimEnd().split("\n");
    expect(lines).toHaveLength(triples);
    expect(new Set(lines).size).toBe(triples);
    expect(new Parser().parse(turtle)).toHaveLength(triples);
  });

  it.skipIf(!hasTool("rapper"))("is counted alike by rapper, which shares no code with us", () => {
    const file = join(mkdtempSync(join(tmpdir(), "graph-")), "registry.ttl");
    writeFileSync(file, turtle);
    const counted = spawnSync("rapper", ["--quiet", "-c", "-i", "turtle", file], { encoding: "utf8" });
    const loud = spawnSync("rapper", ["-c", "-i", "turtle", file], { encoding: "utf8" });
    expect(counted.status).toBe(0);
    expect(/returned (\d+) triples/.exec(loud.stderr)?.[1]).toBe(String(triples));
  });

  it("has each package, release and publisher as a subject of its kind once", () => {
    const kinds = ["Package", "Release"].map((kind) => {
      const typed = nquads.split("\n").filter((line) => line.includes(` <${OURS_NAMESPACE}${kind}> .`));
      return new Set(typed.map((line) => line.split(" ", 1)[0])).size === typed.length ? typed.length : -1;
    });
    expect(kinds).toEqual([counts.packages, counts.releases]);
  });

  it("is the parts of its packages under one prefix block", () => {
    const pages = [...tree.keys()].filter((path) => path.endsWith("/package.ttl"));
    expect(pages.length).toBeGreaterThan(0);
    const prefixes = turtle.slice(0, turtle.indexOf("\n\n") + 2);
    for (const page of pages) {
      expect(text(page).startsWith(prefixes)).toBe(true);
      expect(turtle).toContain(text(page).slice(prefixes.length));
    }
  });
});
