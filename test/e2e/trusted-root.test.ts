/** By which root a tree is read: one that is pinned by the call, this machine's own development root, or none. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { isLocal } from "../../src/client/place.ts";
import { writeFiles } from "../support/a-registry.ts";
import { cli, codeOf, DEVELOPMENT_NOTE, homeApart, type Refusal, tempFolder } from "../support/cli.ts";
import { carol, mallory } from "../support/fixture-keys.ts";
import { aSmallRegistry, filesBelow } from "../support/published-tree.ts";
import { signedTree, tufRootOf } from "../support/signed-tree.ts";
import { aTufRepository } from "../support/tuf-repository.ts";

let tree: string;
let source: string;
const home = tempFolder("home");

beforeAll(() => {
  source = aSmallRegistry().writeTo(tempFolder("source"));
  tree = join(tempFolder("tree"), "tree");
  expect(cli(["build", "--registry", source, "--out", tree]).code).toBe(0);
});

describe("a pinned root", () => {
  const signed = () => signedTree(filesBelow(tree), { by: carol });
  const written = (files: ReadonlyMap<string, Uint8Array>) => {
    const folder = tempFolder("signed");
    writeFiles(files, folder);
    return folder;
  };

  test("by its file or its sha256 is what a tree is read by, and no other", () => {
    const { files, root, sha256 } = signed();
    const folder = written(files);
    const file = join(tempFolder("root"), "root.json");
    writeFileSync(file, root);
    for (const pinned of [file, sha256]) {
      const { stdout, stderr, code } = cli(["search", "text", "--registry", folder, "--root", pinned]);
      expect([code, stdout.startsWith("tool 1.0.0"), stderr]).toEqual([0, true, ""]);
    }
    // Of the same registry by its own word, and with everything in it the same: signed by somebody else.
    const other = signedTree(files, { by: mallory });
    const refused = cli(["list", "--registry", written(other.files), "--root", file, "--json"]);
    expect(refused.json<Refusal>().error).toMatchObject({
      code: "METADATA_UNSIGNED",
      message: expect.stringContaining("is not the registry that the root is of"),
    });
    expect(
      cli(["list", "--registry", written(other.files), "--root", sha256, "--json"]).json(),
    ).toMatchObject({
      error: {
        code: "BAD_ROOT",
        message: expect.stringContaining(`has no root with the sha256 ${sha256}`),
        hint: expect.stringContaining("it is another registry"),
      },
    });
  });

  test("of a registry with another name is refused for the index of this one", () => {
    const { files, sha256 } = signedTree(filesBelow(tree), { by: carol, registry: "https://other.example/" });
    const refused = cli(["list", "--registry", written(files), "--root", sha256, "--json"]);
    expect(refused.json<Refusal>().error).toMatchObject({
      code: "OTHER_REGISTRY",
      message: expect.stringContaining("https://other.example/"),
    });
  });

  test("is needed: a tree is not believed for what it says of itself", () => {
    const { files, sha256 } = signed();
    const refused = cli(["list", "--registry", written(files), "--json"]).json<Refusal>().error;
    expect(refused).toMatchObject({
      code: "NO_TRUSTED_ROOT",
      message: expect.stringContaining(sha256),
      hint: expect.stringContaining("registry add"),
    });
  });

  test("must be a root: no other file, and no root of something else", () => {
    const refused = (root: string) =>
      cli(["list", "--registry", tree, "--root", root, "--json"]).json<Refusal>().error;
    const index = [...filesBelow(tree).keys()].find(
      (path) => path.endsWith(".root.json") && path.startsWith("index/"),
    );
    for (const file of ["registry.json", "graph/registry.ttl", index ?? "", "trust/timestamp.json"])
      expect(refused(join(tree, file)).code).toBe("BAD_ROOT");
    expect(refused("nothing-there")).toMatchObject({
      code: "BAD_ROOT",
      message: expect.stringContaining("there is no such file"),
    });
    expect(refused(tree)).toMatchObject({
      code: "BAD_ROOT",
      message: expect.stringContaining("it is a folder"),
    });
    const other = join(tempFolder("root"), "root.json");
    writeFileSync(other, aTufRepository().publish({}).files.get("1.root.json") ?? "");
    expect(refused(other)).toMatchObject({
      code: "BAD_ROOT",
      message: "This is a TUF root, but none of a registry: it names no registry",
    });
  });
});

describe("a tree that this machine cannot trust by itself", () => {
  test("unsigned: it is refused, and the hint says how it is signed", () => {
    const unsigned = join(tempFolder("tree"), "tree");
    expect(cli(["build", "--unsigned", "--registry", source, "--out", unsigned], { home }).code).toBe(0);
    for (const words of [
      ["list"],
      ["search", "text"],
      ["install", "tool", "--project", tempFolder("project")],
    ])
      expect(cli([...words, "--registry", unsigned, "--json"], { home }).json<Refusal>().error).toMatchObject(
        {
          code: "NOT_SIGNED",
          message: expect.stringContaining("it has no trust metadata"),
          hint: `build it without --unsigned, or sign it: ggen-marketplace trust publish ${unsigned}`,
        },
      );
    // Also where somebody has a root to read it by.
    const { sha256, root } = signedTree(filesBelow(tree), { by: carol });
    const file = join(tempFolder("root"), "root.json");
    writeFileSync(file, root);
    expect(codeOf(cli(["list", "--registry", unsigned, "--root", file, "--json"], { home }))).toBe(
      "NOT_SIGNED",
    );
    expect(codeOf(cli(["list", "--registry", unsigned, "--root", sha256, "--json"], { home }))).toBe(
      "BAD_ROOT",
    );
  });

  test("signed with the development root of another home: it is refused, and read with that root's sha256", () => {
    const apart = homeApart();
    const refused = cli(["list", "--registry", tree, "--json"], { home: apart });
    expect(refused.json<Refusal>().error).toMatchObject({
      code: "NO_TRUSTED_ROOT",
      message: expect.stringContaining("a development root of another machine or home"),
      hint: expect.stringMatching(/--root [0-9a-f]{64}$/),
    });
    const [sha256 = ""] = /[0-9a-f]{64}$/.exec(refused.json<Refusal>().error.hint) ?? [];
    const { code, stderr } = cli(["list", "--registry", tree, "--root", sha256], { home: apart });
    expect([code, stderr]).toEqual([0, DEVELOPMENT_NOTE]);
    // A development root of one's own, for the same registry, changes nothing about it.
    const own = join(tempFolder("tree"), "own");
    expect(cli(["build", "--registry", source, "--out", own], { home: apart }).code).toBe(0);
    expect(cli(["list", "--registry", own], { home: apart }).code).toBe(0);
    expect(codeOf(cli(["list", "--registry", tree, "--json"], { home: apart }))).toBe("NO_TRUSTED_ROOT");
  });
});

describe("a development root", () => {
  test.each([
    ["/some/folder", true],
    ["relative", true],
    ["http://localhost:4321/", true],
    ["http://127.0.0.1:4321/x/", true],
    ["http://127.255.0.9/", true],
    ["http://[::1]:4321/", true],
    ["https://packages.example/", false],
    ["https://localhost.packages.example/", false],
    ["https://127.0.0.1.packages.example/", false],
    ["https://user-localhost/", false],
    ["http://10.0.0.1/", false],
    ["http://0.0.0.0/", false],
    ["http://[::2]/", false],
  ])("is for what is on this machine: %s %s", (location, local) => {
    expect(isLocal(location)).toBe(local);
  });

  test("given for another machine's address is refused before that is asked", () => {
    const file = join(tempFolder("root"), "root.json");
    writeFileSync(file, tufRootOf(carol, { development: true }));
    const words = ["list", "--registry", "https://packages.invalid/", "--root", file, "--json"];
    expect(cli(words).json<Refusal>().error).toMatchObject({
      code: "DEVELOPMENT_ROOT",
      message: expect.stringContaining("https://packages.invalid/ is not on this machine"),
      hint: expect.stringContaining("trust init"),
    });
  });
});
