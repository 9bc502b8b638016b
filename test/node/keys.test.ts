import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, equalBytes, toBase64, toHex, utf8 } from "../../src/base/bytes.ts";
import { RegistryError } from "../../src/base/error.ts";
import {
  KEY_FILE_BYTES_MAX,
  PrivateKey,
  readPrivateKey,
  readPrivateKeyFile,
  readPublicKey,
  writeKeyFiles,
  writePrivateKey,
  writePublicKey,
} from "../../src/node/keys.ts";
import { KDF_ROUNDS_MAX } from "../../src/node/openssh-private-key.ts";
import { readArmor, writeArmor } from "../../src/trust/armor.ts";
import { wireString, wireUint32 } from "../../src/trust/ssh-wire.ts";
import { alice, bob } from "../support/fixture-keys.ts";
import { codesOf, take } from "../support/judge.ts";
import { hasTool } from "../support/tools.ts";

const key = alice.privateKey;
const PASSPHRASE = "correct horse battery staple";
const read = (text: string | Uint8Array, passphrase?: string) =>
  readPrivateKey(
    typeof text === "string" ? utf8(text) : text,
    "key",
    passphrase === undefined ? {} : { passphrase },
  );
const codes = async (text: string | Uint8Array, passphrase?: string) => codesOf(await read(text, passphrase));
const openssh = (comment = "") => writePrivateKey(key, "openssh", { comment });

let directory = "";
const path = (name: string) => join(directory, name);
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "keys-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe("a private key", () => {
  it("is generated, each another, and signs what its public key verifies", () => {
    const [first, second] = [PrivateKey.generate(), PrivateKey.generate()];
    expect(first.publicKey.id).not.toBe(second.publicKey.id);
    expect(first.sign(utf8("x"))).toHaveLength(64);
  });

  it("of RFC 8032's first seed has its public key", () => {
    const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    expect(toHex(PrivateKey.fromSeed(seed).publicKey.bytes)).toBe(
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    );
  });

  it.each(["openssh", "pkcs8", "hex", "base64"] as const)("round-trips through %s", async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (seed) => {
        const text = writePrivateKey(PrivateKey.fromSeed(seed), format);
        expect(text.endsWith("\n")).toBe(true);
        expect(take(await read(text)).revealSeed()).toEqual(seed);
      }),
      { numRuns: 10 },
    );
  });

  it("round-trips through PKCS#8 with a passphrase", async () => {
    const text = writePrivateKey(key, "pkcs8", { passphrase: PASSPHRASE });
    expect(text).toContain("BEGIN ENCRYPTED PRIVATE KEY");
    expect(take(await read(text, PASSPHRASE)).publicKey.id).toBe(alice.publicKey.id);
    expect(await codes(text)).toEqual(["KEY_PASSPHRASE_NEEDED"]);
    expect(await codes(text, "wrong")).toEqual(["KEY_PASSPHRASE_WRONG"]);
    expect(await codes(text, "")).toEqual(["KEY_PASSPHRASE_WRONG"]);
  });

  it("is not written with a passphrase where the format has none", () => {
    for (const format of ["openssh", "hex", "base64"] as const)
      expect(() => writePrivateKey(key, format, { passphrase: PASSPHRASE })).toThrow(RegistryError);
  });

  it("is not written with a comment of two lines", () => {
    expect(() => openssh("a\nb")).toThrow(RegistryError);
    expect(() => writePublicKey(alice.publicKey, "openssh", "a\n* evil")).toThrow(RegistryError);
  });

  it("shows its fingerprint only: printed, logged, as JSON, spread", () => {
    const seed = key.revealSeed();
    for (const text of [
      inspect(key, { depth: 9, showHidden: true }),
      JSON.stringify(key),
      JSON.stringify({ ...key }),
      `${key}`,
    ]) {
      expect(text).not.toContain(toHex(seed));
      expect(text).not.toContain(toBase64(seed));
    }
    expect(inspect(key)).toBe(`PrivateKey { ${alice.publicKey.id} }`);
  });
});

