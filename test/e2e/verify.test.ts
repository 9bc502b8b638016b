/** What is proven, and what is refused, by the program as people run it. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { cli, codeOf, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

let tree: string;
let source: string;
const home = tempFolder("home");

beforeAll(() => {
  source = aSmallRegistry().writeTo(tempFolder("source"));
  tree = join(tempFolder("tree"), "tree");
  expect(cli(["build", "--registry", source, "--out", tree]).code).toBe(0);
});

const run = (...args: string[]) => cli([...args, "--registry", tree], { home });
const json = (...args: string[]) => run(...args, "--json");

describe("verify", () => {
  test("a release folder in a source, an archive, an installed package by name and by folder, a source", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const archive = json("show", "tool").json<{ release: { archive: { sha256: string } } }>().release.archive
      .sha256;
    const inside = (...args: string[]) => cli([...args, "--registry", tree], { home, cwd: project });
    expect(cli(["verify", join(source, "packages/tool/1.0.0")], { home }).stdout).toMatch(
      /: tool@1\.0\.0, [0-9a-f]{64}, signed by bob with SHA256:/,
    );
    expect(run("verify", join(tree, `archives/${archive}.tgz`)).stdout).toMatch(
      /tgz: tool@1\.0\.0, [0-9a-f]{64}, signed by bob\n/,
    );
    expect(inside("verify", "left").stdout).toMatch(
      /^verified left@1\.0\.0: \d+ files? as signed by alice\n$/,
    );
    expect(inside("verify", "packs/left").stdout).toBe(inside("verify", "left").stdout);
    expect(cli(["verify", source], { home }).stdout).toMatch(/: 7 releases of 5 packages\n$/);
  });

  test("name@version, as the catalogue offers it: what is installed if it is that version, else the registry's release", () => {
    const project = tempFolder("project");
    const inside = (...args: string[]) => cli([...args, "--registry", tree], { home, cwd: project });
    expect(inside("verify", "left@1.0.0").stdout).toMatch(
      /^verified left@1\.0\.0: [0-9a-f]{64}, signed by alice \(the registry's release; it is not installed here\)\n$/,
    );
    expect(inside("verify", "shared@1.1.0").stderr).toContain("Yanked: a wrong term");
    expect(inside("install", "shared@2.0.0").code).toBe(0);
    expect(inside("verify", "shared@2.0.0").stdout).toMatch(
      /^verified shared@2\.0\.0: \d+ files? as signed by alice\n$/,
    );
    const other = inside("verify", "shared@1.0.0");
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringContaining("shared@2.0.0 is installed here, and not 1.0.0"),
    ]);
    const codeIn = (...args: string[]) =>
      inside(...args, "--json").json<{ verified: { problems: { code: string }[] }[] }>().verified[0]
        ?.problems[0]?.code;
    expect(codeIn("verify", "shared@1.0.0")).toBe("OTHER_VERSION_INSTALLED");
    expect(codeIn("verify", "left@9.9.9")).toBe("UNKNOWN_VERSION");
    expect(codeIn("verify", "lefft@1.0.0")).toBe("UNKNOWN_PACKAGE");
    writeFileSync(join(project, "packs/shared/README.md"), "changed\n");
    expect(inside("verify", "shared@2.0.0").code).toBe(1);
  });

  test("what was installed from one registry is not judged by another", () => {
    const project = tempFolder("project");
    expect(run("install", "left", "--project", project).code).toBe(0);
    const story = aRegistry({ iri: "https://other.example/" });
    story.publisher(alice);
    story.package("left").release("1.0.0");
    const result = cli(["verify", "left", "--registry", publishedTree(story), "--project", project], {
      home,
    });
    expect([result.code, result.stderr]).toEqual([
      1,
      expect.stringMatching(
        /left@1\.0\.0 was installed from the registry https:\/\/registry\.example\/, and this one is https:\/\/other\.example\//,
      ),
    ]);
  });

  test("a release folder elsewhere, by the registry that is given", () => {
    const copy = join(tempFolder("copy"), "tool");
    cpSync(join(source, "packages/tool/1.0.0"), copy, { recursive: true });
    expect(cli(["verify", copy, "--json"], { home }).code).toBe(2);
    expect(run("verify", copy).code).toBe(0);
    writeFileSync(join(copy, "content/templates/a.tmpl"), "other\n");
    const { code, stderr } = run("verify", copy);
    expect(code).toBe(1);
    expect(stderr).toContain("templates/a.tmpl");
  });

  test("what is none of these is said to be so, each kind of it", () => {
    const file = join(tempFolder("file"), "x.tgz");
    writeFileSync(file, "no archive");
    expect(
      json("verify", file).json<{ verified: { problems: { code: string }[] }[] }>().verified[0]?.problems[0]
        ?.code,
    ).toBe("ARCHIVE_NOT_GZIP");
    for (const target of ["nothing-there", tempFolder("empty")])
      expect(codeOf(json("verify", target, "--project", tempFolder("project")))).toBe("NOTHING_TO_VERIFY");
    expect(json("verify", "--project", tempFolder("project")).code).toBe(2);
  });
});

describe("bytes that nobody signed are never installed", () => {
  const damaged = (change: (files: Map<string, Uint8Array>) => void): string => {
    const files = filesBelow(tree);
    change(files);
    const folder = tempFolder("damaged");
    for (const [path, bytes] of files) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    return folder;
  };
  const archiveOf = (name: string) =>
    json("show", name).json<{ release: { archive: { sha256: string } } }>().release.archive.sha256;

  test("an archive flipped in any region: header, data, checksum", () => {
    const path = `archives/${archiveOf("left")}.tgz`;
    for (const part of [0, 0.001, 0.3, 0.6, 0.9, 1]) {
      const folder = damaged((files) => {
        const bytes = files.get(path) ?? new Uint8Array();
        const at = Math.min(bytes.length - 1, Math.floor(part * bytes.length));
        bytes[at] = (bytes[at] ?? 0) ^ 1;
      });
      const project = tempFolder("project");
      const result = cli(["install", "left", "--registry", folder, "--project", project, "--json"], { home });
      expect([result.code, codeOf(result)]).toEqual([1, "DIGEST_MISMATCH"]);
      expect(readdirSync(project)).toEqual([]);
    }
  });

  test("another package's archive under this one's name", () => {
    const folder = damaged((files) =>
      files.set(
        `archives/${archiveOf("left")}.tgz`,
        files.get(`archives/${archiveOf("right")}.tgz`) ?? new Uint8Array(),
      ),
    );
    expect(
      codeOf(
        cli(["install", "left", "--registry", folder, "--project", tempFolder("project"), "--json"], {
          home,
        }),
      ),
    ).toMatch(/^(DIGEST_MISMATCH|TOO_LARGE)$/);
  });

  test("verify of the whole tree names each thing that does not hold, and what holds", () => {
    expect(cli(["verify", tree], { home }).stdout).toMatch(
      /^verified index: \d+ files, root [0-9a-f]{64}\nverified graph: 3 files\nverified left@1\.0\.0: [0-9a-f]{64}, signed by alice\n/,
    );
    const archive = `archives/${archiveOf("left")}.tgz`;
    const folder = damaged((files) => {
      files.delete(archive);
      files.set("graph/registry.ttl", new Uint8Array(3));
    });
    const { code, stdout, stderr } = cli(["verify", folder], { home });
    expect(code).toBe(1);
    expect(stdout).toContain("verified tool@1.0.0");
    expect(stderr).toContain("error: graph, left@1.0.0: not verified\n");
    expect(stderr).toContain(archive);
    // A folder holds still: to fetch it again would not help.
    expect(stderr).toContain("the folder is damaged, or not copied whole");
    expect(stderr).not.toContain("sync");
  });
});
