/** The benchmark of search: its measures, its queries, and small runs; and what both benchmarks refuse. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layoutOf } from "../../scripts/bench-search/arguments.ts";
import { byDownloads, type Package, parseCorpus } from "../../scripts/bench-search/corpus.ts";
import { forms, otherForms } from "../../scripts/bench-search/english.ts";
import { ndcg, percentile, reciprocalRank } from "../../scripts/bench-search/metrics.ts";
import { generateQueries, QUERY_CLASSES } from "../../scripts/bench-search/queries.ts";
import { draw, randomStream } from "../../scripts/bench-search/random.ts";
import { LAYOUT } from "../../src/search/layout.ts";

const HEADER = "name\tversion\tdownloads_a_month\tsummary";

describe("measures", () => {
  test("the reciprocal rank is that of the target among the first ten", () => {
    expect(reciprocalRank(["a", "b"], "a")).toBe(1);
    expect(reciprocalRank(["a", "b", "c"], "c")).toBeCloseTo(1 / 3);
    expect(reciprocalRank(["a"], "z")).toBe(0);
    expect(reciprocalRank([..."abcdefghijk"], "k")).toBe(0);
  });

  test("nDCG is 1 for the ideal order, less for another, 0 where nothing answers", () => {
    const gains = new Map([
      ["a", 3],
      ["b", 1],
    ]);
    expect(ndcg(["a", "b"], gains)).toBe(1);
    expect(ndcg(["b", "a"], gains)).toBeCloseTo((1 + 3 / Math.log2(3)) / (3 + 1 / Math.log2(3)));
    expect(ndcg(["z", "a"], gains)).toBeCloseTo(3 / Math.log2(3) / (3 + 1 / Math.log2(3)));
    expect(ndcg(["z"], gains)).toBe(0);
    expect(ndcg(["a"], new Map())).toBe(0);
  });

  test("nDCG counts a name once and looks at ten", () => {
    const gains = new Map([..."abcdefghijkl"].map((name) => [name, 1]));
    expect(ndcg([..."abcdefghij"], gains)).toBe(1);
    expect(ndcg(["a", "a", "a"], new Map([["a", 2]]))).toBe(1);
  });

  test("a percentile is one of the values", () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(percentile([4, 1, 3, 2], 0.95)).toBe(4);
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe("English forms", () => {
  test.each([
    ["parse", ["parses", "parsing", "parsed"]],
    ["map", ["maps", "mapping", "mapped"]],
    ["query", ["queries", "querying", "queried"]],
    ["match", ["matches", "matching", "matched"]],
    ["render", ["renders", "rendering", "rendered"]],
  ])("of %s", (base, expected) => expect(forms(base)).toEqual(expected));

  test("are those that are used, whatever form a word begins with", () => {
    const used = new Map([
      ["parse", 9],
      ["parsing", 5],
      ["parsed", 2],
      ["string", 4],
    ]);
    const count = (word: string) => used.get(word) ?? 0;
    expect(otherForms("parsing", count)).toEqual(["parse", "parsed"]);
    expect(otherForms("parse", count)).toEqual(["parsing", "parsed"]);
    expect(otherForms("string", count)).toEqual([]);
  });
});

describe("queries", () => {
  const packages = byDownloads(somePackages(2000));

  test("are the same for a seed, whatever order the packages were read in", () => {
    const again = byDownloads([...somePackages(2000)].reverse());
    expect(generateQueries(again, 7, 20)).toEqual(generateQueries(packages, 7, 20));
    expect(generateQueries(packages, 8, 20)).not.toEqual(generateQueries(packages, 7, 20));
  });

  test("have a target that is there, and every class", () => {
    const names = new Set(packages.map(({ name }) => name));
    const queries = generateQueries(packages, 7, 20);
    for (const each of QUERY_CLASSES) expect(queries.some((query) => query.class === each)).toBe(true);
    for (const { target } of queries) expect(names.has(target)).toBe(true);
  });

  test("that are misspelt or varied are no name, and topical ones gain by their target", () => {
    const names = new Set(packages.map(({ name }) => name));
    for (const { class: kind, text, target, gains } of generateQueries(packages, 7, 20)) {
      if (kind === "typo" || kind === "variant") expect(names.has(text)).toBe(false);
      if (kind === "topical" || kind === "inflected") expect(gains?.has(target)).toBe(true);
    }
  });

  test("one class does not depend on how much another draws", () => {
    const typos = (count: number) =>
      generateQueries(packages, 7, count).filter(({ class: k }) => k === "typo");
    expect(typos(20).slice(0, 10)).toEqual(typos(10));
  });

  test("draw takes each at most once", () => {
    const drawn = draw(randomStream(1, "a"), [1, 2, 3, 4, 5], 9);
    expect([...drawn].sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("corpus", () => {
  test("another header is refused", () => {
    expect(() => parseCorpus("name,version\n", "a.tsv")).toThrow(/header/);
  });

  test("a name counts once, and what is missing is empty", () => {
    const text = `${HEADER}\na\t1.0.0\t5\tText\r\na\t2.0.0\t6\tOther\nb\n`;
    expect(parseCorpus(text, "a.tsv")).toEqual([
      { name: "a", version: "1.0.0", downloads: 5, summary: "Text" },
      { name: "b", version: "", downloads: 0, summary: "" },
    ]);
  });
});

describe("a small run", { timeout: 10 * 60 * 1000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "ggen-bench-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const corpus = join(folder, "packages.tsv");
  const lines = somePackages(600).map((each) => Object.values(each).join("\t"));
  const SMALL = ["--documents", "500", "--queries", "10", "--visits", "0"];

  beforeAll(() => writeFileSync(corpus, `${HEADER}\n${lines.join("\n")}\n`));

  test("prints a table for each topic", () => {
    const run = bench("bench-search", "--corpus", corpus, ...SMALL, "--only", "ours");
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("500 packages, seed 1");
    expect(run.stdout).toMatch(/\| ours \| 500 \| [\d.]+ \| \d+ \| [\d.]+ \| in it \| \d+ \|/);
    expect(run.stdout).toMatch(/\| ours( \| [01]\.\d{3}){9} \|/);
    expect(run.stdout).toMatch(/\| ours \| all \| [\d.]+ \/ [\d.]+ \| \d+ \/ \d+ \| \d+ \/ \d+ \|/);
    expect(run.stdout).not.toContain("What did not work");
  });

  test("of an engine that dies prints the tables of the others, and exits with 1", () => {
    const tooLong = join(folder, "too-long.tsv");
    writeFileSync(tooLong, `${HEADER}\n${lines.join("\n")}\n${"n".repeat(3000)}\t1.0.0\t5\tText\n`);
    const run = bench(
      "bench-search",
      ...["--corpus", tooLong, "--queries", "10", "--visits", "0", "--only", "ours,minisearch"],
    );
    expect([run.status, run.stderr]).toEqual([1, ""]);
    expect(run.stdout).toMatch(/\| minisearch \| 601 \|/);
    expect(run.stdout).toMatch(/### What did not work\n\n- ours: it died \(1\): RegistryError/);
  });

  test("takes of a layout what is said, and the rest as it is shipped", () => {
    expect(JSON.parse(layoutOf("--layout", '{"blockRows":16}'))).toEqual({ ...LAYOUT, blockRows: 16 });
  });

  test.each([
    [["--layout", '{"blockRows":0}'], "--layout: blockRows takes a whole number, 1 or more"],
    [["--layout", '{"rows":1}'], '--layout knows bundleBytesMax, .*, got "rows"'],
    [["--layout", "[]"], "--layout takes a JSON object"],
    [["--documents", "abc"], '--documents takes a whole number, 1 or more, got "abc"'],
    [["--seed", "x"], "--seed takes a whole number, 0 or more"],
    [["--queries", "x"], "--queries takes a whole number, 1 to 100000"],
    [["--only", ""], '--only takes some of ours,.*, got ""'],
    [["--only", "theirs"], 'got "theirs"'],
    [["--corpus", join(folder, "none.tsv")], "--corpus takes a file of .*; ENOENT"],
    [["--corpus", folder], "--corpus takes a file of .* is no file"],
    [["--theirs", "x"], "Unknown option '--theirs'; the options are --corpus"],
  ])("is refused with a line and exit code 2: %j", (words, message) => {
    const { status, stdout, stderr } = bench("bench-search", "--corpus", corpus, ...SMALL, ...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(new RegExp(`^error: .*${message}.*\n$`));
  });
});

describe("the benchmark of the registry", () => {
  test.each([
    [["--releases", "10,abc"], '--releases takes a whole number, 1 or more, got "abc"'],
    [["--runs", "0"], "--runs takes a whole number"],
    [["--release-kb", "x"], "--release-kb takes a whole number"],
    [["--corpus", "."], "--corpus takes a file"],
    [["--cli", "."], "--cli takes a folder that is new, empty or a bundle"],
    [["10"], "Unexpected argument '10'; the options are --releases"],
  ])("is refused with a line and exit code 2: %j", (words, message) => {
    const { status, stdout, stderr } = bench("bench", ...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(new RegExp(`^error: .*${message}.*\n$`));
  });
});

/** Of a machine that does much besides. */
const TIME_MS_MAX = 10 * 60 * 1000;

/** A benchmark as a process; one that measures where it should refuse is ended. */
function bench(script: string, ...words: readonly string[]) {
  return spawnSync(process.execPath, [`scripts/${script}.ts`, ...words], {
    encoding: "utf8",
    timeout: TIME_MS_MAX,
  });
}

/** Packages with names of several parts and summaries that share words in many forms, the same each time. */
function somePackages(count: number): Package[] {
  const random = randomStream(42, "packages");
  const bases = [..."bdfgklmnpr"].flatMap((first) =>
    ["ask", "end", "ift", "oll", "uck", "alt", "esh", "ilk", "ort", "unt"].map((rest) => first + rest),
  );
  const words = bases.flatMap((base) => [base, ...forms(base)]);
  return Array.from({ length: count }, (_, at) => {
    const [first, second, ...more] = draw(random, words, 6);
    return {
      name: `${first}-${second}-${at.toString(36)}`,
      version: "1.0.0",
      downloads: Math.floor(10 ** (random() * 7)),
      summary: `A ${more.join(" ")} ${at.toString(36)}`,
    };
  });
}
