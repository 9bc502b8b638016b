import { beforeAll, describe, expect, test } from "vitest";
import type { Searcher } from "../../src/search/query.ts";
import { QUERY_LENGTH_MAX, QUERY_TERMS_MAX } from "../../src/search/query-text.ts";
import { aDocument, namesOf, REGISTRY, SHARDED, searcherOf } from "./support.ts";

describe.each([
  ["one bundle", undefined],
  ["many shards under directories", SHARDED],
] as const)("a query over %s", (_, layout) => {
  let searcher: Searcher;
  beforeAll(async () => {
    searcher = await searcherOf(REGISTRY, layout);
  });
  const first = async (query: string) => namesOf(await searcher.search(query))[0];

  test.each([
    ["its exact name", "react-router", "react-router"],
    ["a name that is the beginning of others", "react", "react"],
    ["the beginning of a name", "react-rou", "react-router"],
    ["a letter left out", "kubernetes-oprator", "kubernetes-operator"],
    ["a letter too many", "schema-orgg", "schema-org"],
    ["another letter at the front", "xubernetes-operator", "kubernetes-operator"],
    ["two letters swapped", "raect", "react"],
    ["two letters swapped in the middle of a name", "schmea-org", "schema-org"],
    ["two mistakes in a long name", "kubernetes-opratr", "kubernetes-operator"],
    ["no separators", "schemaorg", "schema-org"],
    ["spaces for separators", "schema org", "schema-org"],
    ["camel case", "schemaOrg", "schema-org"],
    ["capitals", "SCHEMA-ORG", "schema-org"],
    ["the part of the name that tells", "mermaid", "ggen-mermaid-pack"],
    ["words of the summary", "routing declarative", "react-router"],
    ["words further down in the description", "reconciliation probes", "kubernetes-operator"],
    ["a keyword", "graphql", "ggen-mermaid-pack"],
    ["a camel-cased keyword", "GraphQL", "ggen-mermaid-pack"],
    ["its category", "infrastructure", "kubernetes-operator"],
    ["its publisher", "diagram people", "ggen-mermaid-pack"],
    ["the singular of a word", "diagram", "ggen-mermaid-pack"],
    ["the plural of a word", "operators", "kubernetes-operator"],
    ["a word half typed", "reconcil", "kubernetes-operator"],
    ["a misspelt word of the summary", "declaratvie", "react-router"],
    ["Chinese", "知识图谱", "zhishi-tupu"],
    ["one Chinese character", "谱", "zhishi-tupu"],
    ["Russian, inflected as written", "словарь терминов", "slovnik"],
    ["accents", "café", "cafe-menu"],
    ["no accents", "cafe menu", "cafe-menu"],
    ["stop words around", "the library for the user interfaces", "react"],
  ])("finds a package by %s", async (_how, query, name) => {
    expect(await first(query)).toBe(name);
  });

  test.each([
    ["words in a row of the summary", '"building user interfaces"', ["react"]],
    ["not words that stand apart", '"library interfaces"', []],
    ["words in a row of the name", '"react router"', ["react-router", "react-router-dom"]],
    ["stop words where they stand", '"library for building"', ["react"]],
    ["not where they stand otherwise", '"library of building"', []],
    ["a phrase and a word", '"user interfaces" library', ["react"]],
    ["a phrase and a word that it lacks", '"user interfaces" router', []],
    ["a phrase that is not closed yet", '"user interf', []],
    ["two phrases", '"user interfaces" "library for"', ["react"]],
    ["unspaced scripts", '"知识图谱"', ["zhishi-tupu"]],
    ["nothing, as nothing", '""', ["react"]],
  ])("quoted looks for %s", async (_how, query, names) => {
    expect(
      namesOf(await searcher.search(query))
        .slice(0, Math.max(2, names.length))
        .slice(0, names.length || 2),
    ).toEqual(names);
  });

  test("lists everything by popularity and name where nothing is asked, deprecated packages as unused", async () => {
    const { total, hits } = await searcher.search("   ", { limit: Number.MAX_SAFE_INTEGER });
    expect(total).toBe(REGISTRY.length);
    expect(hits.map((hit) => hit.name).slice(0, 4)).toEqual([
      "react",
      "react-router",
      "react-router-dom",
      "kubernetes-operator",
    ]);
    expect(hits.map((hit) => hit.name).slice(-2)).toEqual(["slovnik", "zhishi-tupu"]);
    expect(hits.find((hit) => hit.name === "old-router")?.deprecated).toBe(true);
  });

  test("words that no package has are said, and do not count for how many are needed", async () => {
    const found = await searcher.search("qqwwx zzvvk yyxxj reconciliation probes");
    expect(found.hits[0]?.name).toBe("kubernetes-operator");
    expect(found.missing).toEqual(["qqwwx", "zzvvk", "yyxxj"]);
    for (const name of ["reactrouter", "kubernetes-opratr", "react"])
      expect((await searcher.search(name)).missing).toEqual([]);
  });

  test("pages", async () => {
    const all = namesOf(await searcher.search("router", { limit: 100 }));
    const pages = [0, 2, 4].map(async (offset) =>
      namesOf(await searcher.search("router", { limit: 2, offset })),
    );
    expect((await Promise.all(pages)).flat()).toEqual(all.slice(0, 6));
    expect(await searcher.search("router", { limit: 0 })).toMatchObject({ total: all.length, hits: [] });
    expect(namesOf(await searcher.search("", { offset: 1000 }))).toEqual([]);
    await expect(searcher.search("x", { limit: -1 })).rejects.toThrow(RangeError);
  });

  test.each([
    ["category:infrastructure", ["kubernetes-operator"]],
    ['category:"web ui"', ["react-router", "react-router-dom"]],
    ["CATEGORY:Web-UI dom", ["react-router-dom"]],
    ["publisher:health", ["shapes-fhir"]],
    ["license:apache-2.0", ["ggen-mermaid-pack"]],
    ["licence:apache-2.0", ["ggen-mermaid-pack"]],
    ["kind:ontology", ["schema-org"]],
    ["kind:ontology kind:shapes", ["shapes-fhir", "schema-org"]],
    ["depends:schema-org", ["kubernetes-operator", "ggen-mermaid-pack"]],
    ["depends:schema-org license:MIT publisher:alice", ["kubernetes-operator"]],
    ["kind:nothing", []],
    ["depends:constructor react", []],
  ])("%s keeps %j", async (query, names) => {
    const results = await searcher.search(query);
    expect(namesOf(results)).toEqual(names);
    expect(results.total).toBe(names.length);
  });

  test("a filter without a value, and a field that is none, filter nothing", async () => {
    expect((await searcher.search("category:")).total).toBe(REGISTRY.length);
    expect(namesOf(await searcher.search("foo:react"))[0]).toBe("react");
    expect((await searcher.search("license:mit react")).filters).toEqual([
      { field: "license", value: "mit" },
    ]);
  });

  test("says what matched and where", async () => {
    const { hits } = await searcher.search("declarative routing");
    expect(hits[0]).toMatchObject({
      name: "react-router",
      matched: ["declarative", "routing"],
      fields: ["summary"],
    });
    const named = await searcher.search("react rout");
    expect(named.hits[0]).toMatchObject({ fields: expect.arrayContaining(["name"]) });
  });

  test("says what it looked for instead of a misspelt word", async () => {
    const { corrections } = await searcher.search("raect");
    expect(corrections).toContainEqual({ from: "raect", to: "react" });
    expect((await searcher.search("react")).corrections).toEqual([]);
  });

  test("explains a score by its parts", async () => {
    const [hit] = (await searcher.search("routing react", { explain: true })).hits;
    const parts = hit?.explain;
    expect(parts).toMatchObject({ allWords: 25 });
    const sum = (parts?.words ?? 0) + (parts?.allWords ?? 0) + (parts?.name ?? 0) + (parts?.popularity ?? 0);
    expect(hit?.score).toBeCloseTo(sum);
    expect((await searcher.search("routing")).hits[0]?.explain).toBeUndefined();
  });
});

