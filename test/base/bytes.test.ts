import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareBytes,
  concat,
  decodeUtf8,
  equalBytes,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
  utf8,
} from "../../src/base/bytes.ts";
import { isDigest, sha256 } from "../../src/base/digest.ts";
import { compareText, sortedBy } from "../../src/base/order.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

describe("bytes as text", () => {
  test("hex and base64 come back as they went, and agree with Node", () => {
    fc.assert(
      fc.property(bytes, (given) => {
        expect(fromHex(toHex(given))).toEqual(given);
        expect(fromBase64(toBase64(given))).toEqual(given);
        expect(toHex(given)).toBe(Buffer.from(given).toString("hex"));
        expect(toBase64(given)).toBe(Buffer.from(given).toString("base64"));
      }),
    );
  });

  test.each(["0", "0G", "AB", " 00", "00\n"])("%j is not hex", (text) => {
    expect(fromHex(text)).toBeUndefined();
  });

  test.each(["A", "AA", "AAA", "AA=A", "AB==\n", "AB==", "A-_A", "===="])(
    "%j is not canonical base64",
    (text) => {
      expect(fromBase64(text)).toBeUndefined();
    },
  );

  test("UTF-8 is read strictly, and a byte order mark is kept", () => {
    expect(decodeUtf8(Uint8Array.of(0xff))).toBeUndefined();
    expect(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toBeUndefined();
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  });

  test("concat and equality", () => {
    expect(concat(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
  });
});

describe("orders", () => {
  test("text is ordered as its UTF-8 bytes are, also beyond U+FFFF where JavaScript's own order differs", () => {
    expect(["\uffee", "\u{1f600}"].sort()).toEqual(["\u{1f600}", "\uffee"]);
    expect(["\u{1f600}", "\uffee"].sort(compareText)).toEqual(["\uffee", "\u{1f600}"]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
        expect(Math.sign(compareBytes(utf8(a), utf8(b)))).toBe(
          Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
        );
      }),
    );
  });

  test("sortedBy leaves what it is given", () => {
    const given = [{ name: "b" }, { name: "a" }];
    expect(sortedBy(given, (item) => item.name)).toEqual([{ name: "a" }, { name: "b" }]);
    expect(given[0]?.name).toBe("b");
  });
});

describe("digests", () => {
  test("sha256 of the empty string is the published value", () => {
    expect(sha256(new Uint8Array())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  test("a digest is exactly 64 lower-case hex digits", () => {
    const digest = sha256(utf8("abc"));
    expect(isDigest(digest)).toBe(true);
    for (const bad of [digest.toUpperCase(), digest.slice(1), `${digest}0`, `${digest}\n`, ""])
      expect(isDigest(bad)).toBe(false);
  });
});
