import { deflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { concat, utf8 } from "../../src/base/bytes.ts";
import { nativeInflate } from "../../src/node/inflate.ts";

const BYTES = utf8("some text, some text, some text");
const DEFLATED = new Uint8Array(deflateRawSync(BYTES));

it("unpacks one whole stream, up to the limit", () => {
  expect(nativeInflate(DEFLATED, BYTES.length)).toEqual(BYTES);
});

it.each([
  ["more than the limit", DEFLATED, BYTES.length - 1],
  ["bytes after the end", concat(DEFLATED, utf8("x")), 1000],
  ["a stream that is cut off", DEFLATED.subarray(0, -1), 1000],
  ["a damaged stream", Uint8Array.of(0xff, 0xff), 1000],
])("refuses %s", (_, bytes, bytesMax) => {
  expect(() => nativeInflate(bytes, bytesMax)).toThrow(expect.objectContaining({ code: "BAD_RESPONSE" }));
});
