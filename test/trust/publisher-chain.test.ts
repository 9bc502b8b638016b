import { describe, expect, it } from "vitest";
import { toBase64, utf8 } from "../../src/base/bytes.ts";
import type { PublisherName } from "../../src/manifest/name.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { nobleTrustPorts } from "../../src/trust/noble.ts";
import { publicKeyBlob } from "../../src/trust/public-key.ts";
import { foldPublisher } from "../../src/trust/publisher-chain.ts";
import { RELEASE_NAMESPACE } from "../../src/trust/sshsig.ts";
import { STATEMENTS_MAX } from "../../src/trust/statement.ts";
import { aRegistry, type RegistryOptions } from "../support/a-registry.ts";
import { alice, aliceNext, bob, maintainer, mallory, testKey } from "../support/fixture-keys.ts";
import { chainOf, codesOf, type Files, judgePublisher, rootOf, take } from "../support/judge.ts";

const MAINTAINED: RegistryOptions = { maintainers: [maintainer] };
const ALICE = "alice" as PublisherName;
const aliceThird = testKey("alice", 3);
const start = () =>
  aRegistry(MAINTAINED).publisher(alice, { title: "Alice", homepage: "https://alice.example/" });
const codes = (files: Files, name = "alice") => codesOf(judgePublisher(files, name));
const statesOf = (files: Files) => {
  const state = take(judgePublisher(files, "alice"));
  return Object.fromEntries([...state.keys.values()].map(({ key, state }) => [key.id, state]));
};
/** The file of alice's statement `number`. */
const file = (number: number, ending = "") => `publishers/alice/statements/000${number}.toml${ending}`;

describe("a publisher registers", () => {
  it("with a key of its own, which is then active", () => {
    const state = take(judgePublisher(start().build(), "alice"));
    expect(state).toMatchObject({
      name: "alice",
      title: "Alice",
      homepage: "https://alice.example/",
      length: 1,
    });
    expect(state.keys.get(alice.publicKey.id)).toMatchObject({ state: "active" });
    expect(state.events).toMatchObject([
      { sequence: 1, action: "register", standing: "good", by: { publisher: "alice", maintainer: false } },
    ]);
    expect(state.head).toBe(state.events[0]?.digest);
  });

  it("never with another's key: signed by a stranger", () => {
    expect(codes(start().signedBy(mallory).build())).toEqual(["REGISTER_BY_OTHER_KEY"]);
  });

  it("never by a maintainer", () =>
    expect(codes(start().signedBy(maintainer).build())).toEqual(["REGISTER_BY_OTHER_KEY"]));

  it("never with a key of small order", () => {
    const identity = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
    const key = `ssh-ed25519 ${toBase64(publicKeyBlob(identity))}`;
    expect(codes(start().with({ key }).build())).toEqual(["KEY_POINT"]);
  });

  it("never with a key whose comment has a line feed", () => {
    const key = `${alice.publicKey.openssh} alice\n* evil-key ${mallory.publicKey.openssh}`;
    expect(judgePublisher(start().with({ key }).build(), "alice").ok).toBe(false);
  });

  it("once only", () => {
    const again = start()
      .statement({ action: "register", key: aliceNext.publicKey.openssh })
      .signedBy(aliceNext);
    expect(codes(again.build())).toEqual(["REGISTER_TWICE"]);
  });

  it("before anything else", () => {
    const bare = () => aRegistry().publisher(alice).with({ action: "add-key" });
    const files = bare()
      .raw(file(1, ".new.sig"), bare().build().get(file(1, ".sig")))
      .build();
    expect(codes(files)).toEqual(["CHAIN_BEGINS_OTHERWISE"]);
  });
});

