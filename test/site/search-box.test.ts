import { describe, expect, it } from "vitest";
import { LatestAnswer } from "../../site/src/islands/latest-answer.ts";
import { answerWords } from "../../site/src/islands/result-words.ts";
import { matches, queryWords } from "../../src/search/highlight.ts";

function later<T>() {
  return Promise.withResolvers<T>();
}

describe("answers that come late", () => {
  it("an answer that a later question has overtaken is dropped, whichever comes first", async () => {
    const answers = new LatestAnswer();
    const [first, second] = [later<string>(), later<string>()];
    const one = answers.ask(() => first.promise);
    const two = answers.ask(() => second.promise);
    second.resolve("second");
    first.resolve("first");
    expect(await one).toEqual({ stale: true });
    expect(await two).toEqual({ stale: false, value: "second" });
  });

  it("the failure of an overtaken question is no failure", async () => {
    const answers = new LatestAnswer();
    const first = later<string>();
    const one = answers.ask(() => first.promise);
    answers.drop();
    first.reject(new Error("network"));
    expect(await one).toEqual({ stale: true });
  });

  it("the failure of the last question is one", async () => {
    await expect(new LatestAnswer().ask(() => Promise.reject(new Error("network")))).rejects.toThrow(
      "network",
    );
  });
});

describe("which words of a result are marked", () => {
  const marked = (content: string, query: string, matched: string[]) =>
    matches(content, queryWords(query), matched).map(({ from, to }) => content.slice(from, to));

  it("those that answered, as far as a word of the query goes", () => {
    const content = "owl-to-sql: SQLite tables from an OWL ontology";
    expect(marked(content, "sql owl", ["owl", "sql", "sqlite"])).toEqual(["owl", "sql", "SQL", "OWL"]);
  });

  it("a word that stands for a misspelt or another one, whole", () => {
    expect(marked("TypeScript files", "typescrpt", ["typescript"])).toEqual(["TypeScript"]);
    expect(marked("Generates code", "generate", ["generates"])).toEqual(["Generate"]);
    expect(marked("Kinds of category", "categories", ["category"])).toEqual(["category"]);
  });

  it("the longest where several fit, none inside a word, and parts that camel-case cuts", () => {
    expect(marked("typescript script", "ty type script", ["typescript", "script"])).toEqual([
      "type",
      "script",
    ]);
    expect(marked("a GraphQLRouter", "router", ["router"])).toEqual(["Router"]);
  });

  it("accents do not matter, and of scripts without spaces the pairs that were found", () => {
    expect(marked("Générer", "generer", ["generer"])).toEqual(["Générer"]);
    expect(marked("知识图谱", "图谱", ["图谱"])).toEqual(["图谱"]);
  });

  it("a name that was asked for run together, whole", () => {
    expect(marked("owl-to-sql", "owltosql", ["owltosql"])).toEqual(["owl-to-sql"]);
  });

  it("nothing that did not answer", () => {
    expect(marked("a b", " .*+ ", [])).toEqual([]);
    expect(marked("sql", "sql", [])).toEqual([]);
  });
});

describe("what is said of an answer", () => {
  const answer = { total: 1, filters: [], corrections: [], missing: [], cut: false, unread: 0 };
  const kinds = ["ontology", "shapes"];

  it("how many packages, and no note where there is nothing to say", () => {
    expect(answerWords("a", answer, kinds)).toEqual({ count: "1 package", note: "" });
    expect(answerWords("a", { ...answer, total: 22 }, kinds).count).toBe("22 packages");
  });

  it("which words nothing has", () => {
    const some = { ...answer, missing: ["xyzzy", "a\u202e"] };
    expect(answerWords("sql xyzzy", some, kinds).note).toBe("Nothing has “xyzzy”, “a\\u{202e}”");
    expect(answerWords("sql xyzzy", { ...some, total: 0 }, kinds).note).toBe("");
  });

  it("that of quoted words not every package was looked at", () => {
    const some = { ...answer, unread: 12 };
    expect(answerWords('"a b"', some, kinds).note).toBe(
      "12 more packages have the words, whether in this order was not looked at",
    );
    expect(answerWords('"a b"', { ...some, total: 0, unread: 1 }, kinds).note).toBe(
      "1 package has the words, whether in this order was not looked at",
    );
  });

  it("which words were looked for in the place of misspelt ones", () => {
    const corrections = [
      { from: "typescrpt", to: "typescript" },
      { from: "typescrpt", to: "typescripts" },
      { from: "olw", to: "owl" },
    ];
    expect(answerWords("typescrpt olw", { ...answer, corrections }, kinds).note).toBe(
      "Looked for typescript, typescripts instead of typescrpt, owl instead of olw",
    );
    expect(answerWords("typescrpt", { ...answer, total: 0, corrections }, kinds).note).toBe("");
  });

  it("that a kind is none, and which there are", () => {
    const filters = [
      { field: "kind", value: "Ontology" },
      { field: "kind", value: "pa\u202eck" },
      { field: "license", value: "x" },
    ];
    expect(answerWords("q", { ...answer, total: 0, filters }, kinds)).toEqual({
      count: "No package matches “q”",
      note: "There is no kind “pa\\u{202e}ck”; kinds are ontology, shapes",
    });
  });
});
