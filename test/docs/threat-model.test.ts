/**
 * What docs/threat-model.md says is open, shown to be open: when one of these tests fails, a gap was
 * closed, and the page is to be changed with it.
 */
import { describe, expect, it } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { alice, aliceNext, testKey } from "../support/fixture-keys.ts";
import { judgePackage, judgePublisher, judgeRelease, take } from "../support/judge.ts";
import { document } from "./documents.ts";

const PAGE = document("threat-model.md");

describe("what remains open", () => {
  it("statement chains alone do not tell an invented publisher from the real one: ratification does", () => {
    const real = aRegistry().publisher(alice).package("x").release("1.0.0").signedBy(alice).build();
    const forged = testKey("alice", 666);
    const invented = aRegistry().publisher(forged).package("x").release("1.0.0").signedBy(forged).build();
    for (const files of [real, invented]) {
      const release = take(judgeRelease(files, "x", "1.0.0"));
      expect(release).toMatchObject({ standing: "good", signature: { publisher: "alice" } });
    }
    expect(PAGE).toContain("**Names that are not ratified** rest on the word of CI's key");
  });

  it("a retired key still signs", () => {
    const files = aRegistry()
      .publisher(alice)
      .addKey(aliceNext, { replaces: alice })
      .package("x", { claimedBy: alice })
      .release("1.0.0")
      .build();
    const release = take(judgeRelease(files, "x", "1.0.0"));
    expect(release).toMatchObject({ standing: "good", signature: { keyState: "retired" } });
    expect(PAGE).toContain("**A retired key still signs.**");
  });

  it("the end of a chain can be cut off: a yank, and a rotation", () => {
    const files = aRegistry()
      .publisher(alice)
      .addKey(aliceNext, { replaces: alice })
      .package("x", { claimedBy: alice })
      .release("1.0.0")
      .yank("1.0.0", "wrong")
      .build();
    expect(take(judgePackage(files, "x")).yanked.size).toBe(1);
    expect(take(judgePublisher(files, "alice")).keys.size).toBe(2);
    for (const path of [...files.keys()]) if (path.includes("/statements/0002.toml")) files.delete(path);
    expect(take(judgePackage(files, "x")).yanked.size).toBe(0);
    expect(take(judgePublisher(files, "alice")).keys.size).toBe(1);
    expect(PAGE).toContain("by itself the end of a chain can be cut off by who serves it");
  });

  it("an owner can replace a release by other bytes of the same version", () => {
    const releaseOf = (text: string) =>
      take(
        judgeRelease(
          aRegistry()
            .publisher(alice)
            .package("x")
            .release("1.0.0", { files: { "a.txt": text } })
            .build(),
          "x",
          "1.0.0",
        ),
      );
    expect(releaseOf("one\n").digest).not.toBe(releaseOf("two\n").digest);
    expect(PAGE).toContain(
      "that an owner replaced a release by other bytes of the same version and signed it",
    );
  });
});
