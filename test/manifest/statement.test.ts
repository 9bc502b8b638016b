import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import {
  parseStatement,
  STATEMENT_SEQUENCE_MAX,
  type Statement,
  writeStatement,
} from "../../src/manifest/statement.ts";
import {
  REASON_BYTES_MAX,
  REVOCATION_DIGESTS_MAX,
  STATEMENT_BYTES_MAX,
} from "../../src/manifest/statement-schema.ts";
import { FINGERPRINT, KEY, OTHER_KEY } from "./keys.ts";
import { accepted, codesOf, problemOf } from "./problems.ts";

const FILE = "packages/a/statements/0001.toml";
const IRI = "https://registry.example/";
const DIGEST = "0123456789abcdef".repeat(4);

const read = (text: string) => parseStatement(utf8(text), FILE);

/** A statement of `keys`, common ones filled in; `undefined` leaves a key out. */
function statement(keys: { readonly [key: string]: unknown }): string {
  const subject = /register|-key$/.test(String(keys.action)) ? "publisher:acme" : "package:invoice-shapes";
  const all = { format: 1, registry: IRI, subject, sequence: 1, ...keys };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined);
  return lines.map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join("");
}

const ACTIONS: readonly { readonly [key: string]: unknown }[] = [
  { action: "register", key: KEY, title: "Acme", homepage: "https://acme.example/" },
  { action: "register", key: KEY },
  { action: "add-key", key: OTHER_KEY, replaces: FINGERPRINT },
  { action: "add-key", key: OTHER_KEY },
  { action: "revoke-key", key: FINGERPRINT, releases: [DIGEST], statements: [], reason: "lost" },
  { action: "claim", publisher: "acme" },
  { action: "add-owner", publisher: "acme", reason: "joins" },
  { action: "remove-owner", publisher: "acme" },
  { action: "yank", version: "1.0.0", reason: "broken\nbadly" },
  { action: "unyank", version: "1.0.0" },
  { action: "deprecate", reason: "old", replacement: "better", versions: "<2" },
  { action: "deprecate", reason: "old" },
  {
    action: "advise",
    id: "CVE-2026-1",
    severity: "high",
    versions: "<1.2.0",
    summary: "Runs a shell",
    url: "https://x.example/",
  },
  { action: "advise", id: "GGEN-1", severity: "low", versions: "*", summary: "Look" },
  { action: "archive", reason: "done" },
];

