import { describe, expect, test } from "vitest";
import { nearest } from "../../src/base/nearest.ts";
import { visible } from "../../src/base/visible.ts";

describe("visible", () => {
  test.each([
    ["an escape sequence", "\u001b[31mred", "\\x1b[31mred"],
    ["a right-to-left override", "a\u202eb", "a\\u{202e}b"],
    ["a zero-width space", "a\u200bb", "a\\u{200b}b"],
    ["a carriage return", "a\rb", "a\\x0db"],
    ["a C1 control", "a\u009bb", "a\\x9bb"],
    ["a byte order mark", "\ufeffa", "\\u{feff}a"],
  ])("%s is shown", (_, given, shown) => {
    expect(visible(given)).toBe(shown);
  });

  test("text of any script stays as it is", () => {
    for (const text of ["日本語", "e\u0301", "שלום", "👩‍💻".replace("\u200d", ""), "tab-less line"])
      expect(visible(text)).toBe(text);
  });

  test("lines are kept on request", () => {
    expect(visible("a\n\tb\r", { keepLines: true })).toBe("a\n\tb\\x0d");
    expect(visible("a\nb")).toBe("a\\x0ab");
  });
});

describe("nearest", () => {
  const known = ["license", "version", "title", "iri"];
  test.each([
    ["licence", "license"],
    ["titel", "title"],
    ["verison", "version"],
    ["iir", undefined],
    ["ir", "iri"],
    ["colour", undefined],
    ["", undefined],
  ])("%s is taken for %s", (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });
});
