import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { canonicalJson, type Json, parseCanonicalJson } from "../../src/base/json.ts";

const text = (value: Json) => new TextDecoder().decode(canonicalJson(value));

const integers = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
  ),
})).value;

describe("canonical JSON", () => {
  test("has sorted keys, no white space, and leaves undefined out", () => {
    expect(text({ b: 1, a: [true, null, "\u20ac\n"], c: undefined })).toBe('{"a":[true,null,"€\\n"],"b":1}');
  });

  test("is read back as it was, whatever the order of keys", () => {
    fc.assert(
      fc.property(integers, (value) => {
        const bytes = canonicalJson(value);
        const read = parseCanonicalJson(bytes);
        expect(read).not.toBeUndefined();
        expect(canonicalJson(read as Json)).toEqual(bytes);
      }),
    );
  });

  test.each([
    ["white space", '{"a": 1}'],
    ["keys out of order", '{"b":1,"a":2}'],
    ["a duplicate key", '{"a":1,"a":2}'],
    ["an integer that JavaScript rounds", "9007199254740993"],
    ["a fraction", "1.5"],
    ["an exponent", "1e3"],
    ["minus zero", "-0"],
    ["another escape", '"\\u0041"'],
    ["a final line feed", "1\n"],
    ["a byte order mark", "\ufeff1"],
    ["half a document", '{"a":'],
  ])("%s is refused", (_, given) => {
    expect(parseCanonicalJson(utf8(given))).toBeUndefined();
  });

  test("too deep a value is refused, not recursed into", () => {
    const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
    expect(parseCanonicalJson(utf8(deep))).toBeUndefined();
  });

  test("__proto__ is a key like another", () => {
    const bytes = utf8('{"__proto__":1}');
    expect(parseCanonicalJson(bytes)).toEqual(JSON.parse('{"__proto__":1}'));
  });
});
