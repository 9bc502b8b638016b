/** Files that nobody means to publish: private keys are refused, what may be a secret or a leftover is told. */
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { unmeantFiles } from "../../src/publish/secrets.ts";

const BODY = `${"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU".repeat(2)}\n`;
const keyOf = (kind: string, head = "") =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${head}${BODY}-----END ${kind}PRIVATE KEY-----\n`;

function told(files: Record<string, string>): string[] {
  const content = new Map(Object.entries(files).map(([path, text]) => [path, utf8(text)]));
  return unmeantFiles(content, "pack/").map(({ severity, code, file }) => `${severity} ${code} ${file}`);
}

describe("a private key is refused", () => {
  it.each([
    ["OpenSSH", keyOf("OPENSSH ")],
    ["PKCS#8", keyOf("")],
    ["encrypted", keyOf("ENCRYPTED ")],
    ["RSA, encrypted as of old", keyOf("RSA ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n")],
    ["with Windows line ends", keyOf("EC ").replaceAll("\n", "\r\n")],
    ["behind remarks", `Bag Attributes\n    friendlyName: x\n${keyOf("")}`],
    ["behind a certificate", `-----BEGIN CERTIFICATE-----\n${BODY}-----END CERTIFICATE-----\n${keyOf("")}`],
    ["cut off", "-----BEGIN OPENSSH PRIVATE KEY-----\n"],
    ["of PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"],
    ["of age", `# created: today\nAGE-SECRET-KEY-1${"Q".repeat(58)}\n`],
  ])("%s, under any name", (_, text) => {
    expect(told({ "docs/notes.txt": text })).toEqual(["error PUBLISH_PRIVATE_KEY pack/docs/notes.txt"]);
  });

  it("a text that speaks of one, a public key and a certificate are not", () => {
    const text = "A key file begins with\n\n-----BEGIN OPENSSH PRIVATE KEY-----\n…\n\nand so on.\n";
    expect(told({ "README.md": text, "a.pub": "ssh-ed25519 AAAA x\n" })).toEqual([]);
    expect(told({ "ca.crt": `-----BEGIN CERTIFICATE-----\n${BODY}-----END CERTIFICATE-----\n` })).toEqual([]);
  });
});

describe("what is told", () => {
  it.each([
    ".env",
    "sub/.env.local",
    ".npmrc",
    ".netrc",
    "certs/server.pem",
    "id_ed25519",
    "x.p12",
    "ID_RSA",
  ])("%s may hold a secret", (path) => {
    expect(told({ [path]: "x\n" })).toEqual([`warning PUBLISH_SECRET_NAME pack/${path}`]);
  });

  it("what tools leave behind, each kind once", () => {
    const files = { "node_modules/a/b.js": "", "node_modules/a/c.js": "", "docs/.DS_Store": "" };
    expect(told(files)).toEqual([
      "warning PUBLISH_LEFTOVER pack/node_modules/a/b.js",
      "warning PUBLISH_LEFTOVER pack/docs/.DS_Store",
    ]);
  });

  it.each([".env.example", "environment.ttl", "keys.md", "id_ed25519.pub", ".gitignore", "monkey"])(
    "%s is nothing to tell",
    (path) => {
      expect(told({ [path]: "x\n" })).toEqual([]);
    },
  );
});
