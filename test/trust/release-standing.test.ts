/** Authentic releases, and how they stand after keys and owners have changed. */
import { describe, expect, it } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { alice, aliceNext, bob, maintainer } from "../support/fixture-keys.ts";
import { codesOf, type Files, judgeRelease, take } from "../support/judge.ts";

const people = () =>
  aRegistry({ maintainers: [maintainer] })
    .publisher(alice)
    .publisher(bob);
const start = () => people().package("x").release("1.0.0").signedBy(alice);
const judge = (files: Files) => judgeRelease(files, "x", "1.0.0");

describe("standing", () => {
  const rotated = () => people().publisher(alice).addKey(aliceNext, { replaces: alice });
  const doubled = () => people().publisher(alice).addKey(aliceNext);

  it("a retired key stands", () => {
    const release = take(judge(rotated().package("x", { claimedBy: alice }).release("1.0.0").build()));
    expect(release).toMatchObject({ standing: "good", signature: { keyState: "retired" } });
  });

  it("unlisted release after revocation falls: verified, with a warning", () => {
    const files = doubled()
      .revokeKey(alice, { statements: ["x#1"] })
      .signedBy(aliceNext)
      .package("x", { claimedBy: alice })
      .release("1.0.0")
      .build();
    const result = judge(files);
    expect(take(result)).toMatchObject({ standing: "fallen", signature: { keyState: "revoked" } });
    expect(codesOf(result)).toEqual(["RELEASE_FALLEN"]);
  });

  it("listed release after revocation stands", () => {
    const files = doubled()
      .revokeKey(alice, { statements: ["x#1"], releases: ["x@1.0.0"] })
      .signedBy(aliceNext)
      .package("x", { claimedBy: alice })
      .release("1.0.0")
      .release("1.1.0")
      .build();
    expect(take(judge(files))).toMatchObject({ standing: "good", signature: { keyState: "revoked" } });
    expect(take(judgeRelease(files, "x", "1.1.0")).standing).toBe("fallen");
  });

  it("a release by a fallen key over other bytes is refused, not fallen", () => {
    const story = doubled()
      .revokeKey(alice, { statements: ["x#1"] })
      .signedBy(aliceNext)
      .package("x", { claimedBy: alice })
      .release("1.0.0", { files: { "a.ttl": "# a\n" } });
    expect(codesOf(judge(story.raw("packages/x/1.0.0/content/a.ttl", "?").build()))).toEqual([
      "RELEASE_CHECKSUM",
    ]);
  });

  it("releases of an ownerless package have fallen", () => {
    const files = doubled()
      .revokeKey(alice, { releases: ["x@1.0.0"] })
      .signedBy(aliceNext)
      .package("x", { claimedBy: alice })
      .release("1.0.0")
      .build();
    const result = judge(files);
    expect(take(result).standing).toBe("fallen");
    expect(codesOf(result)).toEqual(["RELEASE_BY_FORMER_OWNER"]);
  });

  it("a former owner's release has fallen", () => {
    const files = start().addOwner(bob).signedBy(alice).removeOwner(alice).signedBy(alice).build();
    const result = judge(files);
    expect(take(result).standing).toBe("fallen");
    expect(codesOf(result)).toEqual(["RELEASE_BY_FORMER_OWNER"]);
  });

  it("a yanked release stands: it is marked elsewhere", () => {
    expect(take(judge(start().yank("1.0.0").signedBy(alice).build())).standing).toBe("good");
  });
});
