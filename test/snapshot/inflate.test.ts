import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, equalBytes, utf8 } from "../../src/base/bytes.ts";
import { nativeInflateBounded } from "../../src/node/inflate.ts";
import { inflateBounded } from "../../src/snapshot/inflate.ts";

describe("inflateBounded", () => {
  it("agrees with zlib on what zlib writes, and says what it took", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 5000 }),
          fc.string({ maxLength: 3000, unit: fc.constantFrom("a", "b", "abc") }).map(utf8),
        ),
        fc.constantFrom(0, 1, 6, 9),
        fc.constantFrom(0, 2, 4),
        (bytes, level, strategy) => {
          const deflated = new Uint8Array(deflateRawSync(bytes, { level, strategy }));
          const found = inflateBounded(concat(deflated, utf8("tail")), bytes.length);
          expect(found.ok && equalBytes(found.bytes, bytes) && found.consumed === deflated.length).toBe(true);
          if (bytes.length > 0)
            expect(inflateBounded(deflated, bytes.length - 1)).toEqual({ ok: false, fault: "too-large" });
        },
      ),
      { numRuns: 200 },
    );
  });

  it("refuses and takes what zlib refuses and takes, on any bytes", () => {
    let accepted = 0;
    const agree = (bytes: Uint8Array) => {
      const mine = inflateBounded(bytes, 100_000);
      const theirs = nativeInflateBounded(bytes, 100_000);
      if (mine.ok) accepted++;
      expect(mine.ok).toBe(theirs.ok);
      if (mine.ok && theirs.ok) {
        expect(mine.consumed).toBe(theirs.consumed);
        expect(equalBytes(mine.bytes, theirs.bytes)).toBe(true);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), agree), { numRuns: 20_000 });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, flip) => {
          const deflated = new Uint8Array(
            deflateRawSync(concat(bytes, bytes, utf8("and more text, and more"))),
          );
          deflated[at % deflated.length] = (deflated[at % deflated.length] ?? 0) ^ flip;
          agree(deflated);
        },
      ),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
