import { describe, expect, it } from "vitest";
import { concat, fromHex, utf8 } from "../../src/base/bytes.ts";
import { nativeSha256, nodeTrustPorts } from "../../src/node/crypto.ts";
import { nobleTrustPorts } from "../../src/trust/noble.ts";
import { type UnverifiedRelease, VerifiedRelease, verifyRelease } from "../../src/trust/release.ts";
import { decodeSshsig, encodeSshsig, STATEMENT_NAMESPACE } from "../../src/trust/sshsig.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice, aliceNext, bob, carol, maintainer, mallory } from "../support/fixture-keys.ts";
import { authorityOf, codesOf, type Files, judgeRelease, releaseOf, take } from "../support/judge.ts";

const FILES = { "README.md": "# x\n", "a.ttl": "# a\n", "b/c.txt": "c\n" };
const people = () =>
  aRegistry({ maintainers: [maintainer] })
    .publisher(alice)
    .publisher(bob)
    .publisher(carol);
const start = () => people().package("x").release("1.0.0", { files: FILES }).signedBy(alice);
const good = start().build();
const judge = (files: Files) => judgeRelease(files, "x", "1.0.0");
const codes = (files: Files) => codesOf(judge(files));
const at = (path: string) => `packages/x/1.0.0/${path}`;
const changed = (path: string, content: string | Uint8Array | undefined) =>
  start().raw(at(path), content).build();
const signatureOf = (files: Files) => files.get(at("SHA256SUMS.sig")) ?? new Uint8Array();

describe("a release that is authentic", () => {
  it("is verified, with everything later stages need", () => {
    const release = take(judge(good));
    expect(release.manifest).toMatchObject({ name: "x", version: "1.0.0", publisher: "alice" });
    expect(release.digest).toBe(nativeSha256(good.get(at("SHA256SUMS")) ?? new Uint8Array()));
    expect(release.signature).toEqual({ publisher: "alice", keyId: alice.publicKey.id, keyState: "active" });
    expect(release.standing).toBe("good");
    expect([...release.content.keys()]).toEqual(["README.md", "a.ttl", "b/c.txt"]);
    expect([...release.files.keys()]).toEqual([
      "package.toml",
      "SHA256SUMS",
      "SHA256SUMS.sig",
      "content/README.md",
      "content/a.ttl",
      "content/b/c.txt",
    ]);
    expect(release.entries.map((entry) => entry.path)).toEqual([
      "content/README.md",
      "content/a.ttl",
      "content/b/c.txt",
      "package.toml",
    ]);
  });

  it("is the same whatever the order of its files", () => {
    const release = releaseOf(good, "x", "1.0.0");
    const reversed = { ...release, files: new Map([...release.files].reverse()) };
    const authority = authorityOf(good, "x");
    const verified = take(verifyRelease(reversed, authority, nodeTrustPorts));
    expect(verified).toEqual(take(judge(good)));
    expect([...verified.files.keys()]).toEqual([...take(judge(good)).files.keys()]);
  });

  it("is the same by node and by noble", () => {
    expect(judgeRelease(good, "x", "1.0.0", nobleTrustPorts)).toEqual(judge(good));
  });

  it("may be signed by any owner", () => {
    const files = people()
      .package("x", { claimedBy: alice })
      .addOwner(bob)
      .release("1.0.0")
      .signedBy(bob)
      .build();
    expect(take(judge(files)).signature.publisher).toBe("bob");
  });

  it("is frozen, and made by verifying only", () => {
    const release = take(judge(good));
    expect(Object.isFrozen(release)).toBe(true);
    expect(VerifiedRelease.is(release)).toBe(true);
    expect(VerifiedRelease.is({ ...release })).toBe(false);
    const Forged = VerifiedRelease as unknown as new (maker: unknown, fields: unknown) => VerifiedRelease;
    expect(() => new Forged(Symbol("made by verifying"), release)).toThrow(TypeError);
  });
});

