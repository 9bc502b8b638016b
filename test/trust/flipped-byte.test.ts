/** Any change of any byte of a release is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { nobleTrustPorts } from "../../src/trust/noble.ts";
import { type UnverifiedRelease, verifyRelease } from "../../src/trust/release.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice } from "../support/fixture-keys.ts";
import { authorityOf, releaseOf } from "../support/judge.ts";

const files = aRegistry()
  .publisher(alice)
  .package("x")
  .release("1.0.0", { files: { "README.md": "# x\n", "a.ttl": "# a\n" } })
  .build();
const release = releaseOf(files, "x", "1.0.0");
const authority = authorityOf(files, "x");

function withFile(path: string, bytes: Uint8Array): UnverifiedRelease {
  return { ...release, files: new Map([...release.files, [path, bytes]]) };
}

function flipped(path: string, at: number, mask: number): UnverifiedRelease {
  const bytes = Uint8Array.from(release.files.get(path) ?? []);
  bytes[at] = (bytes[at] as number) ^ mask;
  return withFile(path, bytes);
}

describe.each([...release.files.keys()])("%s", (path) => {
  const size = release.files.get(path)?.length ?? 0;

  it(`with any one of its ${size} bytes flipped is refused`, () => {
    for (let at = 0; at < size; at++) {
      for (const mask of [0x01, 0x20, 0x80, 0xff])
        expect({
          at,
          mask,
          ok: verifyRelease(flipped(path, at, mask), authority, nodeTrustPorts).ok,
        }).toEqual({ at, mask, ok: false });
    }
  });

  it("with a byte more or less, anywhere, is refused", () => {
    const bytes = release.files.get(path) ?? new Uint8Array();
    for (let at = 0; at <= size; at++) {
      const more = Uint8Array.of(...bytes.subarray(0, at), 0x0a, ...bytes.subarray(at));
      expect(verifyRelease(withFile(path, more), authority, nodeTrustPorts).ok).toBe(false);
      if (at === size) break;
      const less = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1));
      expect(verifyRelease(withFile(path, less), authority, nodeTrustPorts).ok).toBe(false);
    }
  });
});

it("any byte replaced by any other is refused, by node and by noble", () => {
  const place = fc
    .constantFrom(...release.files.keys())
    .chain((path) =>
      fc.tuple(
        fc.constant(path),
        fc.nat({ max: (release.files.get(path)?.length ?? 1) - 1 }),
        fc.integer({ min: 1, max: 255 }),
      ),
    );
  fc.assert(
    fc.property(place, ([path, at, mask]) => {
      expect(verifyRelease(flipped(path, at, mask), authority, nobleTrustPorts).ok).toBe(false);
      expect(verifyRelease(flipped(path, at, mask), authority, nodeTrustPorts).ok).toBe(false);
    }),
    { numRuns: 100 },
  );
});

it("and the release itself is not", () =>
  expect(verifyRelease(release, authority, nodeTrustPorts).ok).toBe(true));
