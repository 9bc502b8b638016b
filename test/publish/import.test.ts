import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { buildSnapshot } from "../../src/build/build.ts";
import { overlay } from "../../src/build/overlay.ts";
import type { ForeignPackage } from "../../src/publish/foreign-manifest.ts";
import { type Imported, importPackages } from "../../src/publish/import.ts";
import { alice, bob } from "../support/fixture-keys.ts";
import { codesOf, take } from "../support/judge.ts";
import {
  anEmptyRegistry,
  anOldPackage,
  aPack,
  codesOfAll,
  countingPorts,
  folderOf,
  publishingInto,
  treeOf,
} from "./a-publisher.ts";

type Files = ReadonlyMap<string, Uint8Array>;

async function importInto(
  registry: Files,
  folders: readonly ForeignPackage[],
  ports = countingPorts(),
): Promise<Imported> {
  return take(await importPackages(folders, publishingInto(registry), ports));
}

const outcomes = ({ entries }: Imported) =>
  Object.fromEntries(entries.map((entry) => [entry.folder, entry.outcome]));

const problemsOf = ({ entries }: Imported, folder: string) =>
  codesOfAll(entries.find((entry) => entry.folder === folder)?.problems ?? []);

/** The registry with what was imported. */
const withImport = (registry: Files, { publication }: Imported): Files =>
  new Map([...registry, ...(publication?.additions ?? [])]);

const empty = anEmptyRegistry().build();

describe("an import", () => {
  test("makes a registry that a build finds good", async () => {
    const imported = await importInto(empty, [
      aPack("one"),
      aPack("two"),
      anOldPackage("three", 'dependencies = ["one"]\n'),
    ]);
    expect(outcomes(imported)).toEqual({ one: "taken", two: "taken", three: "taken" });
    const built = await buildSnapshot(treeOf(withImport(empty, imported)), countingPorts());
    expect(take(built).counts).toMatchObject({ packages: 3, releases: 3, publishers: 1 });
  });

  test("keeps every byte of every file, the package's own manifest among them", async () => {
    const pack = aPack("one", {
      ".gitignore": "target/\n",
      "製品版/lib.rs": "fn main() {}\n",
      "content/x": "y",
    });
    const { publication } = await importInto(empty, [pack]);
    for (const [path, bytes] of pack.files)
      expect(publication?.additions.get(`packages/one/1.0.0/content/${path}`)).toEqual(bytes);
  });

  test("one broken package costs no other, and is refused by its own file's name", async () => {
    const broken = aPack("broken", { "ontology.ttl": "<urn:a> <urn:b .\n", "gates/a.rq": "ASK {" });
    const imported = await importInto(empty, [aPack("one"), broken, aPack("two")]);
    expect(outcomes(imported)).toEqual({ broken: "refused", one: "taken", two: "taken" });
    const { problems } = imported.entries[0] ?? { problems: [] };
    expect(problems.filter((problem) => problem.severity === "error").map((problem) => problem.file)).toEqual(
      ["broken/ontology.ttl", "broken/gates/a.rq"],
    );
    expect([...(imported.publication?.additions.keys() ?? [])].some((path) => path.includes("broken"))).toBe(
      false,
    );
  });

  test("a fixture that is broken on purpose is no reason to refuse", async () => {
    const pack = aPack("one", {
      "fixtures/broken.ttl": "<urn:a> <urn:b .\n",
      "tests/broken.rq": "ASK {",
      "examples/pack.toml": "= = =",
    });
    const imported = await importInto(empty, [pack]);
    expect(outcomes(imported)).toEqual({ one: "taken" });
    expect(problemsOf(imported, "one")).toEqual(["RDF_SYNTAX", "SPARQL_SYNTAX"]);
  });

  test("verifies each release once, however many rounds there are", async () => {
    const ports = countingPorts();
    const chain = [
      aPack("zero", { "ontology.ttl": "<" }),
      anOldPackage("one", 'dependencies = ["zero"]\n'),
      anOldPackage("two", 'dependencies = ["one"]\n'),
    ];
    const imported = await importInto(empty, [...chain, aPack("three"), aPack("four")], ports);
    expect(outcomes(imported)).toEqual({
      zero: "refused",
      one: "taken",
      two: "taken",
      three: "taken",
      four: "taken",
    });
    // The five, and "one" again without its edge.
    expect(ports.verified).toBe(6);
  });
});

