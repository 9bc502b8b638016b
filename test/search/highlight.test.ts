/** Which words of a result are marked: never a character in two, never one twice, whatever was asked. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matches, queryWords } from "../../src/search/highlight.ts";
import { QUERY_LENGTH_MAX } from "../../src/search/query-text.ts";
import { aDocument, searcherOf } from "./support.ts";

/** `content` with brackets around what is marked. */
function marked(content: string, query: string, matched: readonly string[]): string {
  let text = "";
  let at = 0;
  for (const { from, to } of matches(content, queryWords(query), matched)) {
    text += `${content.slice(at, from)}[${content.slice(from, to)}]`;
    at = to;
  }
  return text + content.slice(at);
}

describe("words of scripts without spaces", () => {
  test.each([
    ["图谱", "图谱", ["图谱"], "[图谱]"],
    ["图谱 工具", "图谱", ["图谱"], "[图谱] 工具"],
    ["知识图谱", "图谱", ["图谱"], "知识[图谱]"],
    ["知识图谱", "知识图谱", ["知识", "识图", "图谱"], "[知识图谱]"],
    ["图", "图", ["图"], "[图]"],
    ["图谱", "图", ["图谱"], "[图]谱"],
    ["オントロジー", "オント", ["オン", "ント"], "[オント]ロジー"],
    ["ภาษาไทย", "ภาษา", ["ภา", "าษ", "ษา"], "[ภาษา]ไทย"],
  ])("%s, asked %s, are marked once", (content, query, matched, expected) => {
    expect(marked(content, query, matched)).toBe(expected);
  });

  test("beside others, without a space in between, are marked", () => {
    expect(marked("SQL图谱x", "图谱", ["图谱"])).toBe("SQL[图谱]x");
    expect(marked("SQL图谱x", "sql", ["sql"])).toBe("[SQL]图谱x");
  });

  test("beyond the Basic Multilingual Plane are marked whole", () => {
    expect(marked("𠀀𠀁", "𠀀𠀁", ["𠀀𠀁"])).toBe("[𠀀𠀁]");
    expect(marked("𠀂𠀀𠀁", "𠀀𠀁", ["𠀀𠀁"])).toBe("𠀂[𠀀𠀁]");
    expect(marked("𠀀𠀁", "𠀀", ["𠀀𠀁"])).toBe("[𠀀]𠀁");
  });

  test("are marked as a search answers with them", async () => {
    const searcher = await searcherOf([aDocument("zhishi-tupu", { summary: "知识图谱 工具包" })]);
    for (const [query, expected] of [
      ["知识图谱", "[知识图谱] 工具包"],
      ["图谱", "知识[图谱] 工具包"],
      ["工具包", "知识图谱 [工具包]"],
    ] as const) {
      const [hit] = (await searcher.search(query)).hits;
      expect(marked(hit?.summary ?? "", query, hit?.matched ?? [])).toBe(expected);
    }
  });
});

describe("marked stretches", () => {
  const letter = fc.constantFrom(
    ..."abAB é图谱ไṭ-",
    "𠀀",
    "𠀁",
    "😀",
    "İ",
    "ﬁ",
    "e\u0301",
    "\ud840",
    "\udc00",
  );
  const text = fc.string({ unit: letter, maxLength: 24 });
  const word = fc.string({ unit: letter, minLength: 1, maxLength: 3 });

  test("are sorted, do not touch, cut no character in two, and leave the content as it was", () => {
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(word, { maxLength: 6 }),
        fc.boolean(),
        (content, query, words, all) => {
          const matched = [...words, ...queryWords(query), ...(all ? queryWords(content) : [])];
          const pieces: string[] = [];
          let at = 0;
          for (const { from, to } of matches(content, queryWords(query), matched)) {
            expect(from).toBeGreaterThanOrEqual(pieces.length === 0 ? 0 : at + 1);
            expect(to).toBeGreaterThan(from);
            pieces.push(content.slice(at, from), content.slice(from, to));
            at = to;
          }
          pieces.push(content.slice(at));
          expect(pieces.join("")).toBe(content);
          // Taken apart by characters, the pieces have as many as the content: none was cut in two.
          expect(pieces.flatMap((piece) => [...piece])).toEqual([...content]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("of a content of millions of characters are found", () => {
    const content = "图".repeat(2 ** 20);
    expect(matches(content, ["图图"], ["图图"])).toEqual([{ from: 0, to: content.length }]);
    const words = matches("sql ".repeat(2 ** 20), ["sql"], ["sql"]);
    expect(words.length).toBe(2 ** 20);
  });

  test("of a word that is half a character cut none in two", () => {
    expect(matches("𠀀𠀁", [], ["\udc01"])).toEqual([{ from: 2, to: 4 }]);
    expect(matches("𠀀𠀁", [], ["\ud840"])).toEqual([{ from: 0, to: 4 }]);
  });
});

describe("the words of a query", () => {
  test("are folded, and each is there once", () => {
    expect(queryWords('Größe grosse "GRÖSSE" license:MIT größe')).toEqual(
      ["größe", "grosse", "license", "mit"].map((word) => word.replace("ö", "o")),
    );
  });

  test("of a hundred thousand characters are no more than a search reads", () => {
    const long = Array.from({ length: 20_000 }, (_, at) => `w${at}`).join(" ");
    const words = queryWords(long);
    expect(words.join(" ").length).toBeLessThanOrEqual(QUERY_LENGTH_MAX);
    expect(words.slice(0, 2)).toEqual(["w0", "w1"]);
    expect(queryWords("sql ".repeat(30_000))).toEqual(["sql"]);
    expect(queryWords(`${" ".repeat(1000)}sql`)).toEqual(["sql"]);
  });
});
