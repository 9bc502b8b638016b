/** `check --base` of what the holders signed: it stays, is followed by newer versions, and is taken back by nobody alone. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/base/json.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { parseMetadata } from "../../src/trust/tuf/metadata.ts";
import { addSignature, signMetadata } from "../../src/trust/tuf/write.ts";
import { CeremonyRoom } from "../support/ceremony.ts";
import { testKey } from "../support/fixture-keys.ts";

let room: CeremonyRoom;

beforeEach(() => {
  room = new CeremonyRoom().begin();
});

const file = (path: string) => join(room.source, path);

function check(base = "HEAD~1") {
  const result = room.run(["check", "--registry", room.source, "--base", base, "--json"]);
  const { error, warnings } = result.json<{
    error?: { problems: { code: string; file: string }[] };
    warnings?: { code: string; file: string }[];
  }>();
  const told = [...(error?.problems ?? []), ...(warnings ?? [])];
  return { code: result.code, told: told.map(({ code, file }) => `${code} ${file}`) };
}

describe("check --base", () => {
  test("a root that gets one more signature is another file, and those who pinned it would not find it", () => {
    const root = readFileSync(file("trust/1.root.json"));
    writeFileSync(
      file("trust/1.root.json"),
      addSignature(parseMetadata(root, "root", "root"), testKey("cay")),
    );
    room.commit("cay too");
    expect(check()).toEqual({
      code: 1,
      told: expect.arrayContaining(["TRUST_ROOT_CHANGED trust/1.root.json"]),
    });
  });

  test("a root that is gone, and targets that are gone", () => {
    rmSync(file("trust/1.root.json"));
    rmSync(file("trust/1.targets.json"));
    room.commit("gone");
    expect(check().told).toEqual(
      expect.arrayContaining([
        "TRUST_ROOT_CHANGED trust/1.root.json",
        "TRUST_TARGETS_CHANGED trust/1.targets.json",
      ]),
    );
  });

  test("a new root, and new targets, by those who hold them", () => {
    const first = readFileSync(file("trust/1.root.json"));
    room.must(room.trust("rotate", "--online-key", `${room.key("ci2")}.pub`));
    room.signed();
    expect(existsSync(file("trust/2.root.json"))).toBe(true);
    expect(readFileSync(file("trust/1.root.json"))).toEqual(first);
    expect(check()).toEqual({ code: 0, told: [] });
  });

  test("a draft, which too few have signed, may still change", () => {
    room.must(room.trust("rotate", "--online-key", `${room.key("ci2")}.pub`));
    room.commit("a draft");
    room.must(room.trust("sign", "--key", room.key("ann")));
    room.must(room.trust("sign", "--key", room.key("ben")));
    room.commit("signed by two");
    expect(check()).toEqual({ code: 0, told: [] });
  });

  test("targets of an older version in the place of newer ones", () => {
    room.must(room.trust("rotate", "--online-key", `${room.key("ci2")}.pub`));
    room.signed();
    const newest = [2, 3].map((version) => file(`trust/${version}.targets.json`)).find(existsSync) ?? "";
    room.git("checkout", "-q", "HEAD~1", "--", "trust/1.targets.json");
    rmSync(newest);
    room.commit("the old targets");
    expect(check().told).toContain(`TRUST_TARGETS_CHANGED ${newest.slice(room.source.length + 1)}`);
  });

  test("a ratified name that the holders take back is told, for they can hardly mean it", () => {
    const json = (path: string) => JSON.parse(readFileSync(file(path), "utf8"));
    const ratified = json("trust/ratified.json");
    delete ratified.claims.x;
    const bytes = canonicalJson(ratified);
    writeFileSync(file("trust/ratified.json"), bytes);
    const { signed } = json("trust/1.targets.json");
    signed.version = 2;
    signed.targets["trust/ratified.json"] = { hashes: { sha256: nativeSha256(bytes) }, length: bytes.length };
    const holders = [testKey("ann"), testKey("ben")];
    writeFileSync(file("trust/2.targets.json"), signMetadata(signed, holders));
    rmSync(file("trust/1.targets.json"));
    room.commit("taken back");
    expect(check().told).toEqual(["RATIFIED_TAKEN_BACK trust/2.targets.json"]);
  });

  test("a change that leaves the ceremony alone", () => {
    writeFileSync(file("NOTES.md"), "words\n");
    room.commit("words");
    expect(check()).toEqual({ code: 0, told: [] });
  });
});