describe("a private key file is refused", () => {
  it.each([
    ["empty", "", "KEY_FORMAT"],
    ["a word", "hello", "KEY_FORMAT"],
    ["hex of 31 bytes", "ab".repeat(31), "KEY_FORMAT"],
    ["an OpenSSH public key", alice.publicKey.openssh, "KEY_IS_PUBLIC"],
    ["an SPKI public key", writePublicKey(alice.publicKey, "spki"), "KEY_IS_PUBLIC"],
    [
      "an RSA key in its old form",
      "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
      "KEY_KIND",
    ],
    ["damaged PKCS#8", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "KEY_MALFORMED"],
    [
      "damaged OpenSSH",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
      "KEY_MALFORMED",
    ],
    ["too large", "x".repeat(KEY_FILE_BYTES_MAX + 1), "KEY_TOO_LARGE"],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "KEY_FORMAT"],
  ])("%s", async (_, text, code) => expect(await codes(text)).toEqual([code]));

  it("bytes that are not text", async () => expect(await codes(Uint8Array.of(0xff))).toEqual(["KEY_FORMAT"]));

  it("cut off at any byte, saying nothing of what was read", async () => {
    const text = openssh("alice");
    for (let length = 0; length < text.length; length += 7) {
      const result = await read(text.slice(0, length));
      expect(result.ok).toBe(false);
      expectNoSecret(JSON.stringify(result), text);
    }
  });

  it("with any line of it changed, saying nothing of what was read", async () => {
    for (const format of ["openssh", "pkcs8"] as const) {
      const text = writePrivateKey(key, format);
      for (let at = 40; at < text.length - 40; at += 5) {
        const result = await read(`${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`);
        if (!result.ok) expectNoSecret(JSON.stringify(result), text);
      }
    }
  });

  it("with a public half that is not its own: it would leak the secret when it signs", async () => {
    const armor = readArmor("OPENSSH PRIVATE KEY", utf8(openssh()));
    const blob = "bytes" in armor ? armor.bytes : new Uint8Array();
    for (let at = 0; at + 32 <= blob.length; at++) {
      if (!equalBytes(blob.subarray(at, at + 32), alice.publicKey.bytes)) continue;
      const swapped = concat(blob.subarray(0, at), bob.publicKey.bytes, blob.subarray(at + 32));
      expect(await codes(writeArmor("OPENSSH PRIVATE KEY", swapped))).toEqual(["KEY_INCONSISTENT"]);
    }
  });

  it("asking for rounds of key derivation without end", async () => {
    const publicBlob = concat(wireString("ssh-ed25519"), wireString(alice.publicKey.bytes));
    const options = concat(wireString(new Uint8Array(16)), wireUint32(KDF_ROUNDS_MAX + 1));
    const blob = concat(
      utf8("openssh-key-v1\0"),
      wireString("aes256-ctr"),
      wireString("bcrypt"),
      wireString(options),
      wireUint32(1),
      wireString(publicBlob),
      wireString(new Uint8Array(64)),
    );
    expect(await codes(writeArmor("OPENSSH PRIVATE KEY", blob), "x")).toEqual(["KEY_KDF_ROUNDS"]);
  });

  function expectNoSecret(told: string, text: string): void {
    expect(told).not.toContain(toHex(key.revealSeed()));
    for (const line of text.split("\n").slice(1, -2)) expect(told).not.toContain(line);
  }
});

describe("a public key", () => {
  it.each(["openssh", "spki", "hex", "base64"] as const)("round-trips through %s", (format) => {
    expect(take(readPublicKey(writePublicKey(alice.publicKey, format), "key"))).toEqual(alice.publicKey);
  });

  it("keeps a comment in its line", () => {
    expect(writePublicKey(alice.publicKey, "openssh", "alice@example.org")).toBe(
      `${alice.publicKey.openssh} alice@example.org\n`,
    );
  });

  it("is read from hex in upper case", () => {
    expect(take(readPublicKey(toHex(alice.publicKey.bytes).toUpperCase(), "key"))).toEqual(alice.publicKey);
  });

  it("is refused where it is a private key", () => {
    expect(codesOf(readPublicKey(openssh(), "key"))).toEqual(["KEY_IS_PRIVATE"]);
  });

  it("of small order is refused in every form", () => {
    const identity = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
    const spki = `-----BEGIN PUBLIC KEY-----\n${toBase64(concat(Buffer.from("302a300506032b6570032100", "hex"), identity))}\n-----END PUBLIC KEY-----\n`;
    for (const text of [toHex(identity), toBase64(identity), spki])
      expect(codesOf(readPublicKey(text, "key"))).toEqual(["KEY_POINT"]);
  });
});

describe("a file on disk", () => {
  it("is written for its owner alone, and never over another", async () => {
    writeKeyFiles([{ path: path("new"), text: openssh(), isPrivate: true }]);
    expect(statSync(path("new")).mode & 0o777).toBe(0o600);
    expect(() => writeKeyFiles([{ path: path("new"), text: "x", isPrivate: true }])).toThrow(
      expect.objectContaining({ code: "KEY_FILE_EXISTS" }),
    );
    expect(codesOf(await readPrivateKeyFile(path("new")))).toEqual([]);
  });

  it("that others can read is read with a warning", async () => {
    writeFileSync(path("open"), openssh());
    for (const [mode, expected] of [
      [0o644, ["KEY_FILE_OPEN"]],
      [0o640, ["KEY_FILE_OPEN"]],
      [0o600, []],
      [0o400, []],
    ] as const) {
      chmodSync(path("open"), mode);
      const result = await readPrivateKeyFile(path("open"));
      expect(result.ok).toBe(true);
      expect(codesOf(result)).toEqual(expected);
    }
  });

  it("that is missing, or a folder, stops the command", async () => {
    for (const name of ["missing", "."])
      await expect(readPrivateKeyFile(path(name))).rejects.toMatchObject({ code: "KEY_FILE_UNREADABLE" });
  });

  it("that is huge is not read", async () => {
    writeFileSync(path("huge"), new Uint8Array(KEY_FILE_BYTES_MAX + 1));
    await expect(readPrivateKeyFile(path("huge"))).rejects.toMatchObject({ code: "KEY_TOO_LARGE" });
  });
});