describe("a dependency", () => {
  test("on a package that is refused is left out, with the reason, and its package is taken", async () => {
    const imported = await importInto(empty, [
      aPack("base", { "ontology.ttl": "<" }),
      anOldPackage("user", 'dependencies = ["base"]\n'),
    ]);
    expect(outcomes(imported)).toEqual({ base: "refused", user: "taken" });
    expect(problemsOf(imported, "user")).toContain("IMPORT_DEPENDENCY_BARRED");
  });

  test("that no version satisfies is left out", async () => {
    const imported = await importInto(empty, [
      anOldPackage("base"),
      anOldPackage("user", '[dependencies]\nbase = "7"\n'),
    ]);
    expect(outcomes(imported)).toEqual({ base: "taken", user: "taken" });
    expect(problemsOf(imported, "user")).toEqual(["IMPORT_DEPENDENCY_BARRED"]);
  });

  test("in a circle keeps one package out, and the others are taken", async () => {
    const imported = await importInto(empty, [
      anOldPackage("a", 'dependencies = ["b"]\n'),
      anOldPackage("b", 'dependencies = ["a"]\n'),
      aPack("c"),
    ]);
    expect(imported.entries.map((entry) => entry.outcome).sort()).toEqual(["refused", "taken", "taken"]);
    expect(imported.entries.flatMap((entry) => codesOfAll(entry.problems))).toContain("DEPENDENCY_CYCLE");
  });
});

describe("names that are taken", () => {
  const bobs = anEmptyRegistry();
  bobs.publisher(bob);
  bobs.package("one").release("0.9.0").signedBy(bob);

  test("by another publisher: refused, whatever the version", async () => {
    const imported = await importInto(bobs.build(), [aPack("one"), aPack("two")]);
    expect(outcomes(imported)).toEqual({ one: "refused", two: "taken" });
    expect(problemsOf(imported, "one")).toEqual(["PUBLISH_NOT_OWNER"]);
  });

  test("by the same import, before: known, and nothing is written", async () => {
    const first = await importInto(empty, [aPack("one"), aPack("two")]);
    const again = await importInto(withImport(empty, first), [aPack("one"), aPack("two"), aPack("three")]);
    expect(outcomes(again)).toEqual({ one: "already published", two: "already published", three: "taken" });
    expect(
      [...(again.publication?.additions.keys() ?? [])].every((path) => path.startsWith("packages/three/")),
    ).toBe(true);
  });

  test("by the same version with other files: refused", async () => {
    const first = await importInto(empty, [aPack("one")]);
    const again = await importInto(withImport(empty, first), [aPack("one", { "new.txt": "new" })]);
    expect(problemsOf(again, "one")).toEqual(["IMPORT_CHANGED"]);
    expect(again.publication).toBeUndefined();
  });

  test("by a second folder: the one whose name it is", async () => {
    const imported = await importInto(empty, [aPack("My-Pack"), aPack("my-pack"), aPack("my_pack")]);
    expect(outcomes(imported)).toEqual({ "My-Pack": "refused", "my-pack": "taken", my_pack: "refused" });
    expect(problemsOf(imported, "my_pack")).toContain("IMPORT_SAME_NAME");
  });
});

describe("packages of this registry's own format", () => {
  const own = (folder: string, version: string, publisher = "alice") =>
    folderOf(folder, {
      "package.toml": `format = 1\n[package]\nname = "own"\nversion = "${version}"\npublisher = "${publisher}"\ndescription = "An own package"\nlicense = "MIT"\n`,
      "README.md": "# Own\n",
    });

  test("are taken byte for byte, in several versions", async () => {
    const imported = await importInto(empty, [
      own("own-1", "1.0.0"),
      own("own-2", "2.0.0"),
      own("own-2-again", "2.0.0"),
    ]);
    expect(outcomes(imported)).toEqual({ "own-1": "taken", "own-2": "taken", "own-2-again": "refused" });
    expect(imported.publication?.additions.get("packages/own/1.0.0/package.toml")).toEqual(
      own("own-1", "1.0.0").files.get("package.toml"),
    );
  });

  test("of another publisher are refused", async () => {
    expect(problemsOf(await importInto(empty, [own("own", "1.0.0", "bob")]), "own")).toEqual([
      "PUBLISH_OTHER_PUBLISHER",
    ]);
  });

  test("a table with a key `format` does not make one", async () => {
    const old = anOldPackage("old", '[rdf]\nformat = "turtle"\n');
    expect(outcomes(await importInto(empty, [old]))).toEqual({ old: "taken" });
  });
});

test("a key that may not sign stops the import before anything is read", async () => {
  const registry = anEmptyRegistry();
  registry.publisher(alice);
  const into = { ...publishingInto(registry.build()), signer: bob };
  expect(codesOf(await importPackages([aPack("one")], into, countingPorts()))).toEqual([
    "PUBLISH_FOREIGN_KEY",
  ]);
});

test("whatever is in the registry, what an import adds is as good as the whole judged anew", async () => {
  const registry = anEmptyRegistry();
  registry.publisher(alice);
  registry.package("base").release("1.0.0").signedBy(alice);
  const files = registry.build();
  const imported = await importInto(files, [
    anOldPackage("user", '[dependencies]\nbase = "1"\n'),
    aPack("base"),
  ]);
  expect(outcomes(imported)).toEqual({ user: "taken", base: "refused" });
  const whole = overlay(treeOf(files), imported.publication?.additions ?? new Map([["x", utf8("")]]));
  expect((await buildSnapshot(whole, countingPorts())).ok).toBe(true);
});
