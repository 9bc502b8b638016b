import { describe, expect, it } from "vitest";
import { LatestAnswer } from "../../site/src/islands/latest-answer.ts";
import { matches } from "../../site/src/islands/match-words.ts";

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
  const marked = (content: string, query: string) =>
    matches(content, query).map(({ from, to }) => content.slice(from, to));

  it("those that begin with a word of the query, as far as it goes", () => {
    expect(marked("owl-to-sql: SQLite tables from an OWL ontology", "sql owl")).toEqual([
      "owl",
      "sql",
      "SQL",
      "OWL",
    ]);
  });

  it("the longest where several fit, and none inside a word", () => {
    expect(marked("typescript script", "ty type script")).toEqual(["type", "script"]);
  });

  it("nothing for a query without words", () => {
    expect(marked("a b", " .*+ ")).toEqual([]);
  });
});