describe("a key is added", () => {
  it("by an active key, and stands beside it", () => {
    expect(statesOf(start().addKey(aliceNext).build())).toEqual({
      [alice.publicKey.id]: "active",
      [aliceNext.publicKey.id]: "active",
    });
  });

  it("in place of another, which retires", () => {
    expect(statesOf(start().addKey(aliceNext, { replaces: alice }).build())).toEqual({
      [alice.publicKey.id]: "retired",
      [aliceNext.publicKey.id]: "active",
    });
  });

  it("by a maintainer, which is shown", () => {
    const state = take(judgePublisher(start().addKey(aliceNext).signedBy(maintainer).build(), "alice"));
    expect(state.events[1]?.by).toEqual({ maintainer: true, keyId: maintainer.publicKey.id });
  });

  it("never by a stranger", () => {
    expect(codes(start().addKey(mallory).signedBy(mallory).build())).toEqual(["SIGNATURE_BY_STRANGER"]);
  });

  it("never by a retired key", () => {
    const story = start().addKey(aliceNext, { replaces: alice }).addKey(aliceThird).signedBy(alice);
    expect(codes(story.build())).toEqual(["STATEMENT_BY_INACTIVE_KEY"]);
  });

  it("never by a revoked key", () => {
    const story = start().addKey(aliceNext).revokeKey(alice).addKey(aliceThird).signedBy(alice);
    expect(codes(story.build())).toEqual(["STATEMENT_BY_INACTIVE_KEY"]);
  });

  it("never without the new key's own signature", () => {
    const story = start().addKey(bob).raw(file(2, ".new.sig"), undefined);
    expect(codes(story.build())).toEqual(["STATEMENT_NOT_COSIGNED"]);
  });

  it("never where the second signature is by another key", () => {
    expect(codes(start().addKey(bob, { coSignedBy: alice }).build())).toEqual(["COSIGNATURE_BY_OTHER_KEY"]);
  });

  it("never where the second signature is over other bytes", () => {
    const other = start().addKey(aliceNext, { replaces: alice }).build().get(file(2, ".new.sig"));
    expect(codes(start().addKey(aliceNext).raw(file(2, ".new.sig"), other).build())).toEqual([
      "SIGNATURE_INVALID",
    ]);
  });

  it.each([
    ["active", start().addKey(alice)],
    ["retired", start().addKey(aliceNext, { replaces: alice }).addKey(alice).signedBy(aliceNext)],
    [
      "revoked",
      start().addKey(aliceNext).revokeKey(alice).signedBy(aliceNext).addKey(alice).signedBy(aliceNext),
    ],
  ])("never again: one that is %s already", (_, story) => {
    expect(codes(story.build())).toEqual(["KEY_KNOWN"]);
  });

  it("never in place of a key that is not active", () => {
    expect(codes(start().addKey(aliceNext, { replaces: bob }).build())).toEqual(["KEY_NOT_ACTIVE"]);
    const twice = start()
      .addKey(aliceNext, { replaces: alice })
      .addKey(aliceThird, { replaces: alice })
      .signedBy(aliceNext);
    expect(codes(twice.build())).toEqual(["KEY_NOT_ACTIVE"]);
  });
});

describe("a key is revoked", () => {
  it("by another active key, with what stays valid", () => {
    const story = start()
      .addKey(aliceNext)
      .revokeKey(alice, { releases: ["ab".repeat(32)], statements: ["cd".repeat(32)] });
    const state = take(judgePublisher(story.signedBy(aliceNext).build(), "alice"));
    expect(state.keys.get(alice.publicKey.id)).toMatchObject({
      state: "revoked",
      validReleases: new Set(["ab".repeat(32)]),
      validStatements: new Set(["cd".repeat(32)]),
      reason: "the key was stolen",
    });
  });

  it("by itself", () =>
    expect(statesOf(start().revokeKey(alice).build())).toEqual({ [alice.publicKey.id]: "revoked" }));

  it("by a maintainer", () => {
    expect(statesOf(start().revokeKey(alice).signedBy(maintainer).build())).toEqual({
      [alice.publicKey.id]: "revoked",
    });
  });

  it("after it has retired", () => {
    const story = start().addKey(aliceNext, { replaces: alice }).revokeKey(alice).signedBy(aliceNext);
    expect(statesOf(story.build())[alice.publicKey.id]).toBe("revoked");
  });

  it("never by a stranger", () => {
    expect(codes(start().revokeKey(alice).signedBy(mallory).build())).toEqual(["SIGNATURE_BY_STRANGER"]);
  });

  it("never where the publisher did not have it", () =>
    expect(codes(start().revokeKey(bob).build())).toEqual(["KEY_UNKNOWN"]));

  it("never twice by the publisher", () => {
    const story = start().addKey(aliceNext).revokeKey(alice).revokeKey(alice).signedBy(aliceNext);
    expect(codes(story.build())).toEqual(["KEY_ALREADY_REVOKED"]);
  });

  it("again by a maintainer, whose list counts", () => {
    const story = start()
      .revokeKey(alice)
      .revokeKey(alice, { releases: ["ab".repeat(32)] })
      .signedBy(maintainer);
    const standing = take(judgePublisher(story.build(), "alice")).keys.get(alice.publicKey.id);
    expect(standing).toMatchObject({ state: "revoked", validReleases: new Set(["ab".repeat(32)]) });
  });
});

describe("a publisher whose last key is revoked", () => {
  it("gets a new one by a maintainer's add-key", () => {
    const story = start().revokeKey(alice).addKey(aliceNext).signedBy(maintainer);
    expect(statesOf(story.build())[aliceNext.publicKey.id]).toBe("active");
  });

  it("gets none by the new key alone", () => {
    expect(codes(start().revokeKey(alice).addKey(aliceNext).signedBy(aliceNext).build())).toEqual([
      "SIGNATURE_BY_STRANGER",
    ]);
  });

  it("gets none by the maintainer alone: the new key signs too", () => {
    const story = start().revokeKey(alice).addKey(aliceNext, { coSignedBy: maintainer }).signedBy(maintainer);
    expect(codes(story.build())).toEqual(["COSIGNATURE_BY_OTHER_KEY"]);
  });
});

