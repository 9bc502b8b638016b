import { describe, expect, it } from "vitest";
import type { PackageName } from "../../src/manifest/name.ts";
import type { Version } from "../../src/manifest/version.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { nobleTrustPorts } from "../../src/trust/noble.ts";
import { foldPackage } from "../../src/trust/package-chain.ts";
import { checkVersionsKnown } from "../../src/trust/package-status.ts";
import { RELEASE_NAMESPACE } from "../../src/trust/sshsig.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice, aliceNext, bob, carol, maintainer, mallory } from "../support/fixture-keys.ts";
import { chainOf, codesOf, type Files, judgePackage, publishersOf, rootOf, take } from "../support/judge.ts";

const people = () =>
  aRegistry({ maintainers: [maintainer] })
    .publisher(alice)
    .publisher(bob)
    .publisher(carol);
const start = () => people().package("x", { claimedBy: alice });
const codes = (files: Files) => codesOf(judgePackage(files, "x"));
const stateOf = (files: Files) => take(judgePackage(files, "x"));
const V1 = "1.0.0" as Version;

describe("a package is claimed", () => {
  it("by the publisher the claim names", () => {
    const state = stateOf(start().build());
    expect(state).toMatchObject({ name: "x", owners: ["alice"], formerOwners: [], length: 1 });
    expect(state.claim).toBe(state.head);
  });

  it("by a maintainer for a publisher, which is shown", () => {
    const state = stateOf(start().signedBy(maintainer).with({ publisher: "bob" }).build());
    expect(state.owners).toEqual(["bob"]);
    expect(state.events[0]?.by).toEqual({ maintainer: true, keyId: maintainer.publicKey.id });
  });

  it("never in another's name", () =>
    expect(codes(start().with({ publisher: "bob" }).build())).toEqual(["CLAIM_BY_OTHER"]));
  it("never by a stranger", () =>
    expect(codes(start().signedBy(mallory).build())).toEqual(["SIGNATURE_BY_STRANGER"]));

  it("never for a publisher that is not registered", () => {
    expect(codes(start().with({ publisher: "nobody" }).build())).toEqual(["OWNER_UNKNOWN"]);
  });

  it("never twice: names are not used again", () => {
    const story = start().statement({ action: "claim", publisher: "bob" }).signedBy(bob);
    expect(codes(story.build())).toEqual(["CLAIM_TWICE"]);
  });

  it("before anything else", () => {
    const story = start().with({ action: "archive", reason: "x", publisher: undefined });
    expect(codes(story.build())).toEqual(["CHAIN_BEGINS_OTHERWISE"]);
  });
});

describe("owners", () => {
  it("are added by an owner, and then may speak too", () => {
    const story = start().addOwner(bob).signedBy(alice).addOwner(carol).signedBy(bob);
    expect(stateOf(story.build()).owners).toEqual(["alice", "bob", "carol"]);
  });

  it("are never added by a non-owner", () => {
    expect(codes(start().addOwner(bob).signedBy(bob).build())).toEqual(["STATEMENT_BY_NON_OWNER"]);
  });

  it("are never added by a stranger", () => {
    expect(codes(start().addOwner(bob).signedBy(mallory).build())).toEqual(["SIGNATURE_BY_STRANGER"]);
  });

  it("are never added without being registered", () => {
    expect(codes(start().addOwner("nobody").build())).toEqual(["OWNER_UNKNOWN"]);
  });

  it("are never added twice", () =>
    expect(codes(start().addOwner(alice).build())).toEqual(["OWNER_ALREADY"]));

  it("leave by their own statement", () => {
    const state = stateOf(start().addOwner(bob).removeOwner(alice).signedBy(alice).build());
    expect(state).toMatchObject({ owners: ["bob"], formerOwners: ["alice"] });
  });

  it("are never removed by another owner", () => {
    expect(codes(start().addOwner(bob).removeOwner(alice).signedBy(bob).build())).toEqual([
      "OWNER_REMOVED_BY_OTHER",
    ]);
  });

  it("are removed by a maintainer, which is shown", () => {
    const state = stateOf(start().addOwner(bob).removeOwner(alice).signedBy(maintainer).build());
    expect(state.owners).toEqual(["bob"]);
    expect(state.events[2]?.by.maintainer).toBe(true);
  });

  it.each([
    ["itself", alice],
    ["a maintainer", maintainer],
  ])("are never removed where one is the last, by %s", (_, key) => {
    expect(codes(start().removeOwner(alice).signedBy(key).build())).toEqual(["OWNER_LAST"]);
  });

  it("are never removed where they are none", () => {
    expect(codes(start().removeOwner(bob).signedBy(maintainer).build())).toEqual(["OWNER_NOT"]);
    expect(codes(start().removeOwner(bob).signedBy(bob).build())).toEqual(["STATEMENT_BY_NON_OWNER"]);
  });

  it("say nothing more once they have left", () => {
    const story = start().addOwner(bob).removeOwner(alice).yank("1.0.0").signedBy(alice);
    expect(codes(story.build())).toEqual(["STATEMENT_BY_NON_OWNER"]);
  });
});