describe("files", () => {
  it("checksum differs: every file that does is named", () => {
    const files = start().raw(at("content/a.ttl"), "# b\n").raw(at("content/README.md"), "# y\n").build();
    const result = judge(files);
    expect(codesOf(result)).toEqual(["RELEASE_CHECKSUM", "RELEASE_CHECKSUM"]);
    expect(result.ok ? [] : result.problems.map((problem) => problem.file)).toEqual([
      at("content/README.md"),
      at("content/a.ttl"),
    ]);
  });

  it("package.toml changed", () => {
    const toml = new TextDecoder().decode(good.get(at("package.toml"))).replace("The package", "A package");
    expect(codes(changed("package.toml", toml))).toEqual(["RELEASE_CHECKSUM"]);
  });

  it("missing", () => expect(codes(changed("content/a.ttl", undefined))).toEqual(["RELEASE_FILE_MISSING"]));

  it("extra, in content", () => {
    expect(codes(changed("content/z.ttl", ""))).toEqual(["RELEASE_FILE_UNLISTED"]);
  });

  it("extra, in content, with a name that hides", () => {
    const result = judge(changed("content/a\u202ettl.exe", ""));
    expect(result.ok ? "" : result.problems[0]?.file).toBe(at("content/a\\u{202e}ttl.exe"));
  });

  it("extra, beside package.toml", () =>
    expect(codes(changed("install.sh", "rm"))).toEqual(["RELEASE_FILE_UNLISTED"]));
  it("extra: a second signature", () =>
    expect(codes(changed("SHA256SUMS.new.sig", ""))).toEqual(["RELEASE_FILE_UNLISTED"]));

  it.each([["package.toml"], ["SHA256SUMS"], ["SHA256SUMS.sig"]])("without %s", (path) => {
    expect(codes(changed(path, undefined))).toContain("RELEASE_FILE_MISSING");
  });

  it("none at all: every one that is missing is named", () => {
    const empty: UnverifiedRelease = { name: "x", version: "1.0.0", where: "x", files: new Map() };
    expect(codesOf(verifyRelease(empty, authorityOf(good, "x"), nodeTrustPorts))).toEqual([
      "RELEASE_FILE_MISSING",
      "RELEASE_FILE_MISSING",
      "RELEASE_FILE_MISSING",
    ]);
  });

  it("SHA256SUMS in another spelling, signed: two spaces and LF only", () => {
    const text = new TextDecoder().decode(good.get(at("SHA256SUMS")));
    const files = people()
      .package("x")
      .release("1.0.0", { files: FILES, sums: text.replaceAll("\n", "\r\n") })
      .signedBy(alice)
      .build();
    expect(judge(files).ok).toBe(false);
  });

  it("SHA256SUMS that does not list package.toml, signed", () => {
    const text = new TextDecoder().decode(good.get(at("SHA256SUMS"))).replace(/^.*package.toml\n/m, "");
    const files = people()
      .package("x")
      .release("1.0.0", { files: FILES, sums: text })
      .signedBy(alice)
      .build();
    expect(codes(files)).toContain("SUMS_NO_MANIFEST");
  });

  it("with many faults: all are told at once", () => {
    const files = start()
      .raw(at("content/a.ttl"), "?")
      .raw(at("content/z"), "?")
      .raw(at("content/README.md"), undefined)
      .raw(at("SHA256SUMS.sig"), "?")
      .build();
    expect(codes(files)).toEqual([
      "RELEASE_FILE_MISSING",
      "RELEASE_FILE_UNLISTED",
      "SIGNATURE_NOT_CANONICAL",
      "RELEASE_CHECKSUM",
    ]);
  });
});