describe.skipIf(!hasTool("ssh-keygen"))("with ssh-keygen", () => {
  const keygen = (...args: string[]) =>
    execFileSync("ssh-keygen", args, { cwd: directory, stdio: "pipe" }).toString();

  it("its plain key is read", async () => {
    keygen("-q", "-t", "ed25519", "-N", "", "-C", "a comment of words", "-f", "plain");
    const result = await readPrivateKeyFile(path("plain"));
    expect(take(result).publicKey).toEqual(
      take(readPublicKey(readFileSync(path("plain.pub"), "utf8"), "plain.pub")),
    );
    expect(codesOf(result)).toEqual([]);
  });

  it.each(["aes256-ctr", "aes256-cbc", "aes128-ctr"])(
    "its key with a passphrase (%s) is read",
    async (cipher) => {
      const file = `encrypted-${cipher}`;
      keygen("-q", "-t", "ed25519", "-a", "2", "-Z", cipher, "-N", PASSPHRASE, "-f", file);
      const bytes = Uint8Array.from(readFileSync(path(file)));
      const { publicKey } = take(await read(bytes, PASSPHRASE));
      expect(publicKey).toEqual(take(readPublicKey(readFileSync(path(`${file}.pub`), "utf8"), "x.pub")));
      expect(await codes(bytes)).toEqual(["KEY_PASSPHRASE_NEEDED"]);
      expect(await codes(bytes, "wrong")).toEqual(["KEY_PASSPHRASE_WRONG"]);
    },
  );

  it("reads the key that we write, and keeps it after setting a passphrase", async () => {
    writeFileSync(path("ours"), openssh("alice"), { mode: 0o600 });
    expect(keygen("-y", "-f", "ours").trim()).toBe(`${alice.publicKey.openssh} alice`);
    keygen("-p", "-q", "-a", "2", "-N", PASSPHRASE, "-f", "ours");
    expect(take(await readPrivateKeyFile(path("ours"), { passphrase: PASSPHRASE })).revealSeed()).toEqual(
      alice.seed,
    );
  });

  it("its RSA key is refused by name", async () => {
    keygen("-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", "rsa");
    const result = await readPrivateKeyFile(path("rsa"));
    expect(codesOf(result)).toEqual(["KEY_KIND"]);
    expect(result.ok ? "" : result.problems[0]?.message).toContain("an RSA key");
  });

  it("shows the fingerprints that we show, of private keys too", () => {
    writeFileSync(path("shown"), openssh(), { mode: 0o600 });
    expect(keygen("-l", "-f", "shown").split(" ")[1]).toBe(alice.publicKey.id);
  });
});

describe.skipIf(!hasTool("openssl"))("with openssl", () => {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });

  it("its PKCS#8 and SPKI files are read", async () => {
    openssl("genpkey", "-algorithm", "ed25519", "-out", "key.pem");
    openssl("pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem");
    const { publicKey } = take(await read(readFileSync(path("key.pem"), "utf8")));
    expect(take(readPublicKey(readFileSync(path("pub.pem"), "utf8"), "pub.pem"))).toEqual(publicKey);
  });

  it("its encrypted PKCS#8 is read", async () => {
    openssl(
      "genpkey",
      "-algorithm",
      "ed25519",
      "-aes-256-cbc",
      "-pass",
      `pass:${PASSPHRASE}`,
      "-out",
      "enc.pem",
    );
    expect((await read(readFileSync(path("enc.pem"), "utf8"), PASSPHRASE)).ok).toBe(true);
  });

  it("reads the files that we write, plain and encrypted", () => {
    writeFileSync(path("plain.pem"), writePrivateKey(key, "pkcs8"));
    writeFileSync(path("secret.pem"), writePrivateKey(key, "pkcs8", { passphrase: PASSPHRASE }));
    const expected = writePublicKey(alice.publicKey, "spki");
    expect(openssl("pkey", "-in", "plain.pem", "-pubout").toString()).toBe(expected);
    expect(openssl("pkey", "-in", "secret.pem", "-passin", `pass:${PASSPHRASE}`, "-pubout").toString()).toBe(
      expected,
    );
    expect(
      spawnSync("openssl", ["pkey", "-in", "secret.pem", "-passin", "pass:wrong"], { cwd: directory }).status,
    ).not.toBe(0);
  });

  it("its RSA and EC keys are refused by name", async () => {
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "rsa.pem");
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ec.pem");
    for (const file of ["rsa.pem", "ec.pem"])
      expect(await codes(readFileSync(path(file), "utf8"))).toEqual(["KEY_KIND"]);
  });
});
