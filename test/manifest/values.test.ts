import fc from "fast-check";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { isRfc3339 } from "../../src/manifest/rfc3339.ts";
import { explainSshKey, isFingerprint, isSshPublicKey } from "../../src/manifest/ssh-key.ts";
import { tomlString, tomlText } from "../../src/manifest/toml-text.ts";
import {
  isBaseUrl,
  isRegistryIri,
  isWebUrl,
  REGISTRY_IRI_CHARS_MAX,
  URL_CHARS_MAX,
} from "../../src/manifest/web.ts";
import { KEY } from "./keys.ts";

describe("addresses", () => {
  test.each([
    "https://a.example",
    "http://a.example/x?y#z",
    "https://a.example/@user",
    "https://a.example/%20",
  ])("%s is a URL", (url) => {
    expect(isWebUrl(url)).toBe(true);
  });

  test.each([
    "",
    "a.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://a.example",
    "https://",
    "https://user@a.example/",
    "https://user:pass@a.example/",
    "https://a.example/ x",
    "https://a.example/<x>",
    "https://a.example/\n",
    "https://ä.example/",
    "https:/\\a.example",
    `https://a.example/${"x".repeat(URL_CHARS_MAX)}`,
  ])("%j is refused", (url) => {
    expect(isWebUrl(url)).toBe(false);
  });

  test.each(["https://registry.example/", "https://registry.example/ggen/", "https://localhost:8443/"])(
    "%s is the IRI of a registry",
    (iri) => {
      expect(isRegistryIri(iri)).toBe(true);
      expect(isBaseUrl(iri)).toBe(true);
    },
  );

  test.each([
    "http://registry.example/",
    "https://registry.example",
    "https://registry.example/x",
    "https://Registry.example/",
    "https://registry.example:443/",
    "https://registry.example/a/../",
    "https://registry.example/?x=/",
    "https://registry.example/#/",
    "urn:registry:x/",
    `https://registry.example/${"x".repeat(REGISTRY_IRI_CHARS_MAX)}/`,
  ])("%s is not", (iri) => {
    expect(isRegistryIri(iri)).toBe(false);
  });
});

describe("keys as text", () => {
  test("the line of a .pub file without its comment is a key", () => {
    expect(isSshPublicKey(KEY)).toBe(true);
  });

  test.each([
    ["a comment", `${KEY} alice@example`, "leave out the comment"],
    ["a line feed", `${KEY}\n`, "one line"],
    ["two keys", `${KEY}\n${KEY}`, "one line"],
    ["two spaces", KEY.replace(" ", "  "), "leave out the comment"],
    ["RSA", "ssh-rsa AAAAB3NzaC1yc2E", "Ed25519"],
    ["a security key", "sk-ssh-ed25519@openssh.com AAAAGnNr", "Ed25519"],
    ["a certificate", "ssh-ed25519-cert-v01@openssh.com AAAA", "Ed25519"],
    ["a fingerprint", "SHA256:abc", "not its fingerprint"],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----", "Never publish a private key"],
    ["another type in the blob", KEY.replace("AAAAC3", "AAAAD3"), "damaged"],
    ["one digit missing", KEY.slice(0, -1), "damaged"],
    ["options before it", `no-pty ${KEY}`, "Ed25519"],
  ])("%s is refused", (_, text, remedy) => {
    expect(isSshPublicKey(text)).toBe(false);
    expect(explainSshKey(text)).toContain(remedy);
  });

  test("a fingerprint is SHA256: and the canonical base64 of 32 bytes", () => {
    expect(isFingerprint(`SHA256:${"A".repeat(43)}`)).toBe(true);
    expect(isFingerprint(`SHA256:${"A".repeat(42)}B`)).toBe(false);
    expect(isFingerprint(`SHA256:${"A".repeat(43)}=`)).toBe(false);
    expect(isFingerprint("A".repeat(43))).toBe(false);
    expect(isFingerprint(`MD5:${"A".repeat(43)}`)).toBe(false);
  });
});

describe("dates", () => {
  test.each([
    "2026-01-31",
    "2024-02-29",
    "2026-01-31T12:00:00Z",
    "2026-01-31T23:59:59.123456789+14:00",
    "0001-01-01",
  ])("%s exists", (text) => {
    expect(isRfc3339(text)).toBe(true);
  });

  test.each([
    "",
    "2026",
    "2026-1-1",
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "0000-01-01",
    "2026-01-31T12:00:00",
    "2026-01-31T12:00Z",
    "2026-01-31t12:00:00z",
    "2026-01-31 12:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T12:00:60Z",
    "2026-01-31T12:00:00+25:00",
    "2026-01-31\n",
  ])("%j does not", (text) => {
    expect(isRfc3339(text)).toBe(false);
  });
});

describe("TOML as it is written", () => {
  test("property: any string reads back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(parse(`a = ${tomlString(text)}`).a).toBe(text);
        expect(parse(`a = ${tomlText(text)}`).a).toBe(text);
      }),
    );
  });

  test("invisible characters are written as escapes", () => {
    expect(tomlString('a"\\\u202e\u0000\t')).toBe('"a\\"\\\\\\u202e\\u0000\\t"');
    expect(tomlString("\u{e0041}\ufe0f\u3164")).toBe('"\\U000e0041\\ufe0f\\u3164"');
    expect(tomlText('a\nb"""')).toBe('"""\na\nb\\"\\"\\""""');
  });
});
