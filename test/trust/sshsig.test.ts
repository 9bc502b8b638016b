import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, decodeUtf8, fromBase64, utf8 } from "../../src/base/bytes.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { readArmor, writeArmor } from "../../src/trust/armor.ts";
import { nobleTrustPorts } from "../../src/trust/noble.ts";
import { WireReader, wireString, wireUint32 } from "../../src/trust/ssh-wire.ts";
import {
  checkNamespace,
  decodeSshsig,
  encodeSshsig,
  RELEASE_NAMESPACE,
  SIGNATURE_FILE_BYTES_MAX,
  STATEMENT_NAMESPACE,
  signSshsig,
  sshsigMessage,
  sshsigVerifies,
} from "../../src/trust/sshsig.ts";
import { alice, bob } from "../support/fixture-keys.ts";
import { codesOf, take } from "../support/judge.ts";

const message = utf8("hello, world\n");
const armor = signSshsig(message, RELEASE_NAMESPACE, alice, nodeTrustPorts);
const text = decodeUtf8(armor) ?? "";
const codes = (changed: string | Uint8Array) =>
  codesOf(decodeSshsig(typeof changed === "string" ? utf8(changed) : changed, "x.sig"));
const faultOf = (changed: string) => {
  const result = decodeSshsig(utf8(changed), "x.sig");
  return result.ok ? "" : result.problems[0]?.message;
};

/** A blob with any of its fields replaced. */
function blobWith(fields: {
  version?: number;
  key?: Uint8Array;
  reserved?: string;
  hash?: string;
  signature?: Uint8Array;
  after?: string;
}): Uint8Array {
  const { publicKey, signature } = take(decodeSshsig(armor, "x.sig"));
  const key = concat(wireString("ssh-ed25519"), wireString(publicKey));
  return writeArmor(
    "SSH SIGNATURE",
    concat(
      utf8("SSHSIG"),
      wireUint32(fields.version ?? 1),
      wireString(fields.key ?? key),
      wireString(RELEASE_NAMESPACE),
      wireString(fields.reserved ?? ""),
      wireString(fields.hash ?? "sha512"),
      wireString(fields.signature ?? concat(wireString("ssh-ed25519"), wireString(signature))),
      utf8(fields.after ?? ""),
    ),
  );
}

describe("SSHSIG", () => {
  it("is read back as it was written", () => {
    const sshsig = take(decodeSshsig(armor, "x.sig"));
    expect(sshsig).toMatchObject({ namespace: RELEASE_NAMESPACE, hashAlgorithm: "sha512" });
    expect(encodeSshsig(sshsig)).toEqual(armor);
    expect(blobWith({})).toEqual(armor);
  });

  it("verifies with node and with noble, for its message and its key only", () => {
    const sshsig = take(decodeSshsig(armor, "x.sig"));
    for (const ports of [nodeTrustPorts, nobleTrustPorts]) {
      expect(sshsigVerifies(sshsig, message, alice.publicKey, ports)).toBe(true);
      expect(sshsigVerifies(sshsig, utf8("hello, world"), alice.publicKey, ports)).toBe(false);
      expect(sshsigVerifies(sshsig, message, bob.publicKey, ports)).toBe(false);
    }
  });

  it("verifies over sha256, which ssh-keygen accepts too", () => {
    for (const ports of [nodeTrustPorts, nobleTrustPorts]) {
      const signature = alice.sign(sshsigMessage(RELEASE_NAMESPACE, message, ports, "sha256"));
      const { bytes: publicKey } = alice.publicKey;
      const written = encodeSshsig({
        publicKey,
        namespace: RELEASE_NAMESPACE,
        hashAlgorithm: "sha256",
        signature,
      });
      expect(sshsigVerifies(take(decodeSshsig(written, "x.sig")), message, alice.publicKey, ports)).toBe(
        true,
      );
    }
  });

  it("does not verify where the namespace in it was replaced", () => {
    const sshsig = take(decodeSshsig(armor, "x.sig"));
    const moved = { ...sshsig, namespace: STATEMENT_NAMESPACE };
    expect(sshsigVerifies(moved, message, alice.publicKey, nodeTrustPorts)).toBe(false);
  });

  it("does not verify where the hash algorithm in it was replaced", () => {
    const sshsig = take(decodeSshsig(armor, "x.sig"));
    expect(
      sshsigVerifies({ ...sshsig, hashAlgorithm: "sha256" }, message, alice.publicKey, nodeTrustPorts),
    ).toBe(false);
  });

  it("in another namespace is named", () => {
    const sshsig = take(decodeSshsig(armor, "x.sig"));
    expect(codesOf(checkNamespace(sshsig, STATEMENT_NAMESPACE, "x.sig"))).toEqual(["SIGNATURE_NAMESPACE"]);
    expect(checkNamespace(sshsig, RELEASE_NAMESPACE, "x.sig")).toEqual([]);
  });
});