describe("names", () => {
  it("name unlike its path", () => {
    const files = people()
      .package("x")
      .release("1.0.0", { manifest: { name: "y" } })
      .signedBy(alice)
      .build();
    expect(codes(files)).toContain("RELEASE_NAME");
  });

  it("version unlike its path", () => {
    const files = people()
      .package("x")
      .release("1.0.0", { manifest: { version: "1.0.1" } })
      .signedBy(alice)
      .build();
    expect(codes(files)).toEqual(["RELEASE_VERSION"]);
  });

  it("a release moved to another package of the same owner", () => {
    const story = people().package("y", { claimedBy: alice });
    for (const [path, bytes] of good)
      if (path.startsWith(at(""))) story.raw(path.replace("packages/x/", "packages/y/"), bytes);
    expect(codesOf(judgeRelease(story.build(), "y", "1.0.0"))).toEqual(["RELEASE_NAME", "RELEASE_PUBLISHER"]);
  });

  it("a release under another version's folder", () => {
    const files = new Map([...good].map(([path, bytes]) => [path.replace("/1.0.0/", "/9.9.9/"), bytes]));
    expect(codesOf(judgeRelease(files, "x", "9.9.9"))).toEqual(["RELEASE_VERSION"]);
  });

  it("a publisher who never owned the package", () => {
    const files = people().package("x", { claimedBy: alice }).release("1.0.0").signedBy(bob).build();
    expect(codes(files)).toEqual(["RELEASE_PUBLISHER"]);
  });

  it("a publisher in package.toml who is not the signer", () => {
    const files = people()
      .package("x", { claimedBy: alice })
      .release("1.0.0", { manifest: { publisher: "alice" } })
      .signedBy(bob)
      .build();
    expect(codes(files)).toEqual(["SIGNATURE_BY_STRANGER"]);
  });

  it("co-owners do not sign for each other", () => {
    const files = people()
      .package("x", { claimedBy: alice })
      .addOwner(bob)
      .release("1.0.0", { manifest: { publisher: "alice" } })
      .signedBy(bob)
      .build();
    expect(codes(files)).toEqual(["SIGNATURE_BY_STRANGER"]);
  });
});

describe("the signature", () => {
  it("by a stranger", () => {
    const files = people()
      .package("x", { claimedBy: alice })
      .release("1.0.0", { manifest: { publisher: "alice" } })
      .signedBy(mallory)
      .build();
    expect(codes(files)).toEqual(["SIGNATURE_BY_STRANGER"]);
  });

  it("by a maintainer: an override is a statement, never a release", () => {
    const files = people()
      .package("x", { claimedBy: alice })
      .release("1.0.0", { manifest: { publisher: "alice" } })
      .signedBy(maintainer)
      .build();
    expect(codes(files)).toEqual(["SIGNATURE_BY_STRANGER"]);
  });

  it("over other bytes", () => {
    const other = people()
      .package("x")
      .release("1.0.0", { files: { ...FILES, "a.ttl": "# other\n" } })
      .signedBy(alice)
      .build();
    expect(codes(changed("SHA256SUMS.sig", signatureOf(other)))).toEqual(["SIGNATURE_INVALID"]);
  });

  it("in another namespace", () => {
    const files = people()
      .package("x")
      .release("1.0.0")
      .signedBy(alice, { namespace: STATEMENT_NAMESPACE })
      .build();
    expect(codes(files)).toEqual(["SIGNATURE_NAMESPACE"]);
  });

  it("truncated", () => {
    expect(codes(changed("SHA256SUMS.sig", signatureOf(good).subarray(0, 200)))).toEqual([
      "SIGNATURE_NOT_CANONICAL",
    ]);
  });

  it("with trailing text", () => {
    expect(codes(changed("SHA256SUMS.sig", concat(signatureOf(good), utf8("trailing\n"))))).toEqual([
      "SIGNATURE_NOT_CANONICAL",
    ]);
  });

  it("with a different embedded key", () => {
    const sshsig = take(decodeSshsig(signatureOf(good), "x"));
    const stranger = encodeSshsig({ ...sshsig, publicKey: mallory.publicKey.bytes });
    expect(codes(changed("SHA256SUMS.sig", stranger))).toEqual(["SIGNATURE_BY_STRANGER"]);
    const story = start()
      .publisher(alice)
      .addKey(aliceNext)
      .raw(at("SHA256SUMS.sig"), encodeSshsig({ ...sshsig, publicKey: aliceNext.publicKey.bytes }));
    expect(codes(story.build())).toEqual(["SIGNATURE_INVALID"]);
  });

  it("with an embedded key of small order, which verifies for anything", () => {
    const sshsig = take(decodeSshsig(signatureOf(good), "x"));
    const publicKey = fromHex(`01${"00".repeat(31)}`) ?? new Uint8Array();
    const signature = fromHex(`01${"00".repeat(63)}`) ?? new Uint8Array();
    expect(codes(changed("SHA256SUMS.sig", encodeSshsig({ ...sshsig, publicKey, signature })))).toEqual([
      "SIGNATURE_BY_STRANGER",
    ]);
  });
});
