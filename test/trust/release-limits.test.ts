/** Limits come first: nothing is read, hashed or verified of a release beyond them. */
import { describe, expect, it } from "vitest";
import { LIMIT_CEILINGS, type Limits } from "../../src/manifest/limits.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { verifyRelease } from "../../src/trust/release.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice } from "../support/fixture-keys.ts";
import { authorityOf, codesOf, type Files, releaseOf } from "../support/judge.ts";

const FILES = { "README.md": "# x\n", "a.ttl": "# a\n", "b/c.txt": "c\n" };
const people = () => aRegistry().publisher(alice);
const good = people().package("x").release("1.0.0", { files: FILES }).signedBy(alice).build();

describe("limits", () => {
  const judgeWithin = (limits: Partial<Limits>, files: Files = good) => {
    const authority = authorityOf(files, "x");
    return verifyRelease(
      releaseOf(files, "x", "1.0.0"),
      { ...authority, limits: { ...authority.limits, ...limits } },
      nodeTrustPorts,
    );
  };

  it.each([
    ["files", { releaseFilesMax: 2 }, ["RELEASE_FILES_LIMIT"]],
    ["bytes of a file", { fileBytesMax: 2 }, ["RELEASE_FILE_LIMIT", "RELEASE_FILE_LIMIT"]],
    ["bytes in all", { releaseBytesMax: 100 }, ["RELEASE_BYTES_LIMIT"]],
    ["bytes of a path", { pathBytesMax: 5 }, ["RELEASE_PATH_LIMIT", "RELEASE_PATH_LIMIT"]],
  ] as const)("%s", (_, limits, expected) => {
    expect(codesOf(judgeWithin(limits)).slice(0, 2)).toEqual(expected);
  });

  it("are met exactly", () => {
    const total = [...releaseOf(good, "x", "1.0.0").files].reduce(
      (sum, [path, bytes]) => sum + (path.startsWith("SHA") ? 0 : bytes.length),
      0,
    );
    expect(
      codesOf(judgeWithin({ releaseFilesMax: 3, fileBytesMax: 4, pathBytesMax: 9, releaseBytesMax: total })),
    ).toEqual([]);
    expect(codesOf(judgeWithin({ releaseBytesMax: total - 1 }))).toEqual(["RELEASE_BYTES_LIMIT"]);
  });

  it("of the description and of dependencies are the registry's", () => {
    expect(judgeWithin({ descriptionBytesMax: 3 }).ok).toBe(false);
    const files = people()
      .package("x")
      .release("1.0.0", { dependencies: { y: "^1", z: "*" } })
      .signedBy(alice)
      .build();
    expect(judgeWithin({ dependenciesMax: 2 }, files).ok).toBe(true);
    expect(judgeWithin({ dependenciesMax: 1 }, files).ok).toBe(false);
  });

  it("never lie above the ceilings", () => {
    const files = new Map<string, Uint8Array>(releaseOf(good, "x", "1.0.0").files);
    const empty = new Uint8Array();
    for (let n = 0; n <= LIMIT_CEILINGS.releaseFilesMax; n++) files.set(`content/${n}`, empty);
    const authority = authorityOf(good, "x");
    const limits = { ...authority.limits, releaseFilesMax: Number.MAX_SAFE_INTEGER };
    const release = { name: "x", version: "1.0.0", where: "x", files };
    expect(codesOf(verifyRelease(release, { ...authority, limits }, nodeTrustPorts))).toEqual([
      "RELEASE_FILES_LIMIT",
    ]);
  });

  it("come before everything: nothing is hashed or verified beyond them", () => {
    const fail = (): never => {
      throw new Error("touched");
    };
    const ports = { hash: fail, ed25519: { verify: fail, sha512: fail } };
    const authority = { ...authorityOf(good, "x") };
    const limits = { ...authority.limits, releaseFilesMax: 1 };
    expect(codesOf(verifyRelease(releaseOf(good, "x", "1.0.0"), { ...authority, limits }, ports))).toEqual([
      "RELEASE_FILES_LIMIT",
    ]);
  });
});