describe("a name", () => {
  test("typed exactly goes before another that differs in its separators, however popular", async () => {
    const searcher = await searcherOf([
      aDocument("data-base", { popularity: 1 }),
      aDocument("database", { popularity: 1_000_000 }),
      aDocument("data-base-tools", { popularity: 1_000_000_000 }),
    ]);
    expect(namesOf(await searcher.search("data-base"))[0]).toBe("data-base");
    expect(namesOf(await searcher.search("database"))[0]).toBe("database");
    expect(namesOf(await searcher.search("dataBase"))[0]).toBe("database");
  });

  test("that many begin with is found by its prefix, the most popular first", async () => {
    const many = Array.from({ length: 200 }, (_, i) =>
      aDocument(`tool-${i}`, { popularity: 1.3 ** (i % 50) }),
    );
    const searcher = await searcherOf([...many, aDocument("tool", { popularity: 0 })]);
    const names = namesOf(await searcher.search("too", { limit: 4 }));
    expect(names.sort()).toEqual(["tool-149", "tool-199", "tool-49", "tool-99"]);
    expect(namesOf(await searcher.search("tool"))[0]).toBe("tool");
  });

  test.each(["constructor", "__proto__", "prototype", "has-own-property", "to-string"])(
    "may be %s",
    async (name) => {
      const searcher = await searcherOf([
        aDocument(name, { summary: "__proto__ constructor toString" }),
        ...REGISTRY,
      ]);
      expect(namesOf(await searcher.search(name))[0]).toBe(name);
      expect((await searcher.search("__proto__ constructor")).total).toBe(1);
      expect((await searcher.search("valueOf hasOwnProperty isPrototypeOf")).total).toBeLessThanOrEqual(1);
      expect((await searcher.search(`depends:${name}`)).total).toBe(0);
    },
  );
});

