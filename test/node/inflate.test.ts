import { deflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { concat, utf8 } from "../../src/base/bytes.ts";
import { nativeInflate } from "../../src/node/inflate.ts";

const BYTES = utf8("some text, some text, some text");
const DEFLATED = new Uint8Array(deflateRawSync(BYTES));

it("unpacks one whole stream, up to the limit", () => {
  expect(nativeInflate(DEFLATED, BYTES.length)).toEqual({ ok: true, bytes: BYTES });
});

it("takes no more memory at once than a mebibyte for what is said to be larger", () => {
  expect(nativeInflate(DEFLATED, Number.MAX_SAFE_INTEGER)).toEqual({ ok: true, bytes: BYTES });
});

it("unpacks what takes several pieces", () => {
  const large = new Uint8Array(3_000_000).fill(7);
  expect(nativeInflate(new Uint8Array(deflateRawSync(large)), large.length)).toEqual({
    ok: true,
    bytes: large,
  });
});

it.each([
  ["more than the limit", DEFLATED, BYTES.length - 1, "too-large"],
  ["anything where nothing may come out", DEFLATED, 0, "too-large"],
  ["bytes after the end", concat(DEFLATED, utf8("x")), 1000, "damaged"],
  ["a stream that is cut off", DEFLATED.subarray(0, -1), 1000, "damaged"],
  ["a damaged stream", Uint8Array.of(0xff, 0xff), 1000, "damaged"],
  ["no stream at all", new Uint8Array(), 1000, "damaged"],
])("refuses %s", (_, bytes, bytesMax, fault) => {
  expect(nativeInflate(bytes, bytesMax)).toEqual({ ok: false, fault });
});