describe("statements", () => {
  test.each(ACTIONS)("$action is read, and written again", (keys) => {
    const value = accepted(read(statement(keys)));
    expect(value).toMatchObject({ format: 1, registry: IRI, sequence: 1, ...keys });
    expect(value.subject).toEqual(
      /register|-key$/.test(String(keys.action))
        ? { kind: "publisher", name: "acme" }
        : { kind: "package", name: "invoice-shapes" },
    );
    expect(accepted(read(writeStatement(value)))).toEqual(value);
    expect(writeStatement(accepted(read(writeStatement(value))))).toBe(writeStatement(value));
  });

  test.each(ACTIONS)("$action after another one names the one before", (keys) => {
    const value = accepted(read(statement({ ...keys, sequence: 2, previous: DIGEST })));
    expect(value).toMatchObject({ sequence: 2, previous: DIGEST });
    expect(accepted(read(writeStatement(value)))).toEqual(value);
  });

  const OPTIONAL = new Set(["title", "homepage", "replaces", "replacement", "versions", "url"]);
  const required = ACTIONS.flatMap((keys) =>
    Object.keys(keys)
      .filter(
        (key) => key !== "action" && (!OPTIONAL.has(key) || (key === "versions" && keys.action === "advise")),
      )
      .filter((key) => key !== "reason" || keys.action !== "add-owner")
      .map((key) => ({ keys, key, action: String(keys.action) })),
  );

  test.each(required)("$action without $key is refused", ({ keys, key }) => {
    const result = read(statement({ ...keys, [key]: undefined }));
    expect(codesOf(result)).toEqual(["STATEMENT_MISSING_KEY"]);
    expect(problemOf(result, "STATEMENT_MISSING_KEY").place).toBe(key);
  });

  test.each(["format", "registry", "subject", "sequence", "action"])(
    "a statement without %s is refused",
    (key) => {
      const result = read(statement({ action: "archive", reason: "x", [key]: undefined }));
      expect(codesOf(result)).toEqual(["STATEMENT_MISSING_KEY"]);
      expect(problemOf(result, "STATEMENT_MISSING_KEY").place).toBe(key);
    },
  );

  test("a key of another action is unknown", () => {
    expect(
      problemOf(
        read(statement({ action: "unyank", version: "1.0.0", severity: "low" })),
        "STATEMENT_UNKNOWN_KEY",
      ),
    ).toMatchObject({
      place: "severity",
      line: 7,
    });
    expect(
      problemOf(read(statement({ action: "yank", version: "1.0.0", reasn: "x" })), "STATEMENT_UNKNOWN_KEY")
        .remedy,
    ).toContain('"reason"');
  });

  test("an unknown action names the nearest, and the common keys are judged all the same", () => {
    const result = read(statement({ action: "yankk", version: "1", registry: "x", foo: 1 }));
    expect(codesOf(result)).toEqual(["STATEMENT_NOT_IN_LIST", "STATEMENT_REGISTRY", "STATEMENT_UNKNOWN_KEY"]);
    expect(problemOf(result, "STATEMENT_NOT_IN_LIST").remedy).toBe('write "yank"');
    for (const action of ["constructor", "__proto__", "toString"]) {
      expect(codesOf(read(statement({ action })))).toEqual(["STATEMENT_NOT_IN_LIST"]);
    }
  });

  test.each([
    ["previous in the first", { sequence: 1, previous: DIGEST }, ["STATEMENT_PREVIOUS"]],
    ["no previous in the second", { sequence: 2 }, ["STATEMENT_PREVIOUS"]],
    ["sequence 0", { sequence: 0 }, ["STATEMENT_PREVIOUS", "STATEMENT_SEQUENCE"]],
    ["a negative sequence", { sequence: -1, previous: DIGEST }, ["STATEMENT_SEQUENCE"]],
    ["half a sequence", { sequence: 1.5, previous: DIGEST }, ["STATEMENT_SEQUENCE"]],
    ["a sequence as text", { sequence: "1" }, ["STATEMENT_WRONG_TYPE"]],
    [
      "a sequence of five digits",
      { sequence: STATEMENT_SEQUENCE_MAX + 1, previous: DIGEST },
      ["STATEMENT_SEQUENCE"],
    ],
    ["previous in upper case", { sequence: 2, previous: DIGEST.toUpperCase() }, ["STATEMENT_DIGEST"]],
    ["previous with a prefix", { sequence: 2, previous: `sha256:${DIGEST}` }, ["STATEMENT_DIGEST"]],
    ["another subject", { subject: "bundle:x" }, ["STATEMENT_SUBJECT"]],
    ["a subject without kind", { subject: "x" }, ["STATEMENT_SUBJECT"]],
    ["a subject with a bad name", { subject: "package:X" }, ["STATEMENT_SUBJECT"]],
    ["a subject over two lines", { subject: "package:x\n" }, ["STATEMENT_SUBJECT"]],
    ["a publisher archived", { subject: "publisher:x" }, ["STATEMENT_SUBJECT_KIND"]],
    ["a registry over http", { registry: "http://registry.example/" }, ["STATEMENT_REGISTRY"]],
    ["a registry without slash", { registry: "https://registry.example" }, ["STATEMENT_REGISTRY"]],
    ["a registry spelled otherwise", { registry: "https://REGISTRY.example/" }, ["STATEMENT_REGISTRY"]],
    ["a newer format", { format: 2 }, ["STATEMENT_FORMAT"]],
    ["a blank reason", { reason: " " }, ["STATEMENT_TEXT"]],
    ["a reason with a control character", { reason: "\u001b[2J" }, ["STATEMENT_TEXT"]],
    ["a long reason", { reason: "x".repeat(REASON_BYTES_MAX + 1) }, ["STATEMENT_TEXT"]],
  ])("%s is refused", (_, keys, codes) => {
    const result = read(statement({ action: "archive", reason: "x", ...keys }));
    expect(codesOf(result)).toEqual(codes);
    for (const code of codes) problemOf(result, code);
  });

  test.each([
    ["a key with a line feed", { action: "register", key: `${KEY}\n` }, "STATEMENT_KEY"],
    ["a key with a comment", { action: "register", key: `${KEY} alice` }, "STATEMENT_KEY"],
    ["an RSA key", { action: "add-key", key: "ssh-rsa AAAA" }, "STATEMENT_KEY"],
    ["a fingerprint for a key", { action: "add-key", key: FINGERPRINT }, "STATEMENT_KEY"],
    [
      "a key for a fingerprint",
      { action: "add-key", key: KEY, replaces: OTHER_KEY },
      "STATEMENT_FINGERPRINT",
    ],
    [
      "a register of a package",
      { action: "register", key: KEY, subject: "package:x" },
      "STATEMENT_SUBJECT_KIND",
    ],
    ["a title over two lines", { action: "register", key: KEY, title: "a\nb" }, "STATEMENT_TEXT"],
    ["a homepage that runs", { action: "register", key: KEY, homepage: "javascript:x" }, "STATEMENT_URL"],
    ["a digest twice", { ...ACTIONS[4], releases: [DIGEST, DIGEST] }, "STATEMENT_DIGESTS"],
    ["a digest that is none", { ...ACTIONS[4], statements: ["x"] }, "STATEMENT_DIGEST"],
    ["a claim for a bad name", { action: "claim", publisher: "A" }, "STATEMENT_NAME"],
    ["a yank of a range", { action: "yank", version: "^1", reason: "x" }, "STATEMENT_VERSION"],
    ["a deprecation of no range", { action: "deprecate", versions: "old", reason: "x" }, "STATEMENT_RANGE"],
    [
      "a package that replaces itself",
      { action: "deprecate", replacement: "invoice-shapes", reason: "x" },
      "STATEMENT_REPLACEMENT",
    ],
    ["an unknown severity", { ...ACTIONS[12], severity: "medium" }, "STATEMENT_NOT_IN_LIST"],
    ["an advisory with a bad id", { ...ACTIONS[12], id: "../x" }, "STATEMENT_ADVISORY_ID"],
    ["an advisory with a long id", { ...ACTIONS[12], id: "x".repeat(65) }, "STATEMENT_ADVISORY_ID"],
  ])("%s is refused", (_, keys, code) => {
    const result = read(statement(keys));
    expect(codesOf(result)).toEqual([code]);
    problemOf(result, code);
  });

  test("a revocation names at most REVOCATION_DIGESTS_MAX digests, in a file of at most STATEMENT_BYTES_MAX bytes", () => {
    const digests = (count: number) =>
      Array.from({ length: count }, (_, index) => index.toString(16).padStart(64, "0"));
    const revoke = (count: number) => statement({ ...ACTIONS[4], releases: digests(count) });
    expect(read(revoke(REVOCATION_DIGESTS_MAX)).ok).toBe(true);
    expect(codesOf(read(revoke(REVOCATION_DIGESTS_MAX + 1)))).toEqual(["STATEMENT_DIGESTS"]);
    expect(codesOf(read("\n".repeat(STATEMENT_BYTES_MAX + 1)))).toEqual(["STATEMENT_TOO_LARGE"]);
  });

  test("property: what is written reads back", () => {
    const prose = fc
      .string({ unit: "binary", minLength: 1, maxLength: 30 })
      .filter((text) => text.trim() !== "" && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text));
    fc.assert(
      fc.property(
        fc.constantFrom(...ACTIONS),
        prose,
        fc.integer({ min: 1, max: STATEMENT_SEQUENCE_MAX }),
        (keys, reason, sequence) => {
          const base = accepted(read(statement(keys)));
          const value = {
            ...base,
            reason,
            sequence,
            ...(sequence === 1 ? {} : { previous: DIGEST }),
          } as Statement;
          expect(accepted(read(writeStatement(value)))).toEqual(value);
        },
      ),
    );
  });
});
