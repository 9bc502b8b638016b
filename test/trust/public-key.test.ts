import { describe, expect, it } from "vitest";
import { fromHex, toBase64 } from "../../src/base/bytes.ts";
import {
  acceptable,
  keyIdOf,
  PUBLIC_KEY_CHARS_MAX,
  parseOpenSshPublicKey,
  publicKeyBlob,
  publicKeyFromBytes,
} from "../../src/trust/public-key.ts";
import { alice } from "../support/fixture-keys.ts";
import { codesOf, take } from "../support/judge.ts";

const line = alice.publicKey.openssh;
const parse = (text: string) => parseOpenSshPublicKey(text, "key.pub");
const codes = (text: string) => codesOf(parse(text));

describe("an OpenSSH public key", () => {
  it("is read without a comment, with one, and with a final line feed", () => {
    for (const text of [
      line,
      `${line}\n`,
      `${line} alice@example.org`,
      `${line} a comment of many words\n`,
      `${line}\r\n`,
    ])
      expect(take(parse(text)).openssh).toBe(line);
  });

  it("loses its comment: nothing of it is written again", () => {
    expect(JSON.stringify(take(parse(`${line} remember-me`)))).not.toContain("remember-me");
  });

  it.each(["\n", "\r", "\r\n", "\u2028", "\u0000", "\u0085"])("is refused with %j in its comment", (end) => {
    expect(codes(`${line} alice${end}* evil-key ${line}`)).toEqual(["KEY_LINES"]);
    expect(codes(`${line} alice${end}* evil-key ${line}\n`)).toEqual(["KEY_LINES"]);
  });

  it("is refused with two final line feeds", () => expect(codes(`${line}\n\n`)).toEqual(["KEY_LINES"]));

  it.each([
    ["ssh-rsa", "an RSA key"],
    ["ecdsa-sha2-nistp256", "an ECDSA key"],
    ["sk-ssh-ed25519@openssh.com", "a key of a security device"],
    ["ssh-ed25519-cert-v01@openssh.com", "a certificate"],
    ["sk-ssh-ed25519-cert-v01@openssh.com", "a certificate"],
    ["ssh-dss", "a DSA key"],
    ["ssh-ed448", "of the unknown kind"],
  ])("of the kind %s is refused by name", (algorithm, said) => {
    const result = parse(`${algorithm} AAAA comment`);
    expect(codesOf(result)).toEqual(["KEY_KIND"]);
    expect(result.ok ? "" : result.problems[0]?.message).toContain(said);
  });

  it.each([
    ["nothing", ""],
    ["a word", "hello"],
    ["no base64", "ssh-ed25519 ????"],
    ["a blob cut off", `ssh-ed25519 ${toBase64(publicKeyBlob(alice.publicKey.bytes).subarray(0, 48))}`],
    ["a blob with more in it", `ssh-ed25519 ${toBase64(publicKeyBlob(new Uint8Array(35)))}`],
    ["two spaces", line.replace(" ", "  ")],
    ["a space before it", ` ${line}`],
    ["an option before it", `cert-authority ${line}`],
  ])("is refused where it is %s", (_, text) => {
    expect(codes(text)).toHaveLength(1);
    expect(codes(text)[0]).toMatch(/^KEY_(MALFORMED|KIND)$/);
  });

  it("is refused beyond its limit", () => {
    expect(codes(`${line} ${"x".repeat(PUBLIC_KEY_CHARS_MAX)}`)).toEqual(["KEY_TOO_LARGE"]);
  });

  it("of small order is refused", () => {
    const identity = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
    expect(codes(`ssh-ed25519 ${toBase64(publicKeyBlob(identity))}`)).toEqual(["KEY_POINT"]);
    expect(acceptable({ bytes: identity })).toContain("small order");
    expect(codesOf(publicKeyFromBytes(identity, "x"))).toEqual(["KEY_POINT"]);
  });

  it("names where it was found", () => {
    const result = parseOpenSshPublicKey("x", "trust/maintainers.toml", "keys.0");
    expect(result.ok ? [] : result.problems[0]).toMatchObject({
      file: "trust/maintainers.toml",
      place: "keys.0",
    });
  });
});

describe("a fingerprint", () => {
  it("is what ssh-keygen -l shows", () => {
    // RFC 8032's first key; ssh-keygen -l -f of "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
    const bytes =
      fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a") ?? new Uint8Array();
    expect(keyIdOf(bytes)).toBe("SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8");
  });
});
