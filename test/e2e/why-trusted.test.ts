/** `why-trusted`: every link from the root down to the files, each with what was proven and by which key. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { WhyTrusted } from "../../src/client/why-trusted.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { aRegistry, type RegistryStory, writeFiles } from "../support/a-registry.ts";
import { HOLDER_KEYS, onlineKey, type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { cli, codeOf, DEVELOPMENT_NOTE, tempFolder } from "../support/cli.ts";
import { alice, aliceNext, bob } from "../support/fixture-keys.ts";
import { publishedTree } from "../support/published-tree.ts";

function story(): RegistryStory {
  const made = aRegistry({ iri: "https://why.example/", name: "why" });
  made.publisher(alice).addKey(aliceNext, { replaces: alice });
  made.publisher(bob);
  made
    .package("tool", { claimedBy: alice })
    .release("1.0.0", { files: { "a.txt": "1\n", "b.txt": "2\n" } })
    .signedBy(alice)
    .release("1.1.0")
    .signedBy(aliceNext)
    .yank("1.0.0", "a wrong term");
  made.package("young", { claimedBy: bob }).release("0.1.0").signedBy(bob);
  return made;
}

let signed: SignedRegistry;
let tree: string;
let root: string;

beforeAll(() => {
  const isOld = (name: string) => name !== "young";
  signed = signedRegistry(story(), {
    ratified: (all) => ({ ...all, claims: new Map([...all.claims].filter(([name]) => isOld(name))) }),
  });
  tree = tempFolder("tree");
  writeFiles(signed.files, tree);
  root = join(tempFolder("root"), "root.json");
  writeFileSync(root, signed.root);
});

const ask = (...words: readonly string[]) =>
  cli(["why-trusted", ...words, "--registry", tree, "--root", root]);
const json = (...words: readonly string[]) => ask(...words, "--json").json<WhyTrusted>();
const fingerprint = (key: { publicKey: { id: string } }) => key.publicKey.id;

describe("why-trusted, as JSON", () => {
  test("names each role with the keys that signed it, and how many must", () => {
    const { roles, registry, development } = json("tool");
    expect([registry, development]).toEqual(["https://why.example/", false]);
    const two = HOLDER_KEYS.slice(0, 2).map(fingerprint).sort();
    const all = roles.map(({ role, version, signedBy, threshold, keys }) => [
      ...[role, version, [...signedBy].sort(), threshold, keys],
    ]);
    expect(all).toEqual([
      ["root", 1, two, 2, 3],
      ["targets", 1, two, 2, 3],
      ["timestamp", 1, [fingerprint(onlineKey)], 1, 1],
      ["snapshot", 1, [fingerprint(onlineKey)], 1, 1],
      ["index", 1, [fingerprint(onlineKey)], 1, 1],
    ]);
    for (const { expires } of roles) expect(Date.parse(expires)).toBeGreaterThan(Date.now());
  });

  test("leads from the index root to the claim, the owner, the key and the files, by their digests", () => {
    const files = story().build();
    const digest = (path: string) => nativeSha256(files.get(path) ?? new Uint8Array());
    const signedFiles = [...files.keys()].filter((path) =>
      /^packages\/tool\/1\.0\.0\/(package\.toml|content\/)/.test(path),
    );
    const pointer = JSON.parse(Buffer.from(signed.files.get("registry.json") ?? []).toString());
    expect(json("tool@1.0.0")).toMatchObject({
      package: "tool",
      version: "1.0.0",
      indexRoot: pointer.root.sha256,
      claim: {
        digest: digest("packages/tool/statements/0001.toml"),
        by: "alice",
        key: fingerprint(alice),
        ratified: true,
      },
      owner: {
        name: "alice",
        registration: digest("publishers/alice/statements/0001.toml"),
        ratified: true,
      },
      key: { id: fingerprint(alice), state: "retired" },
      release: digest("packages/tool/1.0.0/SHA256SUMS"),
      standing: "good",
      files: signedFiles.length,
      notices: [{ code: "RELEASE_YANKED" }],
    });
  });

  test("the latest is meant where no version is given, and a key of today is active", () => {
    expect(json("tool")).toMatchObject({
      version: "1.1.0",
      key: { id: fingerprint(aliceNext), state: "active" },
    });
  });

  test("a name that was not ratified yet is said to be", () => {
    expect(json("young")).toMatchObject({ claim: { ratified: false }, owner: { ratified: true } });
  });
});

describe("why-trusted, as text", () => {
  test("shows the chain link by link, with whole fingerprints", () => {
    const { stdout, stderr, code } = ask("tool@1.0.0");
    expect(code).toBe(0);
    const labels = stdout.split("\n").flatMap((line) => /^[├└] ([a-z ]+?) {2,}/.exec(line)?.[1] ?? []);
    expect(labels).toEqual(
      ["root", "targets", "timestamp", "snapshot", "index", "index root"].concat([
        "claim",
        "owner",
        "key",
        "signature",
        "files",
      ]),
    );
    for (const key of [...HOLDER_KEYS.slice(0, 2), onlineKey, alice])
      expect(stdout).toContain(fingerprint(key));
    expect(stdout).toContain("ratified by the holders of the root");
    expect(stdout).toContain("signed by 2 (2 of 3 must)");
    expect(stderr).toContain("a wrong term");
  });

  test("says that nobody but CI vouches for a name that was not ratified", () => {
    expect(ask("young").stdout).toContain("not ratified yet: on the word of CI's key alone");
  });
});

describe("why-trusted has nothing to say", () => {
  test("of what is not there: the nearest name, the versions", () => {
    expect(codeOf(ask("toool", "--json"))).toBe("UNKNOWN_PACKAGE");
    expect(ask("toool").stderr).toContain("tool");
    expect(codeOf(ask("tool@9.9.9", "--json"))).toBe("UNKNOWN_VERSION");
  });

  test("of a release whose archive is another", () => {
    const place = tempFolder("tree");
    const changed = new Map(signed.files);
    for (const [path, bytes] of changed)
      if (path.startsWith("archives/")) changed.set(path, bytes.with(20, (bytes[20] ?? 0) ^ 1));
    writeFiles(changed, place);
    const { code, stdout } = cli(["why-trusted", "tool", "--registry", place, "--root", root, "--json"]);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, "DIGEST_MISMATCH"]);
  });

  test("without a root", () => {
    expect(codeOf(cli(["why-trusted", "tool", "--registry", tree, "--json"]))).toBe("NO_TRUSTED_ROOT");
  });
});

test("of a development root it says that it is this machine's alone", () => {
  const built = publishedTree(story());
  const { stdout, stderr, code } = cli(["why-trusted", "tool", "--registry", built]);
  expect(code).toBe(0);
  expect(stderr).toBe(DEVELOPMENT_NOTE);
  expect(stdout).toContain("signed for this machine alone, by its development root");
});