describe("status", () => {
  it("yank keeps the reason, unyank takes it back", () => {
    expect(stateOf(start().yank("1.0.0", "broken").build()).yanked).toEqual(new Map([[V1, "broken"]]));
    expect(stateOf(start().yank("1.0.0").unyank("1.0.0").build()).yanked.size).toBe(0);
    expect(stateOf(start().yank("1.0.0").unyank("1.0.0").yank("1.0.0", "again").build()).yanked.get(V1)).toBe(
      "again",
    );
  });

  it("a version that is yanked is never yanked again", () => {
    expect(codes(start().yank("1.0.0").yank("1.0.0").build())).toEqual(["VERSION_YANKED_ALREADY"]);
  });

  it("a version that is not yanked is never unyanked", () => {
    expect(codes(start().unyank("1.0.0").build())).toEqual(["VERSION_NOT_YANKED"]);
  });

  it("a yank of a version that the package never had is told", () => {
    const { events, name } = stateOf(
      start().release("1.0.0").yank("1.0.0").yank("2.0.0").unyank("2.0.0").build(),
    );
    const problems = checkVersionsKnown(events, name, new Set([V1]));
    expect(problems).toMatchObject([
      { code: "VERSION_UNKNOWN", file: "packages/x/statements/0003.toml", found: "2.0.0" },
      { code: "VERSION_UNKNOWN", file: "packages/x/statements/0004.toml", found: "2.0.0" },
    ]);
  });

  it("a yank by a non-owner is refused", () => {
    expect(codes(start().yank("1.0.0").signedBy(bob).build())).toEqual(["STATEMENT_BY_NON_OWNER"]);
  });

  it("deprecations add up, an advisory replaces the one with its id, archive keeps the reason", () => {
    const story = start()
      .deprecate("old", { replacement: "y" })
      .deprecate("older", { versions: "<1.0.0" })
      .advise("A-1")
      .advise("A-1", { severity: "low", summary: "less than we thought" })
      .advise("A-2", { url: "https://example.org/a-2" })
      .archive("done");
    expect(stateOf(story.build())).toMatchObject({
      deprecated: [
        { reason: "old", replacement: "y" },
        { reason: "older", versions: "<1.0.0" },
      ],
      advisories: [
        { id: "A-1", severity: "low" },
        { id: "A-2", url: "https://example.org/a-2" },
      ],
      archived: "done",
    });
  });

  it("a maintainer's override is shown", () => {
    const state = stateOf(start().yank("1.0.0").signedBy(maintainer).build());
    expect(state.events[1]).toMatchObject({ action: "yank", standing: "good", by: { maintainer: true } });
  });
});

