/**
 * Signatures of metadata verified by hand: with standard tools and `openssl` alone, nothing of ours, no jq.
 * A file is canonical, so that what is signed is a range of its bytes: from `"signed":` to the last brace.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeUtf8, toHex, utf8 } from "../../../src/base/bytes.ts";
import { scriptOf } from "../../docs/documents.ts";
import { mallory, type TestKey } from "../../support/fixture-keys.ts";
import { hasTool } from "../../support/tools.ts";
import {
  aTufRepository,
  fileOf,
  idOf,
  ROLES,
  type RoleName,
  signature,
} from "../../support/tuf-repository.ts";
import { aClient } from "./a-client.ts";
import { signAs } from "./story.ts";

/**
 * As docs/format.md has it. Verifies the signature of one key on one file: $file, $key (64 hex digits, as root or targets list it).
 * The id of the key is the sha256 of its canonical form, so that it needs no list to be found.
 */
const VERIFY = scriptOf("format.md", "role");

const hasTools = [hasTool("openssl"), hasTool("xxd"), hasTool("sed")].every(Boolean);

describe.skipIf(!hasTools)("verifying metadata by hand", () => {
  let room = "";
  beforeEach(() => {
    room = mkdtempSync(join(tmpdir(), "tuf-by-hand-"));
  });
  afterEach(() => rmSync(room, { recursive: true }));

  const publicKey = (key: TestKey) => toHex(key.publicKey.bytes);

  function verify(bytes: Uint8Array, key: string, script = VERIFY) {
    const file = join(room, "metadata.json");
    writeFileSync(file, bytes);
    const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
      cwd: room,
      encoding: "utf8",
      env: { PATH: process.env.PATH ?? "", file, key },
    });
    return { isGood: status === 0, stdout, stderr };
  }

  it.each(ROLES)("each signature of %s verifies under its own key, and under no other", (role) => {
    const repository = aTufRepository().publish();
    const { keys, threshold } = repository.signers[role];
    for (const key of keys.slice(0, threshold)) {
      const result = verify(repository.file(role), publicKey(key));
      expect(result.stderr).toBe("");
      expect(result.stdout).toContain("Signature Verified Successfully");
      expect(result.isGood).toBe(true);
    }
    for (const key of [...keys.slice(threshold), mallory])
      expect(verify(repository.file(role), publicKey(key)).isGood).toBe(false);
  });

  it("what is cut out is what our verifier reads: the bytes between, to the byte", () => {
    const repository = aTufRepository().publish();
    repository.with("targets", { note: 'a "]" and a }, é, \\, ],"signed":{' }).signed();
    const [key] = repository.signers.targets.keys as [TestKey];
    expect(verify(repository.file("targets"), publicKey(key)).isGood).toBe(true);
  });

  it.each<[string, (file: string) => string]>([
    ["a changed value", (file) => file.replace('"version":1', '"version":2')],
    [
      "a changed signature",
      (file) => file.replace(/"sig":"(.)/, (_, digit) => `"sig":"${digit === "0" ? 1 : 0}`),
    ],
    [
      "a signature in upper case",
      (file) => file.replace(/"sig":"[^"]+"/g, (sig) => sig.toUpperCase().replace("SIG", "sig")),
    ],
    ["a short signature", (file) => file.replace(/"sig":"../g, '"sig":"')],
    ["white space", (file) => file.replace('"signed":', '"signed": ')],
    ["a line feed at its end", (file) => `${file}\n`],
    ["a field before the signatures", (file) => `{"a":1,${file.slice(1)}`],
    ["a field after what is signed", (file) => `${file.slice(0, -1)},"z":1}`],
    ["signed twice", (file) => file.replace('"signed":', '"signed":{},"signed":')],
  ])("%s is refused", (_, change) => {
    const repository = aTufRepository().publish();
    const [key] = repository.signers.timestamp.keys as [TestKey];
    const bytes = repository.file("timestamp");
    const changed = utf8(change(decodeUtf8(bytes) ?? ""));
    expect(verify(bytes, publicKey(key)).isGood).toBe(true);
    expect(verify(changed, publicKey(key)).isGood).toBe(false);
  });

  it("another key's signature under this key's id is refused, by hand and by us", async () => {
    const repository = aTufRepository().publish();
    const [key] = repository.signers.timestamp.keys as [TestKey];
    signAs(repository, "timestamp", [signature(repository.said("timestamp"), mallory, idOf(key))]);
    expect(verify(repository.file("timestamp"), publicKey(key)).isGood).toBe(false);
    expect(await aClient(repository).verdict(repository)).toBe("METADATA_UNSIGNED");
  });

  it("agrees with our verifier on every flipped byte of a file", async () => {
    const repository = aTufRepository().publish();
    const [key] = repository.signers.timestamp.keys as [TestKey];
    const bytes = repository.file("timestamp");
    for (let at = 3; at < bytes.length; at += 17) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      repository.put("timestamp", flipped);
      const ours = (await aClient(repository).verdict(repository)) === "accepted";
      expect(`${at}: ${verify(flipped, publicKey(key)).isGood}`).toBe(`${at}: ${ours}`);
    }
  });

  it("a file without signatures is refused", () => {
    const repository = aTufRepository().publish();
    const [key] = repository.signers.timestamp.keys as [TestKey];
    const role: RoleName = "timestamp";
    expect(verify(fileOf(repository.said(role), []), publicKey(key)).isGood).toBe(false);
  });
});