describe("a query that asks too much or nothing", () => {
  test("of 10 kB is read up to 256 characters, and says so", async () => {
    const searcher = await searcherOf(REGISTRY);
    const results = await searcher.search("react ".repeat(2000));
    expect(results.cut).toBe(true);
    expect(namesOf(results)[0]).toBe("react");
    expect((await searcher.search("react")).cut).toBe(false);
    expect((await searcher.search("x".repeat(QUERY_LENGTH_MAX + 1))).cut).toBe(true);
  });

  test("of many words is read up to 16, and says so", async () => {
    const searcher = await searcherOf(REGISTRY);
    const query = Array.from({ length: QUERY_TERMS_MAX + 1 }, (_, i) => `w${i}`).join(" ");
    const results = await searcher.search(query);
    expect(results).toMatchObject({ cut: true, total: 0 });
    expect(results.terms.length).toBe(QUERY_TERMS_MAX);
  });

  test.each(["🔥", "🔥🎉👩‍👩‍👧", "\u0000\u0001\u001b", "\u202e\u200b\ufeff", "--- ...", ":::", "\ud800"])(
    "%j has no words and no results",
    async (query) => {
      const searcher = await searcherOf(REGISTRY);
      expect(await searcher.search(query)).toMatchObject({ total: 0, hits: [], terms: [] });
    },
  );

  test("of stop words only looks for them in names", async () => {
    const searcher = await searcherOf([...REGISTRY, aDocument("the-it", { popularity: 1 })]);
    expect(namesOf(await searcher.search("the it"))).toEqual(["the-it"]);
    expect((await searcher.search("of and")).hits).toEqual([]);
  });

  test("finds words around emoji and control characters", async () => {
    const searcher = await searcherOf([
      aDocument("flame", { summary: "🔥 single-command\u0000profiling 🔥" }),
    ]);
    expect(namesOf(await searcher.search("🔥 profiling\u0007"))).toEqual(["flame"]);
  });

  test("finds a package with nothing but a name", async () => {
    const searcher = await searcherOf([aDocument("bare", { publisher: "", license: "", kind: "" })]);
    expect(namesOf(await searcher.search("bare"))).toEqual(["bare"]);
  });
});
