/** The same signatures by OpenSSH's own tool: theirs by us, ours by theirs. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { readPrivateKeyFile } from "../../src/node/keys.ts";
import { writeOpenSshPrivateKey } from "../../src/node/openssh-private-key.ts";
import { writeAllowedSigners } from "../../src/trust/allowed-signers.ts";
import { nobleTrustPorts } from "../../src/trust/noble.ts";
import { parseOpenSshPublicKey } from "../../src/trust/public-key.ts";
import {
  decodeSshsig,
  encodeSshsig,
  RELEASE_NAMESPACE,
  STATEMENT_NAMESPACE,
  signSshsig,
  sshsigMessage,
  sshsigVerifies,
} from "../../src/trust/sshsig.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice, aliceNext, bob } from "../support/fixture-keys.ts";
import { codesOf, judgeRelease, publishersOf, take } from "../support/judge.ts";
import { hasTool } from "../support/tools.ts";

const message = utf8("SHA256SUMS of something\n");

describe.skipIf(!hasTool("ssh-keygen"))("ssh-keygen", () => {
  let directory = "";
  const path = (name: string) => join(directory, name);
  const keygen = (...args: string[]) =>
    execFileSync("ssh-keygen", args, { cwd: directory, stdio: "pipe" }).toString();

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "ssh-keygen-"));
    keygen("-q", "-t", "ed25519", "-N", "", "-C", "carol@example.org", "-f", "carol");
    writeFileSync(path("alice"), writeOpenSshPrivateKey(alice.privateKey, "alice"), { mode: 0o600 });
    writeFileSync(path("message"), message);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** The signature file that the tool makes of `message`. */
  function sign(key: string, namespace: string, ...options: string[]): Uint8Array {
    rmSync(path("message.sig"), { force: true });
    keygen("-q", "-Y", "sign", ...options, "-f", key, "-n", namespace, "message");
    return Uint8Array.from(readFileSync(path("message.sig")));
  }

  /** Whether the tool accepts `signature` over `bytes`, as anyone would ask it. */
  function toolVerifies(
    signature: Uint8Array,
    bytes: Uint8Array,
    signers: string,
    who: string,
    namespace: string,
  ): boolean {
    writeFileSync(path("signature"), signature);
    writeFileSync(path("allowed_signers"), signers);
    const args = ["-Y", "verify", "-f", "allowed_signers", "-I", who, "-n", namespace, "-s", "signature"];
    return spawnSync("ssh-keygen", args, { cwd: directory, input: bytes }).status === 0;
  }

  it.each(["sha512", "sha256"])("what it signs over %s, we accept, by node and by noble", (hash) => {
    const armor = sign("carol", RELEASE_NAMESPACE, "-O", `hashalg=${hash}`);
    const key = take(parseOpenSshPublicKey(readFileSync(path("carol.pub"), "utf8"), "carol.pub"));
    const sshsig = take(decodeSshsig(armor, "message.sig"));
    expect(sshsig).toMatchObject({ namespace: RELEASE_NAMESPACE, hashAlgorithm: hash });
    expect(encodeSshsig(sshsig)).toEqual(armor);
    for (const ports of [nodeTrustPorts, nobleTrustPorts])
      expect(sshsigVerifies(sshsig, message, key, ports)).toBe(true);
  });

  it("signs the same bytes as we do, byte for byte", () => {
    expect(signSshsig(message, STATEMENT_NAMESPACE, alice, nodeTrustPorts)).toEqual(
      sign("alice", STATEMENT_NAMESPACE),
    );
  });

  it("signs the same bytes with a key of its own that we read", async () => {
    const carol = take(await readPrivateKeyFile(path("carol")));
    expect(signSshsig(message, RELEASE_NAMESPACE, carol, nodeTrustPorts)).toEqual(
      sign("carol", RELEASE_NAMESPACE),
    );
  });

  it("accepts what we sign, in its namespace and for its publisher only", () => {
    const signers = writeAllowedSigners(publishersOf(aRegistry().publisher(alice).publisher(bob).build()));
    const armor = signSshsig(message, RELEASE_NAMESPACE, alice, nodeTrustPorts);
    expect(toolVerifies(armor, message, signers, "alice", RELEASE_NAMESPACE)).toBe(true);
    expect(toolVerifies(armor, message, signers, "bob", RELEASE_NAMESPACE)).toBe(false);
    expect(toolVerifies(armor, message, signers, "alice", STATEMENT_NAMESPACE)).toBe(false);
    expect(toolVerifies(armor, utf8("other"), signers, "alice", RELEASE_NAMESPACE)).toBe(false);
    const git = signSshsig(message, "git", alice, nodeTrustPorts);
    expect(toolVerifies(git, message, signers, "alice", "git")).toBe(false);
  });

  it("accepts what we sign over sha256", () => {
    const signature = alice.sign(sshsigMessage(RELEASE_NAMESPACE, message, nodeTrustPorts, "sha256"));
    const armor = encodeSshsig({
      publicKey: alice.publicKey.bytes,
      namespace: RELEASE_NAMESPACE,
      hashAlgorithm: "sha256",
      signature,
    });
    const signers = writeAllowedSigners(publishersOf(aRegistry().publisher(alice).build()));
    expect(toolVerifies(armor, message, signers, "alice", RELEASE_NAMESPACE)).toBe(true);
  });

  it("verifies a whole release, and one of a retired key", () => {
    const story = aRegistry()
      .publisher(alice)
      .addKey(aliceNext, { replaces: alice })
      .package("x", { claimedBy: alice })
      .release("1.0.0");
    const files = story.build();
    const sums = files.get("packages/x/1.0.0/SHA256SUMS") ?? new Uint8Array();
    const signature = files.get("packages/x/1.0.0/SHA256SUMS.sig") ?? new Uint8Array();
    expect(
      toolVerifies(signature, sums, writeAllowedSigners(publishersOf(files)), "alice", RELEASE_NAMESPACE),
    ).toBe(true);
    expect(take(judgeRelease(files, "x", "1.0.0")).signature.keyState).toBe("retired");
  });

  it("takes trailing text after a signature, which we refuse", () => {
    const signers = writeAllowedSigners(publishersOf(aRegistry().publisher(alice).build()));
    const armor = Buffer.concat([
      signSshsig(message, RELEASE_NAMESPACE, alice, nodeTrustPorts),
      utf8("trailing\n"),
    ]);
    expect(toolVerifies(armor, message, signers, "alice", RELEASE_NAMESPACE)).toBe(true);
    expect(codesOf(decodeSshsig(armor, "x.sig"))).toEqual(["SIGNATURE_NOT_CANONICAL"]);
  });

  it.each([
    ["rsa", ["-b", "2048"], "an RSA key"],
    ["ecdsa", ["-b", "256"], "an ECDSA key"],
  ] as const)("a signature by %s is refused, and said so", (type, options, said) => {
    keygen("-q", "-t", type, ...options, "-N", "", "-f", type);
    const armor = sign(type, RELEASE_NAMESPACE);
    const result = decodeSshsig(armor, "SHA256SUMS.sig");
    expect(codesOf(result)).toEqual(["SIGNATURE_KEY_KIND"]);
    expect(result.ok ? "" : result.problems[0]?.message).toContain(said);
    const files = aRegistry().publisher(alice).package("x").release("1.0.0", { signature: armor }).build();
    expect(codesOf(judgeRelease(files, "x", "1.0.0"))).toEqual(["SIGNATURE_KEY_KIND"]);
    expect(codesOf(parseOpenSshPublicKey(readFileSync(path(`${type}.pub`), "utf8"), "x.pub"))).toEqual([
      "KEY_KIND",
    ]);
  });

  it("a signature by a certificate is refused", () => {
    keygen("-q", "-t", "ed25519", "-N", "", "-f", "authority");
    keygen("-q", "-s", "authority", "-I", "carol", "-n", "carol", "carol.pub");
    const text = readFileSync(path("carol-cert.pub"), "utf8");
    const result = parseOpenSshPublicKey(text, "carol-cert.pub");
    expect(result.ok ? "" : result.problems[0]?.message).toContain("a certificate");
  });

  it("shows the fingerprints that we show", () => {
    for (const key of [alice, bob]) {
      writeFileSync(path("key.pub"), `${key.publicKey.openssh}\n`);
      expect(keygen("-l", "-f", "key.pub").split(" ")[1]).toBe(key.publicKey.id);
    }
  });

  it("a line feed in a key's comment is a stranger's line in a signers file written carelessly, and nothing here", () => {
    const comment = `alice\n* ${bob.publicKey.openssh}`;
    const careless = `alice ${alice.publicKey.openssh} ${comment}\n`;
    const armor = signSshsig(message, RELEASE_NAMESPACE, bob, nodeTrustPorts);
    expect(toolVerifies(armor, message, careless, "alice", RELEASE_NAMESPACE)).toBe(true);
    expect(codesOf(parseOpenSshPublicKey(`${alice.publicKey.openssh} ${comment}`, "x.pub"))).toEqual([
      "KEY_LINES",
    ]);
  });
});

describe.skipIf(!hasTool("sha256sum"))("sha256sum", () => {
  it("--strict -c accepts the SHA256SUMS of a release, on its files", () => {
    const directory = mkdtempSync(join(tmpdir(), "sha256sum-"));
    try {
      aRegistry().publisher(alice).package("x").release("1.0.0").writeTo(directory);
      const cwd = join(directory, "packages/x/1.0.0");
      expect(spawnSync("sha256sum", ["--strict", "--quiet", "-c", "SHA256SUMS"], { cwd }).status).toBe(0);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
