/** A consumer's day: the program as people run it, over a registry in a folder. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { CLI, type CliResult, cli, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

interface Refusal {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly problems: readonly { readonly code: string; readonly file: string }[];
  };
}

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
const codeOf = (result: CliResult) => result.json<Refusal>().error.code;
const installed = (project: string) => filesBelow(join(project, "packs"));

describe("search, show, list", () => {
  test("search prints names and summaries; --json has the fields that people know", () => {
    const { stdout, stderr, code } = run("search", "text", "files");
    expect(code).toBe(0);
    expect(stdout).toBe("tool 1.0.0  templates by bob\n    Writes text files\n");
    expect(stderr).toMatch(/^note: the view is not pinned.*\n$/);
    expect(json("search", "text", "files").json()).toMatchObject({
      query: "text files",
      total: 1,
      packages: [{ name: "tool", version: "1.0.0", description: "Writes text files", author: "bob" }],
    });
  });

  test("nothing found is an answer: exit code 0, and no hint of a package", () => {
    const { stdout, code } = run("search", "nothing-like-it");
    expect([code, stdout]).toEqual([0, 'No package matches "nothing-like-it".\n']);
    expect(json("search", "nothing-like-it").json()).toMatchObject({ total: 0, packages: [] });
  });

  test("a misspelt word is answered by the one that was meant, and that is said", () => {
    const { stdout, stderr } = run("search", "wrtier");
    expect(stdout).toContain("tool 1.0.0");
    expect(stderr).toContain('note: nothing has "wrtier"; "writer" was looked for');
  });

  test("show has what the package may do, who signed it, and what is withheld", () => {
    const { stdout } = run("show", "tool");
    expect(stdout).toMatch(/^tool 1\.0\.0\nWrites text files\n\nAnd says when it is done\.\n/);
    expect(stdout).toContain(
      "may do       runs a shell command after writing (templates/a.tmpl:4): echo done\n",
    );
    expect(stdout).toMatch(/signed by {4}SHA256:\S+\n {13}active key of bob\n/);
    expect(run("show", "shared").stdout).toContain("versions     2.0.0, 1.1.0 (yanked), 1.0.0");
    expect(run("show", "shared@1.1.0").stdout).toContain("Yanked: a wrong term");
    expect(run("show", "old").stdout).toContain("Deprecated: it was renamed Use tool.");
    expect(json("show", "shared@1.0.0").json()).toMatchObject({
      latest: "2.0.0",
      release: { version: "1.0.0" },
    });
  });

  test("a package or version that is not there names the nearest", () => {
    expect(json("show", "toool").json<Refusal>().error).toMatchObject({
      code: "UNKNOWN_PACKAGE",
      hint: "did you mean tool?",
    });
    expect(json("show", "shared@3.0.0").json<Refusal>().error).toMatchObject({
      code: "UNKNOWN_VERSION",
      hint: "it has 2.0.0, 1.1.0, 1.0.0",
    });
    expect(json("install", "toool").json<Refusal>().error).toMatchObject({
      code: "UNKNOWN_PACKAGE",
      hint: "did you mean tool?",
    });
    expect(run("show", "constructor").code).toBe(1);
  });

  test("list has every package, by name", () => {
    expect(
      run("list")
        .stdout.split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(["left", "old", "right", "shared", "tool", ""]);
    expect(json("list").json()).toMatchObject({
      total: 5,
      packages: [{ name: "left", title: "left" }, {}, {}, {}, {}],
    });
  });

  test("a reader who leaves early is no error", () => {
    const { stderr, status } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${CLI}" list --json --registry "${tree}" --quiet | head -c 1`],
      { encoding: "utf8", env: { ...process.env, GGEN_MARKETPLACE_HOME: home } },
    );
    expect([status, stderr]).toEqual([0, ""]);
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk under stdout is an error, in plain words", () => {
    const { stderr, status } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${CLI}" list --registry "${tree}" --quiet > /dev/full`],
      { encoding: "utf8", env: { ...process.env, GGEN_MARKETPLACE_HOME: home } },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: The disk is full/);
  });
});

describe("install", () => {
  test("verifies, unpacks what is needed too, and notes it in the lock and in ggen.toml", () => {
    const project = tempFolder("project");
    writeFileSync(
      join(project, "ggen.toml"),
      '# ours\n[project]\nname = "shop"\n\n[packs]\n# none yet\n\n[generation]\nrules = []\n',
    );
    const { stdout, stderr, code } = run("install", "tool@^1", "--project", project);
    expect(code).toBe(0);
    expect(stdout).toBe(
      "installed shared@2.0.0 → packs/shared\ninstalled tool@1.0.0 → packs/tool\n2 packages verified; [packs] in ggen.toml updated.\n",
    );
    expect(stderr).toContain(
      "note: ggen does not load shared@2.0.0 as a pack, so that it is not entered in ggen.toml: FM-PACK-002",
    );
    expect(stderr).toContain(
      "tool@1.0.0 may do this on your machine when ggen runs it:\n  runs a shell command after writing (templates/a.tmpl:4): echo done",
    );
    expect(readFileSync(join(project, "ggen.toml"), "utf8")).toBe(
      '# ours\n[project]\nname = "shop"\n\n[packs]\ntool = { path = "packs/tool" }\n# none yet\n\n[generation]\nrules = []\n',
    );
    expect([...installed(project).keys()]).toEqual([
      "shared/README.md",
      "shared/ontology.ttl",
      "tool/README.md",
      "tool/ontology.ttl",
      "tool/pack.toml",
      "tool/templates/a.tmpl",
    ]);
    expect(readdirSync(project).sort()).toEqual(["ggen-marketplace.lock", "ggen.toml", "packs"]);
  });

  test("--json says what was installed, in the fields that people know", () => {
    const project = tempFolder("project");
    const result = json("install", "left", "--project", project).json();
    expect(result).toMatchObject({
      package: "left",
      version: "1.0.0",
      path: "packs/left",
      dependencies: ["shared"],
      dryRun: false,
      ggenToml: "absent",
    });
    expect(result.installed).toHaveLength(2);
  });

  test("--dry-run verifies and writes nothing", () => {
    const project = join(tempFolder("project"), "new");
    expect(run("install", "tool", "--dry-run", "--project", project).stdout).toContain(
      "would install tool@1.0.0",
    );
    expect(existsSync(project)).toBe(false);
  });

  test("installing again changes nothing, and without a name installs what the lock holds", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const before = filesBelow(project);
    expect(run("install", "left", "--project", project).code).toBe(0);
    expect(filesBelow(project)).toEqual(before);
    rmSync(join(project, "packs"), { recursive: true });
    expect(run("install", "--project", project).stdout).toContain("2 packages verified.");
    expect(filesBelow(project)).toEqual(before);
    expect(json("install", "--project", project).json()).toMatchObject({
      installed: [],
      kept: [{ name: "left" }, { name: "shared" }],
    });
    expect(json("install", "--project", tempFolder("project")).code).toBe(2);
  });

  test("what was installed before keeps its version where that fits, and its word where it does not", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    expect(json("install", "tool", "--project", project).json()).toMatchObject({
      installed: [{ package: "tool" }],
      kept: [{ name: "left" }, { name: "shared", version: "1.0.0" }],
    });
    const before = filesBelow(project);
    const conflict = json("install", "right", "--project", project);
    expect(conflict.json<Refusal>().error).toMatchObject({
      code: "RESOLVE_CONFLICT",
      message: expect.stringContaining("left@1.0.0 needs shared ^1.0.0"),
    });
    expect(filesBelow(project)).toEqual(before);
  });

  test("two packages that want different versions of a third: who wants which, and nothing is written", () => {
    const project = tempFolder("project");
    const { code, stdout, stderr } = run("install", "left", "right", "--project", project);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      "error: No release of shared is right for all that need it: left@1.0.0 needs shared ^1.0.0; right@1.0.0 needs shared ^2.0.0; nothing was written\n",
    );
    expect(readdirSync(project)).toEqual([]);
  });

  test.each([
    ["a range that is none", ["tool@what?"], 2, "USAGE"],
    ["a range that nothing satisfies", ["tool@^9"], 1, "RESOLVE_NOTHING_FITS"],
    ["a version that was yanked", ["shared@1.1.0"], 1, "RESOLVE_NOTHING_FITS"],
    ["a name that is none", ["Tool!"], 2, "USAGE"],
    ["1.10 is a version and no number", ["tool@1.10"], 1, "RESOLVE_NOTHING_FITS"],
  ])("%s is refused", (_, args, code, error) => {
    const result = json("install", ...args, "--project", tempFolder("project"));
    expect([result.code, codeOf(result)]).toEqual([code, error]);
  });

  test("a folder that somebody else put there stays, unless --force", () => {
    const project = tempFolder("project");
    mkdirSync(join(project, "packs/tool"), { recursive: true });
    writeFileSync(join(project, "packs/tool/mine.txt"), "mine");
    expect(codeOf(json("install", "tool", "--project", project))).toBe("PACK_IN_THE_WAY");
    expect([...installed(project).keys()]).toEqual(["tool/mine.txt"]);
    expect(run("install", "tool", "--force", "--project", project).code).toBe(0);
    expect([...installed(project).keys()]).not.toContain("tool/mine.txt");
  });

  test("files that were changed by hand stay and are named by verify, unless --force", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    writeFileSync(join(project, "packs/shared/ontology.ttl"), "# mine\n");
    writeFileSync(join(project, "packs/shared/extra.txt"), "mine");
    rmSync(join(project, "packs/shared/README.md"));
    const asked = json("install", "left", "--project", project);
    expect(codeOf(asked)).toBe("CHANGED_BY_HAND");
    const verified = json("verify", "--project", project);
    expect(verified.code).toBe(1);
    const verdicts = verified.json<{
      verified: { what: string; ok: boolean; problems: { code: string; file: string }[] }[];
    }>().verified;
    expect(verdicts.map(({ what, ok }) => [what, ok])).toEqual([
      ["left@1.0.0", true],
      ["shared@1.0.0", false],
    ]);
    expect(verdicts[1]?.problems.map(({ code, file }) => [code, file]).sort()).toEqual([
      ["INSTALLED_CHANGED", "packs/shared/ontology.ttl"],
      ["INSTALLED_EXTRA", "packs/shared/extra.txt"],
      ["INSTALLED_MISSING", "packs/shared/README.md"],
    ]);
    expect(run("install", "left", "--force", "--project", project).code).toBe(0);
    expect(run("verify", "--project", project).code).toBe(0);
  });

  test("a ggen.toml that does not parse is left as it is, and that is said", () => {
    const project = tempFolder("project");
    writeFileSync(join(project, "ggen.toml"), "[packs\n");
    const { code, stderr } = run("install", "tool", "--project", project);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "note: ggen.toml was left as it is: it is not valid TOML; add the packs to its [packs] table by hand",
    );
    expect(readFileSync(join(project, "ggen.toml"), "utf8")).toBe("[packs\n");
  });

  test("an entry in ggen.toml that leads elsewhere is left, and that is said", () => {
    const project = tempFolder("project");
    const text = '[packs]\ntool = { path = "vendor/tool" }\n';
    writeFileSync(join(project, "ggen.toml"), text);
    expect(run("install", "tool", "--project", project).stderr).toContain(
      'ggen.toml has "tool" at another place',
    );
    expect(readFileSync(join(project, "ggen.toml"), "utf8")).toBe(text);
  });

  test.each([
    ["does not parse", "format = \n", "LOCK_UNREADABLE"],
    ["is of a later program", "format = 9\n", "LOCK_NEWER"],
  ])("a lock that %s stops the command, and stays", (_, text, code) => {
    const project = tempFolder("project");
    writeFileSync(join(project, "ggen-marketplace.lock"), text);
    for (const command of [["install", "left"], ["verify"]])
      expect(codeOf(json(...command, "--project", project))).toBe(code);
    expect(readFileSync(join(project, "ggen-marketplace.lock"), "utf8")).toBe(text);
    expect(existsSync(join(project, "packs"))).toBe(false);
  });

  test("a packs folder that is a link leads nowhere", () => {
    const project = tempFolder("project");
    const outside = tempFolder("outside");
    symlinkSync(outside, join(project, "packs"));
    expect(codeOf(json("install", "left", "--project", project))).toBe("UNSAFE_PATH");
    expect(readdirSync(outside)).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "a project that cannot be written: the reason, and nothing changed",
    () => {
      const project = tempFolder("project");
      chmodSync(project, 0o555);
      const result = json("install", "left", "--project", project);
      chmodSync(project, 0o755);
      expect([result.code, codeOf(result)]).toEqual([1, "EACCES"]);
      expect(readdirSync(project)).toEqual([]);
    },
  );

  test("a full disk: the reason, and nothing changed (skipped where none can be mounted)", ({ skip }) => {
    const disk = tempFolder("disk");
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", disk]).status !== 0)
      return skip("mount does not work here");
    try {
      const project = join(disk, "project");
      run("install", "left", "--project", project);
      const before = filesBelow(project);
      writeFileSync(join(disk, "filler"), Buffer.alloc(32 * 1024 - 8 * 4096));
      const result = json("install", "tool", "--project", project);
      expect([result.code, codeOf(result)]).toEqual([1, "ENOSPC"]);
      expect(filesBelow(project)).toEqual(before);
    } finally {
      spawnSync("umount", [disk]);
    }
  });

  test("a package of another registry is not replaced by its namesake", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const other = aRegistry({ iri: "https://other.example/" });
    other.publisher(alice);
    other.package("left").release("9.0.0");
    const elsewhere = publishedTree(other);
    const result = cli(["install", "left", "--registry", elsewhere, "--project", project, "--json"], {
      home,
    });
    expect(codeOf(result)).toBe("OTHER_REGISTRY");
    expect(
      cli(["install", "left", "--registry", elsewhere, "--project", project, "--force"], { home }).code,
    ).toBe(0);
  });

  test("a release that changed since it was locked is refused", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const again = aRegistry();
    again.publisher(alice);
    again.package("shared").release("1.0.0").release("2.0.0");
    again
      .package("left")
      .release("1.0.0", { dependencies: { shared: "^1.0.0" }, files: { "other.txt": "other bytes" } });
    const result = cli(
      ["install", "left", "--registry", publishedTree(again), "--project", project, "--json"],
      { home },
    );
    expect(codeOf(result)).toBe("LOCK_DIFFERS");
  });

  test("Ctrl-C at any moment leaves the old state or the new one", async () => {
    const { spawn } = await import("node:child_process");
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const before = filesBelow(project);
    const fresh = tempFolder("project");
    cpSync(project, fresh, { recursive: true });
    run("install", "tool", "--project", fresh);
    const after = filesBelow(fresh);
    for (const delay of [20, 60, 90, 120, 150, 180, 220]) {
      const child = spawn(
        process.execPath,
        [CLI, "install", "tool", "--registry", tree, "--project", project, "--quiet"],
        { env: { ...process.env, GGEN_MARKETPLACE_HOME: home }, stdio: "ignore" },
      );
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill("SIGINT");
      await ended;
      const now = [...filesBelow(project)].filter(([path]) => !path.startsWith(".ggen-marketplace"));
      expect([before, after]).toContainEqual(new Map(now));
    }
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
      /^verified index: \d+ files, root [0-9a-f]{64}\nverified graph: 3 files\nverified left@1\.0\.0: left@1\.0\.0, [0-9a-f]{64}, signed by alice\n/,
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
  });
});

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

describe("a pinned view", () => {
  test("is the only one that is read", () => {
    const { root } = JSON.parse(readFileSync(join(tree, "registry.json"), "utf8"));
    const pinned = join(tree, `index/${root.sha256}.root.json`);
    const { stderr, code } = run("search", "text", "--root", pinned);
    expect([code, stderr]).toEqual([0, ""]);
    const story = aRegistry();
    story.publisher(alice);
    story.package("evil").release("1.0.0");
    const other = publishedTree(story);
    const refused = cli(["list", "--registry", other, "--root", pinned, "--json"], { home });
    expect(refused.json<Refusal>().error).toMatchObject({
      code: "VIEW_MISSING",
      message: expect.stringContaining(root.sha256),
    });
  });

  test("must be an index root", () => {
    expect(codeOf(json("list", "--root", join(tree, "registry.json")))).toBe("BAD_ROOT");
    expect(codeOf(json("list", "--root", join(tree, "graph/registry.ttl")))).toBe("BAD_ROOT");
    expect(codeOf(json("list", "--root", "nothing-there"))).toBe("ENOENT");
  });
});

describe("the call itself", () => {
  test("help on stdout, with examples of each command; the version", () => {
    const help = cli(["--help"]);
    expect([help.code, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("Use packages\n  search");
    for (const command of ["search", "show", "list", "install", "verify", "sync", "serve", "key"])
      expect(cli([command, "--help"]).stdout).toContain(`Examples\n  ggen-marketplace ${command}`);
    expect(cli(["--version"]).stdout).toMatch(/^ggen-marketplace \d+\.\d+\.\d+ \(Node\.js v\d+/);
    for (const line of help.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("words that are off give exit code 2 and what was meant, as text and as JSON", () => {
    const text = cli(["instal", "x"]);
    expect([text.code, text.stdout, text.stderr]).toEqual([
      2,
      "",
      'error: Unknown command "instal"; did you mean "install"?\nhint: ggen-marketplace --help says what there is\n',
    ]);
    const result = cli(["show", "--json"]);
    expect(result.code).toBe(2);
    expect(result.json<Refusal>().error).toEqual({
      code: "USAGE",
      message: "Missing <package>: show <package>",
      hint: "ggen-marketplace show --help says what there is",
      problems: [],
    });
    expect(cli(["list"]).stderr).toContain(
      "Which registry? Give --registry PATH|URL, or set GGEN_MARKETPLACE_REGISTRY",
    );
    expect(cli(["list", "--quiet"], { env: { GGEN_MARKETPLACE_REGISTRY: tree } }).code).toBe(0);
  });

  test("a source is not a published tree, and nothing is no registry", () => {
    expect(cli(["list", "--registry", source, "--json"]).json<Refusal>().error).toMatchObject({
      code: "SOURCE_NOT_PUBLISHED",
      hint: expect.stringContaining("build --registry"),
    });
    expect(codeOf(cli(["list", "--registry", tempFolder("empty"), "--json"]))).toBe("NOT_A_REGISTRY");
    expect(codeOf(cli(["list", "--registry", "1.10", "--json"]))).toBe("NOT_A_REGISTRY");
    expect(codeOf(cli(["list", "--registry", "ftp://x.example/", "--json"]))).toBe("BAD_LOCATION");
    expect(
      cli(["list", "--registry", "http://packages.example/", "--json"]).json<Refusal>().error,
    ).toMatchObject({ code: "BAD_LOCATION", hint: expect.stringContaining("--allow-http") });
  });
});

const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/;

describe("what strangers wrote is shown with its control characters visible", () => {
  test("in the commands of a template: on the way to a terminal, and as JSON", () => {
    const story = aRegistry();
    story.publisher(alice);
    const template = '---\nto: "out.txt"\nsh_before: "echo \\u001b[2J \\u202e \\u009b31m"\n---\nx\n';
    story.package("constructor").release("1.0.0", {
      description: "nice words",
      files: {
        "pack.toml": '[pack]\nname = "constructor"\nversion = "1.0.0"\ndescription = "d"\n',
        "ontology.ttl": "# x\n",
        "templates/a.tmpl": template,
      },
    });
    const out = publishedTree(story);
    const calls = [
      ["search", "nice"],
      ["show", "constructor"],
      ["list"],
      ["install", "constructor", "--project", tempFolder("project")],
    ];
    for (const args of calls) {
      for (const more of [[], ["--json"]]) {
        const { stdout, stderr, code } = cli([...args, ...more, "--registry", out], { home });
        expect(code).toBe(0);
        expect(stdout + stderr).not.toMatch(UNSEEN);
      }
    }
    expect(cli(["show", "constructor", "--registry", out], { home }).stdout).toContain(
      "echo \\x1b[2J \\u{202e} \\x9b31m",
    );
  });

  test("in a manifest that a build refuses", () => {
    const story = aRegistry();
    story.publisher(alice);
    story
      .package("evil")
      .release("1.0.0", { description: "nice\u001b[2J\u009b31m\u202e\u200b words", license: "MIT\u0007" });
    const { code, stdout, stderr } = cli(["check", "--registry", story.writeTo(tempFolder("source"))], {
      home,
    });
    expect(code).toBe(1);
    expect(stdout + stderr).not.toMatch(UNSEEN);
  });

  test("in the words of a call", () => {
    for (const args of [
      ["sh\u001b[2Jow"],
      ["list", "--x\u202e"],
      ["show", "a\u0007b"],
      ["list", "--registry", "no\u009bwhere"],
      ["verify", "x\u001b"],
    ]) {
      const { stdout, stderr } = cli(args, { home });
      expect(stdout + stderr).not.toMatch(UNSEEN);
    }
  });
});

test("installed files are plain files that their owner may change", () => {
  const project = tempFolder("project");
  run("install", "tool", "--project", project);
  for (const path of installed(project).keys())
    expect(statSync(join(project, "packs", path)).mode & 0o777).toBe(
      process.platform === "win32" ? 0o666 : 0o644,
    );
});
