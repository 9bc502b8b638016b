import { expect, test } from "vitest";
import { sharedTerms } from "../../src/content/shared-terms.ts";

const term = (iri: string, more = {}) => ({ iri, kind: "class" as const, label: "x", ...more });

test("terms that two packages describe are told by pair, and declarations and ontologies are none", () => {
  const defined = new Map([
    ["c", [term("a:2"), term("a:1")]],
    ["a", [term("a:1"), term("a:2"), term("a:3"), term("a:4", { kind: "ontology" })]],
    ["b", [term("a:1"), { iri: "a:3", kind: "class" as const }, term("a:4", { kind: "ontology" })]],
  ]);
  expect(sharedTerms(defined)).toEqual([
    { first: "a", second: "b", iris: ["a:1"] },
    { first: "a", second: "c", iris: ["a:1", "a:2"] },
  ]);
});
