import { describe, expect, test } from "vitest";
import { nearest } from "../../src/base/nearest.ts";
import { visible, visibleJson } from "../../src/base/visible.ts";

describe("visible", () => {
  test.each([
    ["an escape sequence", "\u001b[31mred", "\\x1b[31mred"],
    ["a right-to-left override", "a\u202eb", "a\\u{202e}b"],
    ["a zero-width space", "a\u200bb", "a\\u{200b}b"],
    ["a carriage return", "a\rb", "a\\x0db"],
    ["a C1 control", "a\u009bb", "a\\x9bb"],
    ["a byte order mark", "\ufeffa", "\\u{feff}a"],
    ["a text of tag characters", "a\u{e0001}\u{e0041}\u{e007f}", "a\\u{e0001}\\u{e0041}\\u{e007f}"],
    ["a Hangul filler", "a\u3164b", "a\\u{3164}b"],
    ["Hangul fillers of syllables", "\u115f\u1160\uffa0", "\\u{115f}\\u{1160}\\u{ffa0}"],
    ["a combining grapheme joiner", "a\u034fb", "a\\u{34f}b"],
    ["Khmer inherent vowels", "\u17b4\u17b5", "\\u{17b4}\\u{17b5}"],
    ["Mongolian variation selectors", "\u180b\u180f", "\\u{180b}\\u{180f}"],
    ["a variation selector, also after an emoji", "\u2764\ufe0f", "\u2764\\u{fe0f}"],
    ["a variation selector of the supplement", "a\u{e01ef}", "a\\u{e01ef}"],
    ["a lone surrogate", "a\ud83db\udc00", "a\\u{d83d}b\\u{dc00}"],
    ["non-characters", "\ufdd0\uffff\u{10fffe}", "\\u{fdd0}\\u{ffff}\\u{10fffe}"],
    ["a musical format control", "\u{1d173}", "\\u{1d173}"],
  ])("%s is shown", (_, given, shown) => {
    expect(visible(given)).toBe(shown);
  });

  test("text of any script stays as it is", () => {
    for (const text of ["日本語", "e\u0301", "שלום", "👩‍💻".replace("\u200d", ""), "tab-less line"])
      expect(visible(text)).toBe(text);
  });

  test("every default-ignorable code point and every non-character is shown", () => {
    const unseen = /^[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Cc}\p{Cs}]$/u;
    const passed: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const char = String.fromCodePoint(code);
      if (unseen.test(char) && visible(char) === char) passed.push(code.toString(16));
    }
    expect(passed).toEqual([]);
  });

  test("in JSON they are escapes, and the value stays what it was", () => {
    const value = { a: "tag \u{e0041} selector \ufe0f filler \u3164 lone \ud83d emoji \u{1f600}" };
    const shown = visibleJson(JSON.stringify(value));
    expect(shown).toContain(
      "tag \\udb40\\udc41 selector \\ufe0f filler \\u3164 lone \\ud83d emoji \u{1f600}",
    );
    expect(JSON.parse(shown)).toEqual(value);
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