describe("the form of a chain", () => {
  it("never skips a number", () => {
    const files = new Map(start().addKey(aliceNext).build());
    for (const ending of ["", ".sig", ".new.sig"]) {
      const bytes = files.get(file(2, ending));
      files.delete(file(2, ending));
      if (bytes !== undefined) files.set(file(3, ending), bytes);
    }
    expect(codes(files)).toContain("STATEMENT_NUMBER");
  });

  it("out of order: a sequence that is not the file's number", () => {
    expect(codes(start().addKey(aliceNext).with({ sequence: 3 }).build())).toContain("STATEMENT_SEQUENCE");
  });

  it("forked: a statement that follows another one", () => {
    const fork = start()
      .addKey(aliceThird)
      .with({ previous: "ab".repeat(32) });
    expect(codes(fork.build())).toEqual(["STATEMENT_PREVIOUS"]);
  });

  it("forked: a first statement exchanged under a second", () => {
    const other = aRegistry(MAINTAINED).publisher(alice, { title: "Another" }).build();
    const story = start()
      .addKey(aliceNext)
      .raw(file(1), other.get(file(1)))
      .raw(file(1, ".sig"), other.get(file(1, ".sig")));
    expect(codes(story.build())).toEqual(["STATEMENT_PREVIOUS"]);
  });

  it("forked: two statements of one number", () => {
    const chain = chainOf(start().addKey(aliceNext).build(), "publishers/alice");
    const doubled = [...chain, ...chain.slice(1)];
    expect(codesOf(foldPublisher(rootOf(start().build()), ALICE, doubled, nodeTrustPorts))).toContain(
      "STATEMENT_NUMBER",
    );
  });

  it("for another registry", () => {
    const elsewhere = start().with({ registry: "https://other.example/" });
    expect(codes(elsewhere.build())).toEqual(["STATEMENT_REGISTRY"]);
  });

  it("for another publisher", () => {
    const story = start().with({ subject: { kind: "publisher", name: "bob" } });
    expect(codes(story.build())).toEqual(["STATEMENT_SUBJECT"]);
  });

  it("with a second signature where no key is added", () => {
    const signature = start().build().get(file(1, ".sig"));
    expect(codes(start().raw(file(1, ".new.sig"), signature).build())).toEqual(["STATEMENT_COSIGNED"]);
  });

  it("signed in another namespace", () => {
    expect(codes(start().signedBy(alice, { namespace: RELEASE_NAMESPACE }).build())).toEqual([
      "SIGNATURE_NAMESPACE",
    ]);
  });

  it("signed over other bytes", () => {
    const files = start().build();
    const changed = utf8(`${new TextDecoder().decode(files.get(file(1)))}# a comment\n`);
    expect(codes(new Map([...files, [file(1), changed]]))).toEqual(["SIGNATURE_INVALID"]);
  });

  it("not signed at all", () => {
    expect(codes(start().raw(file(1, ".sig"), "").build())).toEqual(["SIGNATURE_NOT_CANONICAL"]);
  });

  it("empty", () => {
    expect(codesOf(foldPublisher(rootOf(start().build()), ALICE, [], nodeTrustPorts))).toEqual([
      "CHAIN_EMPTY",
    ]);
  });

  it("too long", () => {
    const [first] = chainOf(start().build(), "publishers/alice");
    const chain = first === undefined ? [] : Array.from({ length: STATEMENTS_MAX + 1 }, () => first);
    expect(codesOf(foldPublisher(rootOf(start().build()), ALICE, chain, nodeTrustPorts))).toEqual([
      "CHAIN_TOO_LONG",
    ]);
  });

  it("with many faults: all are told at once", () => {
    const story = start()
      .with({ registry: "https://other.example/" })
      .addKey(aliceNext)
      .with({ sequence: 7, previous: "ab".repeat(32) });
    expect(new Set(codes(story.build()))).toEqual(
      new Set(["STATEMENT_REGISTRY", "STATEMENT_SEQUENCE", "STATEMENT_PREVIOUS"]),
    );
  });
});

it("the order in which files are listed never matters", () => {
  const files = start().addKey(aliceNext, { replaces: alice }).revokeKey(alice).signedBy(aliceNext).build();
  const chain = chainOf(files, "publishers/alice");
  const forwards = foldPublisher(rootOf(files), ALICE, chain, nodeTrustPorts);
  expect(foldPublisher(rootOf(files), ALICE, chain.toReversed(), nodeTrustPorts)).toEqual(forwards);
});

it("node and noble fold a chain to the same state", () => {
  const files = start().addKey(aliceNext, { replaces: alice }).revokeKey(alice).signedBy(aliceNext).build();
  expect(judgePublisher(files, "alice", nobleTrustPorts)).toEqual(
    judgePublisher(files, "alice", nodeTrustPorts),
  );
});
