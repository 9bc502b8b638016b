/** What is read of a query that is longer than what is read of one. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQuery, QUERY_LENGTH_MAX, QUERY_TERMS_MAX, readText } from "../../src/search/query-text.ts";
import { namesOf, REGISTRY, searcherOf } from "./support.ts";

/** Words of which so many units are read, the blank after the last one too. */
const words = (units: number) =>
  ["", "aba ", "a "][units % 3] + "ab ".repeat(units / 3 - (units % 3 === 1 ? 1 : 0));

describe("blanks", () => {
  test("before a query, however many, are not read", async () => {
    const searcher = await searcherOf(REGISTRY);
    const plain = await searcher.search("schema");
    for (const blank of [" ", "\n", "\t", "\u00a0", "\u3000"]) {
      const results = await searcher.search(`${blank.repeat(300)}schema${blank.repeat(300)}`);
      expect(namesOf(results)).toEqual(namesOf(plain));
      expect(results.cut).toBe(false);
    }
  });

  test("between words count as one", () => {
    const { terms, name, cut } = parseQuery(`sql${" ".repeat(300)}owl \t\n rdf`);
    expect(terms.map(({ text }) => text)).toEqual(["sql", "owl", "rdf"]);
    expect(name).toBe("sql owl rdf");
    expect(cut).toBe(false);
  });

  test("at the ends are no part of what is read", () => {
    expect(readText("\t  sql \n")).toEqual({ text: "sql", isCut: false });
    expect(readText(` ${"x".repeat(QUERY_LENGTH_MAX)} `).isCut).toBe(false);
  });
});

describe("a query that is too long", () => {
  const read = (query: string) => readText(query).text;

  test("is not cut within a word, of which the beginning is another word", () => {
    const fits = `${words(QUERY_LENGTH_MAX - 3)}sql`;
    expect(fits.length).toBe(QUERY_LENGTH_MAX);
    expect(readText(fits)).toEqual({ text: fits, isCut: false });
    for (const query of [`${fits}ite`, `${fits}-lite`, `${words(QUERY_LENGTH_MAX - 1)}sql`]) {
      expect(readText(query).isCut).toBe(true);
      expect(parseQuery(query).terms.map(({ text }) => text)).not.toContainEqual(expect.stringMatching(/^s/));
    }
    expect(readText(`${fits} owl`)).toEqual({ text: fits, isCut: true });
  });

  test("is not cut within a filter", () => {
    const before = words(QUERY_LENGTH_MAX - 10);
    for (const filter of ["license:MIT-0", 'category:"web ui"', 'category:"a b c d"', "kind:ontologies"]) {
      const parsed = parseQuery(`${before}${filter} sql`);
      expect(parsed.filters).toEqual([]);
      expect(parsed.cut).toBe(true);
      expect(new Set(parsed.terms.map(({ text }) => text))).toEqual(new Set(["ab"]));
    }
    expect(parseQuery(`${words(QUERY_LENGTH_MAX - 11)}license:MIT sql`).filters).toMatchObject([
      { value: "MIT" },
    ]);
  });

  test("keeps its filters where the only word goes on too long", () => {
    const parsed = parseQuery(`kind:ontology ${"x".repeat(300)}`);
    expect(parsed.filters).toMatchObject([{ field: "kind", value: "ontology" }]);
    expect(parsed).toMatchObject({ terms: [], cut: true });
  });

  test("of one word or one filter is read as far as it goes", () => {
    expect(read("x".repeat(300))).toBe("x".repeat(QUERY_LENGTH_MAX));
    expect(read(`category:"${"a b ".repeat(100)}"`).length).toBe(QUERY_LENGTH_MAX);
    expect(parseQuery(`license:${"x".repeat(300)}`).filters.length).toBe(1);
  });

  test("in a script without spaces is cut between characters", () => {
    expect(read(`sql ${"图谱".repeat(200)}`)).toBe(`sql ${"图谱".repeat(126)}`);
    expect(read(`sql ${"𠀀".repeat(200)}`)).toBe(`sql ${"𠀀".repeat(126)}`);
    expect(read(`sql x${"𠀀".repeat(200)}`)).toBe(`sql x${"𠀀".repeat(125)}`);
  });

  test("has more phrases than are looked for", () => {
    const phrases = (many: number) => parseQuery('"a b" '.repeat(many));
    expect(phrases(QUERY_TERMS_MAX)).toMatchObject({ cut: false });
    expect(phrases(QUERY_TERMS_MAX + 1)).toMatchObject({ cut: true });
    expect(phrases(QUERY_TERMS_MAX + 1).phrases.length).toBe(QUERY_TERMS_MAX);
  });

  test("is read up to a word's end and never beyond its limit", () => {
    const unit = fc.constantFrom("a", "b", " ", '"', ":", "-", "图", "😀", "kind:", "license:");
    fc.assert(
      fc.property(fc.string({ unit, minLength: 240, maxLength: 400 }), (query) => {
        const whole = query.trim().replace(/\s+/g, " ");
        const { text, isCut } = readText(query);
        expect(text.length).toBeLessThanOrEqual(QUERY_LENGTH_MAX);
        expect(whole.startsWith(text)).toBe(true);
        expect(isCut).toBe(text.length < whole.length);
        expect(readText(text)).toEqual({ text, isCut: false });
      }),
    );
  });
});
