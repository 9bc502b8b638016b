import { describe, expect, test } from "vitest";
import { aDocument, namesOf, searcherOf } from "./support.ts";

describe("of packages that all answer", () => {
  test("the word itself goes before other forms of it", async () => {
    const searcher = await searcherOf([
      aDocument("a", { summary: "managing state of forms", popularity: 1000 }),
      aDocument("b", { summary: "manage state of forms" }),
    ]);
    expect(namesOf(await searcher.search("manage state"))).toEqual(["b", "a"]);
    expect(namesOf(await searcher.search("managing state"))).toEqual(["a", "b"]);
  });

  test("one that says little else goes before one that says much", async () => {
    const much =
      "state machines, and timers, queues, caches, routers, parsers, printers, servers and clients";
    const searcher = await searcherOf([
      aDocument("a", { summary: much }),
      aDocument("b", { summary: "state machines" }),
    ]);
    expect(namesOf(await searcher.search("state machines"))).toEqual(["b", "a"]);
  });

  test("and so does it where the word was misspelt, before one that is a little more popular", async () => {
    const searcher = await searcherOf([
      aDocument("a", {
        summary: "terms for parties, agents, places, events and roles, with shacl",
        popularity: 10,
      }),
      aDocument("b", { summary: "shacl for json" }),
    ]);
    expect(namesOf(await searcher.search("shcal"))).toEqual(["b", "a"]);
  });

  test("the one that has all words goes before a popular one that lacks some", async () => {
    const searcher = await searcherOf([
      aDocument("a", { summary: "state machines", popularity: 1e9 }),
      aDocument("b", { summary: "state charts for machines" }),
    ]);
    expect(namesOf(await searcher.search("state charts machines"))[0]).toBe("b");
  });

  test("the popular one goes first where they are alike", async () => {
    const searcher = await searcherOf([
      aDocument("a", { summary: "state machines" }),
      aDocument("b", { summary: "state machines", popularity: 1e6 }),
    ]);
    expect(namesOf(await searcher.search("state machines"))).toEqual(["b", "a"]);
  });
});

test("a word of the category is told from a keyword", async () => {
  const searcher = await searcherOf([aDocument("a", { category: "finance", keywords: ["ledger"] })]);
  expect((await searcher.search("finance")).hits[0]?.fields).toEqual(["category"]);
  expect((await searcher.search("ledger")).hits[0]?.fields).toEqual(["keyword"]);
});