describe("keys in the end", () => {
  /** alice's first key claims and yanks; then it retires or is revoked. */
  const withKey = () => people().publisher(alice).addKey(aliceNext);

  it("a retired key's statements stand", () => {
    const story = people()
      .publisher(alice)
      .addKey(aliceNext, { replaces: alice })
      .package("x", { claimedBy: alice })
      .yank("1.0.0");
    const state = stateOf(story.build());
    expect(state.owners).toEqual(["alice"]);
    expect(state.yanked.size).toBe(1);
  });

  it("a revoked key's statement that is listed stands", () => {
    const story = withKey()
      .revokeKey(alice, { statements: ["x#1"] })
      .signedBy(aliceNext)
      .package("x", { claimedBy: alice });
    const result = judgePackage(story.build(), "x");
    expect(take(result).owners).toEqual(["alice"]);
    expect(codesOf(result)).toEqual([]);
  });

  it("a revoked key's statement that is not listed has fallen: kept, shown, without effect", () => {
    const story = withKey()
      .revokeKey(alice, { statements: ["x#1"] })
      .signedBy(aliceNext)
      .package("x", { claimedBy: alice })
      .yank("1.0.0")
      .archive("done")
      .signedBy(aliceNext);
    const result = judgePackage(story.build(), "x");
    const state = take(result);
    expect(codesOf(result)).toEqual(["STATEMENT_FALLEN"]);
    expect(state.events.map((event) => event.standing)).toEqual(["good", "fallen", "good"]);
    expect(state.yanked.size).toBe(0);
    expect(state.archived).toBe("done");
  });

  it("a fallen claim leaves the package without an owner, and says so", () => {
    const story = withKey().revokeKey(alice).signedBy(aliceNext).package("x", { claimedBy: alice });
    const result = judgePackage(story.build(), "x");
    expect(take(result)).toMatchObject({ owners: [], formerOwners: ["alice"] });
    expect(codesOf(result)).toEqual(["STATEMENT_FALLEN", "PACKAGE_OWNERLESS"]);
  });

  it("a maintainer gives an ownerless package an owner: another, or the same", () => {
    const claimed = () => withKey().revokeKey(alice).signedBy(aliceNext).package("x", { claimedBy: alice });
    expect(stateOf(claimed().addOwner(bob).signedBy(maintainer).build()).owners).toEqual(["bob"]);
    expect(stateOf(claimed().addOwner(alice).signedBy(maintainer).build()).owners).toEqual(["alice"]);
  });

  it("what rests on a fallen statement falls with it, and is no error", () => {
    const story = withKey()
      .revokeKey(alice)
      .signedBy(aliceNext)
      .package("x", { claimedBy: alice })
      .addOwner(bob)
      .signedBy(aliceNext)
      .yank("1.0.0")
      .signedBy(bob);
    const result = judgePackage(story.build(), "x");
    expect(take(result).events.map((event) => event.standing)).toEqual(["fallen", "fallen", "fallen"]);
    expect(take(result)).toMatchObject({ owners: [], yanked: new Map() });
  });

  it("after a fallen yank, a yank and an unyank are no error", () => {
    const story = () =>
      withKey()
        .revokeKey(alice, { statements: ["x#1"] })
        .signedBy(aliceNext)
        .package("x", { claimedBy: alice })
        .yank("1.0.0");
    expect(stateOf(story().yank("1.0.0", "still").signedBy(aliceNext).build()).yanked).toEqual(
      new Map([[V1, "still"]]),
    );
    expect(stateOf(story().unyank("1.0.0").signedBy(aliceNext).build()).yanked.size).toBe(0);
  });

  it("a fallen statement by someone who never owned the package is an error all the same", () => {
    const story = withKey()
      .revokeKey(alice)
      .signedBy(aliceNext)
      .package("x", { claimedBy: bob })
      .yank("1.0.0")
      .signedBy(alice);
    expect(codes(story.build())).toEqual(["STATEMENT_BY_NON_OWNER"]);
  });

  it("a fallen statement that does not verify is an error all the same", () => {
    const story = withKey().revokeKey(alice).signedBy(aliceNext).package("x", { claimedBy: alice });
    const other = people().package("x", { claimedBy: alice }).with({ reason: "other" }).build();
    const path = "packages/x/statements/0001.toml";
    expect(codes(story.raw(path, other.get(path)).build())).toEqual(["SIGNATURE_INVALID"]);
  });
});

describe("the form of a chain", () => {
  it("out of order", () =>
    expect(codes(start().yank("1.0.0").with({ sequence: 5 }).build())).toContain("STATEMENT_SEQUENCE"));
  it("forked", () =>
    expect(
      codes(
        start()
          .yank("1.0.0")
          .with({ previous: "ab".repeat(32) })
          .build(),
      ),
    ).toEqual(["STATEMENT_PREVIOUS"]));
  it("for another registry", () => {
    expect(codes(start().with({ registry: "https://other.example/" }).build())).toEqual([
      "STATEMENT_REGISTRY",
    ]);
  });
  it("for another subject", () => {
    expect(
      codes(
        start()
          .with({ subject: { kind: "package", name: "y" } })
          .build(),
      ),
    ).toEqual(["STATEMENT_SUBJECT"]);
  });
  it("a publisher's statement among a package's", () => {
    const story = start().statement({
      action: "revoke-key",
      key: alice.publicKey.id,
      releases: [],
      statements: [],
      reason: "x",
    });
    const found = codes(story.with({ subject: { kind: "publisher", name: "alice" } }).build());
    expect(found).toEqual(["STATEMENT_SUBJECT"]);
  });
  it("signed for a release", () => {
    expect(codes(start().signedBy(alice, { namespace: RELEASE_NAMESPACE }).build())).toEqual([
      "SIGNATURE_NAMESPACE",
    ]);
  });
});

it("the order of statements and of publishers in the input never matters", () => {
  const files = start().addOwner(bob).yank("1.0.0").signedBy(bob).deprecate().build();
  const chain = chainOf(files, "packages/x");
  const publishers = publishersOf(files);
  const fold = (statements: typeof chain, states: typeof publishers) =>
    foldPackage(rootOf(files), "x" as PackageName, statements, states, nodeTrustPorts);
  expect(fold(chain.toReversed(), new Map([...publishers].reverse()))).toEqual(fold(chain, publishers));
});

it("node and noble fold a chain to the same state", () => {
  const files = start().addOwner(bob).yank("1.0.0").signedBy(bob).build();
  expect(judgePackage(files, "x", nobleTrustPorts)).toEqual(judgePackage(files, "x", nodeTrustPorts));
});

it.each(["constructor", "tostring", "valueof", "hasownproperty"])(
  "a package and a publisher may be called %s",
  (name) => {
    const files = aRegistry().publisher(alice, { name }).package(name).with({ publisher: name }).build();
    expect(take(judgePackage(files, name)).owners).toEqual([name]);
  },
);
