import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../src/base/problem.ts";
import { aRegistry, type RegistryStory } from "../support/a-registry.ts";
import { alice, aliceNext, bob, mallory } from "../support/fixture-keys.ts";
import { judged, orderOf, Room, reordered } from "./room.ts";
import { twoPublishers } from "./stories.ts";

async function found(story: RegistryStory) {
  const problems = problemsOf(await judged(story.build()));
  return problems.map(({ severity, code, file }) => `${severity} ${code} ${file}`);
}

function aliceAnd(tell: (story: RegistryStory) => void): RegistryStory {
  const story = aRegistry();
  story.publisher(alice);
  tell(story);
  return story;
}

describe("a registry broken in ten places", () => {
  const story = twoPublishers();
  story.publisher(mallory);
  story
    .package("cycle-a")
    .release("1.0.0", { dependencies: { "cycle-b": "*" } })
    .signedBy(alice);
  story
    .package("cycle-b")
    .release("1.0.0", { dependencies: { "cycle-a": "*" } })
    .signedBy(alice);
  story
    .package("unsatisfied")
    .release("1.0.0", { dependencies: { shapes: "^9" } })
    .signedBy(alice);
  story
    .package("unknown")
    .release("1.0.0", { dependencies: { cor: "*" } })
    .signedBy(alice);
  story.package("unsigned").release("1.0.0", { signature: null }).signedBy(alice);
  story
    .package("rdf")
    .release("1.0.0", { files: { "ontology.ttl": "<a> <b> .\n" } })
    .signedBy(alice);
  story
    .package("renamed")
    .release("1.0.0", { manifest: { version: "1.0.1" } })
    .signedBy(alice);
  story.raw("packages/core/1.0.0/content/extra.txt", "not listed");
  story.raw("packages/old/statements/0002.toml.sig", undefined);
  story.raw("packages/Wrong/1.0.0/package.toml", "");
  story.raw("packages/core/notes.txt", "what is this");

  it("is told all of them, each with its file and what to do", async () => {
    const result = await judged(story.build());
    expect(result.ok).toBe(false);
    const problems = problemsOf(result);
    const told = problems.map(({ code, file }) => `${code} ${file}`);
    expect(told).toEqual(
      expect.arrayContaining([
        "DEPENDENCY_CYCLE packages/cycle-a/1.0.0/package.toml",
        "DEPENDENCY_UNSATISFIED packages/unsatisfied/1.0.0/package.toml",
        "DEPENDENCY_UNKNOWN packages/unknown/1.0.0/package.toml",
        "RELEASE_FILE_MISSING packages/unsigned/1.0.0/SHA256SUMS.sig",
        "RDF_SYNTAX packages/rdf/1.0.0/content/ontology.ttl",
        "RELEASE_VERSION packages/renamed/1.0.0/package.toml",
        "RELEASE_FILE_UNLISTED packages/core/1.0.0/content/extra.txt",
        "STATEMENT_UNSIGNED packages/old/statements/0002.toml",
        "SOURCE_BAD_NAME packages/Wrong",
        "SOURCE_UNEXPECTED_FILE packages/core/notes.txt",
      ]),
    );
    for (const { file, message, remedy } of problems)
      expect([file, message, remedy].every((text) => text !== "")).toBe(true);
  });

  it("is told them errors first and by file, in whatever order its files are read", async () => {
    const files = story.build();
    const expected = problemsOf(await judged(files));
    await fc.assert(
      fc.asyncProperty(orderOf(files.size), async (order) => {
        expect(problemsOf(await judged(reordered(files, order)))).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});

describe("a build refuses", () => {
  it("a folder that is no registry, and a published tree", async () => {
    expect(problemsOf(await judged(new Map()))).toMatchObject([{ code: "SOURCE_NOT_A_REGISTRY" }]);
    const published = new Map([["registry.json", new Uint8Array()]]);
    expect(problemsOf(await judged(published))).toMatchObject([{ code: "SOURCE_IS_PUBLISHED_TREE" }]);
  });

  it("a release that nobody registered has signed", async () => {
    const story = aliceAnd((told) =>
      told
        .package("x", { claimedBy: alice })
        .release("1.0.0", { manifest: { publisher: "alice" } })
        .signedBy(mallory),
    );
    expect(await found(story)).toContain("error SIGNATURE_BY_STRANGER packages/x/1.0.0/SHA256SUMS.sig");
  });

  it("packages that nobody claimed, and still says what else is wrong with them", async () => {
    const story = aliceAnd((told) =>
      told
        .package("x")
        .release("1.0.0", { files: { "ontology.ttl": "<a> <b> .\n" } })
        .signedBy(alice),
    );
    story
      .raw("packages/x/statements/0001.toml", undefined)
      .raw("packages/x/statements/0001.toml.sig", undefined);
    const all = await found(story);
    expect(all).toContain("error SOURCE_UNCLAIMED_PACKAGE packages/x");
    expect(all).toContain("error RDF_SYNTAX packages/x/1.0.0/content/ontology.ttl");
  });

  it("names that differ in case only, of packages and of files", async () => {
    const story = aliceAnd((told) => {
      told
        .package("x")
        .release("1.0.0", { files: { "a.txt": "1", "A.txt": "2" } })
        .signedBy(alice);
      told.raw("packages/X/statements/0001.toml", "");
    });
    const all = await found(story);
    expect(all).toContain("error SOURCE_BAD_NAME packages/X");
    expect(all.join("\n")).toMatch(/packages\/x\/1\.0\.0/);
  });

  it("a name and a version unlike their path", async () => {
    const story = aliceAnd((told) => {
      told
        .package("x")
        .release("1.0.0", { manifest: { name: "y" } })
        .signedBy(alice);
      told
        .package("z")
        .release("1.0.0", { manifest: { version: "2.0.0" } })
        .signedBy(alice);
    });
    const all = await found(story);
    expect(all).toContain("error RELEASE_NAME packages/x/1.0.0/package.toml");
    expect(all).toContain("error RELEASE_VERSION packages/z/1.0.0/package.toml");
  });

  it("a folder that is no version", async () => {
    const story = aliceAnd((told) => told.package("x").release("1.0").signedBy(alice));
    expect(await found(story)).toContain("error SOURCE_BAD_VERSION packages/x/1.0");
  });

  it("files outside, too large, and too many", async () => {
    const story = aRegistry({ limits: { fileBytesMax: 1024, releaseFilesMax: 6, releaseBytesMax: 8192 } });
    story.publisher(alice);
    story
      .package("large")
      .release("1.0.0", { files: { "big.txt": "x".repeat(2000) } })
      .signedBy(alice);
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}.txt`, "x"]));
    story.package("many").release("1.0.0", { files: many }).signedBy(alice);
    story
      .package("outside")
      .release("1.0.0", { sums: `${"0".repeat(64)}  content/../../x\n` })
      .signedBy(alice);
    const all = await found(story);
    for (const name of ["large", "many", "outside"])
      expect(
        all.filter((line) => line.startsWith(`error `) && line.includes(`packages/${name}/1.0.0`)),
      ).not.toEqual([]);
  });

  it("a yank of a version that never was", async () => {
    const story = aliceAnd((told) => told.package("x").release("1.0.0").yank("9.0.0").signedBy(alice));
    expect(await found(story)).toContain("error VERSION_UNKNOWN packages/x/statements/0002.toml");
  });

  it("a package whose graph breaks a shape, and names its folder", async () => {
    const story = aliceAnd((told) =>
      told.package("x").release("1.0.0", { description: "short" }).signedBy(alice),
    );
    const all = await found(story);
    expect(all.every((line) => !line.includes("https://"))).toBe(true);
  });

  it("two publishers with one key", async () => {
    const story = aRegistry();
    story.publisher(alice);
    story.publisher(alice, { name: "twin" });
    expect((await found(story)).join("\n")).toContain("KEY_SHARED");
  });

  it("links, files that cannot be read, and what else is on a disk and is no file", async () => {
    const room = new Room();
    room.write(twoPublishers().build());
    symlinkSync("/etc/hostname", join(room.registry, "packages/core/1.0.0/content/link"));
    symlinkSync("../0.1.0", join(room.registry, "packages/shapes/9.0.0"));
    mkdirSync(join(room.registry, "publishers/alice/statements/0009.toml"));
    const codes = problemsOf((await room.build()).result).map(({ code, file }) => `${code} ${file}`);
    room.remove();
    expect(codes).toContain("SOURCE_SYMLINK packages/core/1.0.0/content/link");
    expect(codes).toContain("SOURCE_SYMLINK packages/shapes/9.0.0");
  });

  it("every circle of dependencies, each once", async () => {
    const story = aliceAnd((told) => {
      for (const [from, to] of [
        ["a", "b"],
        ["b", "a"],
        ["c", "d"],
        ["d", "c"],
      ] as const)
        told
          .package(`p-${from}`)
          .release("1.0.0", { dependencies: { [`p-${to}`]: "*" } })
          .signedBy(alice);
    });
    expect(await found(story)).toEqual([
      "error DEPENDENCY_CYCLE packages/p-a/1.0.0/package.toml",
      "error DEPENDENCY_CYCLE packages/p-c/1.0.0/package.toml",
    ]);
  });

  it("an unsatisfied optional dependency, under its own table's name", async () => {
    const story = aliceAnd((told) => {
      told.package("a-one").release("1.0.0").signedBy(alice);
      told
        .package("b-two")
        .release("1.0.0", { optionalDependencies: { "a-one": "^2" } })
        .signedBy(alice);
    });
    expect(problemsOf(await judged(story.build()))).toMatchObject([
      { code: "DEPENDENCY_UNSATISFIED", place: "optional-dependencies.a-one", expected: "one of 1.0.0" },
    ]);
  });

  it("nothing of an edge to a package that is itself refused", async () => {
    const story = aliceAnd((told) => {
      told.package("a-one").release("1.0.0", { signature: null }).signedBy(alice);
      told
        .package("b-two")
        .release("1.0.0", { dependencies: { "a-one": "^1" } })
        .signedBy(alice);
    });
    expect(await found(story)).toEqual(["error RELEASE_FILE_MISSING packages/a-one/1.0.0/SHA256SUMS.sig"]);
  });
});

describe("a build goes on, and says so, where", () => {
  it("a release has fallen: it stays a record without an archive", async () => {
    const story = twoPublishers();
    story.publisher(alice).revokeKey(aliceNext).signedBy(alice);
    const result = await judged(story.build());
    expect(result.ok).toBe(true);
    expect(problemsOf(result)).toMatchObject(
      [
        { code: "DEPENDENCY_FALLEN", severity: "warning", file: "packages/shapes/0.2.0/package.toml" },
        { code: "RELEASE_FALLEN", severity: "warning" },
      ].sort((a, b) => (a.code < b.code ? 1 : -1)),
    );
  });

  it("a fallen release leads nowhere: what it needs binds nobody", async () => {
    const story = aRegistry();
    story.publisher(alice).addKey(aliceNext).revokeKey(aliceNext).signedBy(alice);
    story.publisher(bob);
    story
      .package("gone")
      .release("1.0.0", { dependencies: { nowhere: "*" } })
      .signedBy(aliceNext);
    story.package("gone").release("2.0.0").signedBy(alice);
    expect((await judged(story.build())).ok).toBe(true);
  });

  it("a name is claimed and has no release yet", async () => {
    const story = aliceAnd((told) => void told.package("reserved", { claimedBy: alice }));
    const result = await judged(story.build());
    expect(result).toMatchObject({ ok: true, value: { counts: { packages: 0, releases: 0 } } });
  });

  it("there is nothing in the registry", async () => {
    const result = await judged(aRegistry().build());
    expect(result).toMatchObject({
      ok: true,
      warnings: [],
      value: { counts: { packages: 0, publishers: 0 } },
    });
  });
});
