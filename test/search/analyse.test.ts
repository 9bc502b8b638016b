import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  filterToken,
  indexTokens,
  joinedName,
  licenseNames,
  nameAlias,
  proseTokens,
  reversed,
  TOKEN_LENGTH_MAX,
  words,
} from "../../src/search/analyse.ts";

describe("tokens", () => {
  test.each([
    ["react-router", ["react", "router"]],
    ["GraphQLParser", ["graph", "ql", "parser", "graphqlparser"]],
    ["HTTPServer v2Router", ["http", "server", "httpserver", "v2", "router", "v2router"]],
    ["Café Größe", ["cafe", "große"]],
    ["ＦＵＬＬ width", ["full", "width"]],
    ["ed25519 h264 3D", ["ed25519", "h264", "3d"]],
    ["ΣΙΣΥΦΟΣ", ["σισυφοσ"]],
    ["İstanbul", ["istanbul"]],
    ["知识图谱", ["知识", "识图", "图谱", "谱"]],
    ["RDF图", ["rdf", "图", "图"]],
    ["हिन्दी शब्द", ["हिन्दी", "शब्द"]],
    ["🔥🎉", []],
    ["\u0000\u0007\u200b", []],
    ["", []],
  ])("of %j", (text, tokens) => {
    expect(indexTokens(text)).toEqual(tokens);
  });

  test("prose is indexed without stop words, names with them", () => {
    expect(proseTokens("The state of the art")).toEqual(["state", "art"]);
    expect(indexTokens("the-art")).toEqual(["the", "art"]);
  });

  test("a long word is cut, never through a surrogate pair", () => {
    expect(indexTokens("x".repeat(500))).toEqual(["x".repeat(TOKEN_LENGTH_MAX)]);
    const [token] = indexTokens(`a${"𐐨".repeat(100)}`);
    expect(token?.length).toBe(TOKEN_LENGTH_MAX - 1);
  });

  test("are the same for what differs in case, composition or width only", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
        const tokens = indexTokens(text.toLowerCase());
        expect(indexTokens(text.toLowerCase().normalize("NFD"))).toEqual(tokens);
        expect(indexTokens(text.toLowerCase().normalize("NFC"))).toEqual(tokens);
      }),
    );
  });

  test("hold no separator, are not empty and analyse to themselves", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        for (const token of indexTokens(text)) {
          expect(token).toMatch(/^[^\s:=]+$/u);
          expect(
            words(token)
              .flatMap((word) => word.parts)
              .join(""),
          ).toBe(token);
        }
      }),
    );
  });
});

describe("names", () => {
  test("are one for every way to separate their parts", () => {
    for (const name of ["react-router", "React Router", "reactRouter", "react_router", "REACT.ROUTER"]) {
      expect(joinedName(name)).toBe("reactrouter");
    }
  });

  test("have an alias without a scope and what many share", () => {
    expect(nameAlias("@scope/react-dom")).toBe("reactdom");
    expect(nameAlias("ggen-mermaid-pack")).toBe("mermaid");
    expect(nameAlias("mermaid")).toBeUndefined();
    expect(nameAlias("ggen-pack")).toBe("pack");
  });

  test("are reversed by code points", () => {
    expect(reversed("ab😀")).toBe("😀ba");
  });
});

test("filters fold case and white space of their value", () => {
  expect(filterToken("category", " Web  UI ")).toBe("category:web-ui");
  expect(filterToken("license", "Apache-2.0")).toBe("license:apache-2.0");
  expect(filterToken("publisher", "x".repeat(1000)).length).toBeLessThan(100);
  expect(filterToken("category", "a\u0000\nb")).toBe("category:a-b");
});

test("a licence expression names its licences", () => {
  expect(licenseNames("(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0")).toEqual([
    "MIT",
    "Apache-2.0",
    "GPL-2.0-only",
    "Classpath-exception-2.0",
  ]);
});
