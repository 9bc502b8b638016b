/** What is no file, or too large a one, in the place of every file that a call or a folder names. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry, writeFiles } from "../support/a-registry.ts";
import { type CliResult, cli, codeOf, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";

const messageOf = (result: CliResult) => result.json<{ error: { message: string } }>().error.message;

const source = join(tempFolder("source"), "registry");
const tree = join(tempFolder("tree"), "site");

beforeAll(() => {
  const story = aRegistry().publisher(alice);
  story.package("one").release("1.0.0", {}).signedBy(alice);
  writeFiles(story.build(), source);
  expect(cli(["build", "--registry", source, "--out", tree])).toMatchObject({ code: 0 });
});

const KINDS: readonly (readonly [kind: string, make: (path: string) => void, says: RegExp])[] = [
  ["a device without an end", (path) => symlinkSync("/dev/zero", path), /device/],
  ["a named pipe", (path) => execFileSync("mkfifo", [path]), /named pipe/],
  ["a folder", (path) => mkdirSync(path), /folder/],
  [
    "a sparse file of 10 GB",
    (path) => {
      writeFileSync(path, "");
      truncateSync(path, 10_000_000_000);
    },
    /10000000000 bytes/,
  ],
];

describe.skipIf(process.platform === "win32").each(KINDS)("%s is refused at once", (_, make, says) => {
  test("as --root", () => {
    const file = join(tempFolder(), "root.json");
    make(file);
    const result = cli(["list", "--registry", tree, "--root", file, "--json"]);
    expect([result.code, codeOf(result), messageOf(result)]).toEqual([
      1,
      "BAD_ROOT",
      expect.stringMatching(says),
    ]);
  });

  test("as a key", () => {
    const file = join(tempFolder(), "signing");
    make(file);
    const words = [
      ["key", "show", file],
      ["key", "import", file, "--out", join(tempFolder(), "x")],
      [
        "state",
        "yank",
        "one@1.0.0",
        "--reason",
        "x",
        "--into",
        source,
        "--publisher",
        "alice",
        "--key",
        file,
      ],
    ];
    for (const call of words) {
      const result = cli([...call, "--json"]);
      expect(codeOf(result)).toMatch(/^KEY_(FILE_UNREADABLE|TOO_LARGE)$/);
      expect(messageOf(result)).toMatch(says);
    }
  });

  test.each([
    ["ggen.toml", "GGEN_TOML_UNREADABLE"],
    ["ggen-marketplace.lock", "LOCK_UNREADABLE"],
  ])("as a project's %s", (name, code) => {
    const project = tempFolder("project");
    make(join(project, name));
    const result = cli(["install", "one", "--registry", tree, "--json"], { cwd: project });
    expect([result.code, codeOf(result), messageOf(result)]).toEqual([1, code, expect.stringMatching(says)]);
    expect(readdirSync(project)).toEqual([name]);
  });

  test("as a registry's configuration", () => {
    const folder = join(tempFolder(), "registry");
    execFileSync("cp", ["-R", source, folder]);
    rmSync(join(folder, "registry.toml"));
    make(join(folder, "registry.toml"));
    const result = cli(["check", "--registry", folder, "--json"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/SOURCE_(SYMLINK|SPECIAL_FILE|FILE_TOO_LARGE|NOT_A_REGISTRY)/);
  });

  test("as a published tree's registry.json, which nothing is built over", () => {
    const out = tempFolder("out");
    make(join(out, "registry.json"));
    expect(codeOf(cli(["list", "--registry", out, "--json"]))).toMatch(
      /^(NOT_A_REGISTRY|TOO_LARGE|BAD_RESPONSE)$/,
    );
    const build = cli(["build", "--registry", source, "--out", out, "--json"]);
    expect(codeOf(build)).toBe("NOT_A_PUBLISHED_TREE");
    expect(readdirSync(out)).toEqual(["registry.json"]);
  });
});

const canMount =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("sh", ["-c", "d=$(mktemp -d) && mount -t tmpfs none $d && umount $d && rmdir $d"]).status === 0;

describe.skipIf(!canMount)("on a full disk (skipped where no small disk can be mounted)", () => {
  function onFullDisk(work: (disk: string) => void): void {
    const disk = tempFolder("disk");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k,nr_inodes=40", "none", disk]);
    try {
      // Folders and names can still be made: only bytes find no room.
      spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "full")}`, "bs=1k", "count=64"], { stdio: "ignore" });
      work(disk);
    } finally {
      execFileSync("umount", [disk]);
    }
  }

  test("key generate leaves no half key, and says why", () =>
    onFullDisk((disk) => {
      const result = cli(["key", "generate", "--out", join(disk, "signing"), "--json"]);
      expect([result.code, codeOf(result), messageOf(result)]).toEqual([
        1,
        "KEY_FILE_UNWRITABLE",
        expect.stringMatching(/signing": the disk is full \(ENOSPC\)/),
      ]);
      expect(readdirSync(disk)).toEqual(["full"]);
    }));

  test("init leaves no half registry, and says why", () =>
    onFullDisk((disk) => {
      const words = ["--name", "acme", "--iri", "https://acme.example/", "--json"];
      for (const folder of [disk, join(disk, "new/deep")]) {
        const result = cli(["init", folder, ...words]);
        expect([result.code, codeOf(result), messageOf(result)]).toEqual([
          1,
          "FILE_UNWRITABLE",
          expect.stringMatching(/\.gitattributes": the disk is full \(ENOSPC\)/),
        ]);
        expect(readdirSync(disk)).toEqual(["full"]);
      }
    }));
});

test("a pair of keys is written whole or not at all", () => {
  const folder = tempFolder("key");
  writeFileSync(join(folder, "signing.pub"), "mine");
  expect(codeOf(cli(["key", "generate", "--out", join(folder, "signing"), "--json"]))).toBe(
    "KEY_FILE_EXISTS",
  );
  expect(readdirSync(folder)).toEqual(["signing.pub"]);
  const { code } = cli(["key", "generate", "--out", join(folder, "no/such/folder"), "--json"]);
  expect([code, readdirSync(folder)]).toEqual([1, ["signing.pub"]]);
});

describe("a tree is not written into the source it is built from", () => {
  const build = (out: string, cwd = process.cwd()) =>
    cli(["build", "--registry", source, "--out", out, "--json"], { cwd });
  const sourceFiles = () =>
    execFileSync("find", [source, "-type", "f"], { encoding: "utf8" }).split("\n").sort();

  test.skipIf(process.platform === "win32").each([
    ["the source itself", ""],
    ["the folder above", ".."],
    ["its packages", "packages"],
    ["a folder in its packages that is not there", "packages/one/1.0.0/content/site"],
    ["its publishers", "publishers/site"],
    ["its trust", "trust/site"],
    ["its bundles", "bundles"],
    ["its policy", "policy/../policy/x"],
    ["a folder in it that is no registry data", "dist/site"],
  ])("%s", (_, path) => {
    const files = sourceFiles();
    expect(codeOf(build(join(source, path)))).toBe("OUTPUT_IN_SOURCE");
    expect(sourceFiles()).toEqual(files);
    expect(existsSync(join(source, "trust"))).toBe(false);
  });

  test.skipIf(process.platform === "win32")(
    "a link that leads into it, and a path from another folder",
    () => {
      const folder = tempFolder("links");
      symlinkSync(join(source, "packages"), join(folder, "packages"));
      symlinkSync(source, join(folder, "source"));
      const files = sourceFiles();
      for (const path of ["packages", "packages/new", "source", "source/publishers/x"])
        expect(codeOf(build(path, folder))).toBe("OUTPUT_IN_SOURCE");
      const linked = cli(["build", "--registry", "source", "--out", join(source, "trust/x"), "--json"], {
        cwd: folder,
      });
      expect(codeOf(linked)).toBe("OUTPUT_IN_SOURCE");
      expect(sourceFiles()).toEqual(files);
    },
  );

  test("but beside it", () => {
    for (const path of [join(source, "../site")]) {
      expect(build(path).code).toBe(0);
      expect(readFileSync(join(path, "registry.json"), "utf8")).toContain('"root"');
      rmSync(path, { recursive: true });
    }
  });
});