describe("the armor is refused", () => {
  const body = text.split("\n").slice(1, -2).join("");
  it.each([
    ["truncated in its body", text.slice(0, 150)],
    ["truncated before its footer", text.slice(0, text.indexOf("-----END"))],
    ["empty", ""],
    ["without a header", text.slice(text.indexOf("\n") + 1)],
    ["without its final line feed", text.slice(0, -1)],
    ["with two final line feeds", `${text}\n`],
    ["with trailing text", `${text}and more\n`],
    ["with trailing text on the last line", text.replace(/\n$/, " more\n")],
    ["with a second signature after it", text + text],
    ["with text before it", `see below\n${text}`],
    ["with a space before it", ` ${text}`],
    ["with a byte order mark", `\ufeff${text}`],
    ["with CRLF", text.replaceAll("\n", "\r\n")],
    ["with a blank line", text.replace("-----\n", "-----\n\n")],
    ["with a space in its base64", text.replace(/\n(.)/, "\n $1")],
    [
      "wrapped at 76 columns",
      `-----BEGIN SSH SIGNATURE-----\n${body.match(/.{1,76}/g)?.join("\n")}\n-----END SSH SIGNATURE-----\n`,
    ],
    ["on one line", `-----BEGIN SSH SIGNATURE-----\n${body}\n-----END SSH SIGNATURE-----\n`],
    ["without a body", "-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----\n"],
    ["of another kind", text.replaceAll("SSH SIGNATURE", "PGP SIGNATURE")],
    ["with header and footer only", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"],
  ])("%s", (_, changed) => {
    expect(codes(changed)).toEqual(["SIGNATURE_NOT_CANONICAL"]);
  });

  it("with trailing text, saying so", () =>
    expect(faultOf(`${text}x\n`)).toContain("text after its last line"));
  it("as bytes that are not text", () =>
    expect(codes(Uint8Array.of(0xff, 0xfe))).toEqual(["SIGNATURE_NOT_CANONICAL"]));
  it("beyond its limit", () => {
    expect(codes(new Uint8Array(SIGNATURE_FILE_BYTES_MAX + 1))).toEqual(["SIGNATURE_TOO_LARGE"]);
  });

  it("in any spelling but one: whatever is read, is written again the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const written = writeArmor("SSH SIGNATURE", bytes);
        expect(readArmor("SSH SIGNATURE", written)).toEqual({ bytes });
      }),
    );
  });

  it("after any single byte of it was changed, or what it says has changed", () => {
    const sshsig = take(decodeSshsig(armor, "x.sig"));
    for (let at = 0; at < armor.length; at++) {
      const changed = Uint8Array.from(armor);
      changed[at] = (changed[at] as number) ^ 1;
      const result = decodeSshsig(changed, "x.sig");
      if (result.ok) expect(result.value).not.toEqual(sshsig);
    }
  });
});

describe("the blob is refused", () => {
  it.each([
    ["ssh-rsa", "an RSA key"],
    ["ecdsa-sha2-nistp256", "an ECDSA key"],
    ["sk-ssh-ed25519@openssh.com", "a key of a security device"],
    ["ssh-ed25519-cert-v01@openssh.com", "a certificate"],
  ])("by %s, naming it", (algorithm, said) => {
    const result = decodeSshsig(blobWith({ key: concat(wireString(algorithm), wireString("x")) }), "x.sig");
    expect(codesOf(result)).toEqual(["SIGNATURE_KEY_KIND"]);
    expect(result.ok ? "" : result.problems[0]?.message).toContain(said);
  });

  it("with an algorithm name full of control characters, shown visibly", () => {
    const result = decodeSshsig(blobWith({ key: wireString("\u001b[31mssh") }), "x.sig");
    expect(result.ok ? "" : result.problems[0]?.message).toContain("\\x1b[31m");
  });

  it.each([
    ["another version", { version: 2 }, "SIGNATURE_VERSION"],
    ["something reserved, which nobody signed", { reserved: "x" }, "SIGNATURE_MALFORMED"],
    ["the hash sha1", { hash: "sha1" }, "SIGNATURE_HASH_ALGORITHM"],
    ["bytes after it", { after: "x" }, "SIGNATURE_MALFORMED"],
    [
      "a key of 33 bytes",
      { key: concat(wireString("ssh-ed25519"), wireString(new Uint8Array(33))) },
      "SIGNATURE_MALFORMED",
    ],
    [
      "a signature of 63 bytes",
      { signature: concat(wireString("ssh-ed25519"), wireString(new Uint8Array(63))) },
      "SIGNATURE_MALFORMED",
    ],
    [
      "a signature of another algorithm",
      { signature: concat(wireString("ssh-rsa"), wireString(new Uint8Array(64))) },
      "SIGNATURE_MALFORMED",
    ],
    [
      "a signature and more",
      { signature: concat(wireString("ssh-ed25519"), wireString(new Uint8Array(64)), utf8("x")) },
      "SIGNATURE_MALFORMED",
    ],
  ])("with %s", (_, fields, code) => {
    expect(codes(blobWith(fields))).toEqual([code]);
  });

  it("cut off at any byte", () => {
    const blob = fromBase64(text.split("\n").slice(1, -2).join("")) ?? new Uint8Array();
    for (let length = 1; length < blob.length; length++)
      expect(decodeSshsig(writeArmor("SSH SIGNATURE", blob.subarray(0, length)), "x.sig").ok).toBe(false);
  });
});

describe("the wire", () => {
  it("gives nothing more once something is missing", () => {
    const reader = new WireReader(concat(wireString("a"), wireUint32(100), utf8("short")));
    expect(reader.text()).toBe("a");
    expect(reader.string()).toBeUndefined();
    expect(reader.take(0)).toBeUndefined();
    expect(reader.atEnd).toBe(false);
  });

  it("reads a length of 2^32 - 1 without allocating it", () => {
    expect(new WireReader(Uint8Array.of(255, 255, 255, 255, 1)).string()).toBeUndefined();
  });
});
