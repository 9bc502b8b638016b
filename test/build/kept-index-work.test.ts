import { describe, expect, it } from "vitest";
import { Blobs } from "../../src/build/blobs.ts";
import { KeptIndexWork } from "../../src/build/kept-index-work.ts";
import { memoryCache } from "../../src/build/memory-cache.ts";
import type { BuildPorts } from "../../src/build/ports.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { buildSearchIndex, type SearchIndex } from "../../src/search/build.ts";
import type { SearchDocument } from "../../src/search/document.ts";
import { type IndexWorkshop, localIndexWorkshop } from "../../src/search/index-workshop.ts";
import { LAYOUT } from "../../src/search/layout.ts";
import { deflate } from "../../src/snapshot/deflate.ts";

const PACKAGES = 60;

function documents(change: Partial<SearchDocument> = {}): SearchDocument[] {
  return Array.from({ length: PACKAGES }, (_, at) => ({
    name: `package-${at}`,
    version: "1.0.0",
    summary: `What number ${at} is good for`,
    description: "",
    publisher: "alice",
    keywords: [],
    license: "MIT",
    kind: "pack",
    dependencies: [],
    popularity: PACKAGES - at,
    deprecated: false,
    ...(at === 7 ? change : {}),
  }));
}

/** Builds with what `cache` keeps, in runs of ten; says what was made. */
class Builder {
  readonly made: string[] = [];
  readonly #ports: BuildPorts;

  constructor(program = "one", cache = memoryCache()) {
    this.#ports = { cache, hash: nativeSha256, program } as BuildPorts;
  }

  async build(list: readonly SearchDocument[]): Promise<SearchIndex> {
    this.made.length = 0;
    const workshop = new KeptIndexWork(
      this.#counted(),
      new Blobs(this.#ports.cache, nativeSha256),
      this.#ports,
    );
    const layout = { ...LAYOUT, bundleBytesMax: 0, shardBytesMin: 100, shardBytesMax: 600, blockRows: 4 };
    return buildSearchIndex(list, { hash: nativeSha256, workshop, layout, runDocuments: 10 });
  }

  count(kind: string): number {
    return this.made.filter((each) => each === kind).length;
  }

  #counted(): IndexWorkshop {
    const local = localIndexWorkshop(deflate);
    const note = (kind: string) => void this.made.push(kind);
    return {
      invertTerms: (work) => (note("terms"), local.invertTerms(work)),
      invertNames: (names) => (note("names"), local.invertNames(names)),
      deflate: (bytes) => (note("deflate"), local.deflate(bytes)),
    };
  }
}

describe("the work of a search index that is kept from build to build", () => {
  it("is none where nothing changed, and gives the same bytes", async () => {
    const builder = new Builder();
    const first = await builder.build(documents());
    expect([builder.count("terms"), builder.count("names")]).toEqual([6, 1]);
    expect(await builder.build(documents())).toEqual(first);
    expect(builder.made).toEqual([]);
  });

  it("is the run and the files that a changed summary is in", async () => {
    const builder = new Builder();
    await builder.build(documents());
    const files = builder.count("deflate");
    const after = await builder.build(documents({ summary: "Another purpose entirely" }));
    expect([builder.count("terms"), builder.count("names")]).toEqual([1, 0]);
    expect(builder.count("deflate")).toBeGreaterThan(0);
    expect(builder.count("deflate")).toBeLessThan(files / 2);
    expect(after).toEqual(await new Builder().build(documents({ summary: "Another purpose entirely" })));
  });

  it("is the names too where one is new", async () => {
    const builder = new Builder();
    await builder.build(documents());
    const after = await builder.build(documents({ name: "renamed" }));
    expect(builder.count("names")).toBe(1);
    expect(after).toEqual(await new Builder().build(documents({ name: "renamed" })));
  });

  it("is all of it for another program", async () => {
    const cache = memoryCache();
    await new Builder("one", cache).build(documents());
    const other = new Builder("two", cache);
    await other.build(documents());
    expect([other.count("terms"), other.count("names")]).toEqual([6, 1]);
  });
});
