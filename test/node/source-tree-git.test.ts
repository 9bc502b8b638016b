import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceTree } from "../../src/build/source.ts";
import { openSourceTree } from "../../src/node/source-tree.ts";
import { codes, EXAMPLE_SOURCE, release, writeFiles } from "./source-example.ts";

const hasGit = spawnSync("git", ["--version"]).status === 0;

let folder: string;
let root: string;

beforeEach(() => {
  process.env.GIT_CONFIG_GLOBAL = "/dev/null";
  process.env.GIT_CONFIG_NOSYSTEM = "1";
  folder = mkdtempSync(join(tmpdir(), "source-"));
  root = join(folder, "repo", "registry");
  write(EXAMPLE_SOURCE);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (files: Readonly<Record<string, string>>) => writeFiles(root, files);

function git(...args: string[]): string {
  const identity = [
    "-c",
    "user.name=T",
    "-c",
    "user.email=t@example.org",
    "-c",
    "protocol.file.allow=always",
  ];
  return execFileSync("git", [...identity, ...args], {
    cwd: join(folder, "repo"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

function commit(...options: string[]): void {
  if (!existsSync(join(folder, "repo", ".git"))) git("init", "-q", ...options);
  git("add", "--all");
  git("commit", "-q", "--allow-empty", "-m", "x");
}

const text = (source: SourceTree, path: string) => new TextDecoder().decode(source.read(path));

describe.skipIf(!hasGit)("a git checkout", () => {
  it.each(["sha1", "sha256"])("of %s objects vouches for clean folders", async (format) => {
    commit(`--object-format=${format}`);
    const source = await openSourceTree(root);
    expect(source.commit).toBe(git("rev-parse", "HEAD"));
    expect(source.treeId(release)).toBe(git("rev-parse", `HEAD:registry/${release}`));
    expect(source.treeId("packages/none")).toBeUndefined();
    expect([...source.paths()]).toEqual([...(await openSourceTree(root, { git: false })).paths()]);
    for (const path of source.paths())
      expect(Buffer.from(source.read(path))).toEqual(readFileSync(join(root, path)));
    expect(codes(source)).toEqual([]);
  });

  it("whose root is the registry itself", async () => {
    root = join(folder, "repo");
    write({ "registry.toml": "format = 1\n", "packages/x/1.0.0/package.toml": "x\n" });
    commit();
    const source = await openSourceTree(root);
    expect(source.paths()).toEqual(["packages/x/1.0.0/package.toml", "registry.toml"]);
    expect(source.treeId("packages/x/1.0.0")).toBe(git("rev-parse", "HEAD:packages/x/1.0.0"));
  });

  it("that converts line endings gives the committed bytes", async () => {
    for (let i = 0; i < 30; i++) write({ [`packages/p${i}/1.0.0/package.toml`]: `line ${i}\nline\n` });
    commit();
    const clone = join(folder, "clone");
    execFileSync("git", ["-c", "core.autocrlf=true", "clone", "-q", join(folder, "repo"), clone], {
      stdio: "pipe",
    });
    execFileSync("git", ["-C", clone, "config", "core.autocrlf", "true"]);
    expect(readFileSync(join(clone, "registry", release, "content/README.md"), "utf8")).toBe(
      "# Alpha\r\nline\r\n",
    );
    const source = await openSourceTree(join(clone, "registry"));
    const original = await openSourceTree(root);
    expect(source.treeId(release)).toBe(original.treeId(release));
    for (const path of source.paths()) expect(text(source, path)).toBe(text(original, path));
    expect(source.readFolder(release)).toEqual(original.readFolder(release));
    expect(codes(source)).toEqual([]);
  });

  it("that converts line endings keeps the limit on a file", async () => {
    commit();
    execFileSync(
      "git",
      ["-c", "core.autocrlf=true", "clone", "-q", join(folder, "repo"), join(folder, "clone")],
      { stdio: "pipe" },
    );
    const source = await openSourceTree(join(folder, "clone/registry"), { fileBytesMax: 12 });
    source.readFolder(release);
    expect(codes(source)).toContain(`SOURCE_FILE_TOO_LARGE ${release}/content/README.md`);
  });

  it("does not vouch for what was changed, and reads it from disk", async () => {
    commit();
    write({ [`${release}/content/README.md`]: "# Changed\n" });
    const source = await openSourceTree(root);
    expect(text(source, `${release}/content/README.md`)).toBe("# Changed\n");
    for (const touched of [release, `${release}/content`, "packages/alpha", "packages"])
      expect(source.treeId(touched)).toBeUndefined();
    expect(source.treeId(`${release}/content/a`)).toMatch(/^[0-9a-f]{40}$/);
    expect(source.treeId("packages/beta/2.0.0")).toMatch(/^[0-9a-f]{40}$/);
    expect(codes(source)).toEqual([]);
  });

  it("follows what is staged, removed and moved", async () => {
    commit();
    rmSync(join(root, release, "content/a-b"));
    git("mv", `registry/${release}/content/README.md`, `registry/${release}/content/READ.md`);
    write({ "packages/gamma/1.0.0/package.toml": "new\n" });
    git("add", "--all");
    git("rm", "-q", "--cached", "registry/packages/beta/2.0.0/package.toml");
    const source = await openSourceTree(root);
    expect([...source.paths()]).toEqual([...(await openSourceTree(root, { git: false })).paths()]);
    expect(text(source, "packages/gamma/1.0.0/package.toml")).toBe("new\n");
    expect(source.treeId("packages/beta/2.0.0")).toBeUndefined();
  });

  it("warns once a release of files never added, naming the command", async () => {
    commit();
    write({
      [`${release}/content/new.ttl`]: "x",
      "packages/gamma/1.0.0/package.toml": "x",
      "packages/gamma/1.0.0/SHA256SUMS": "x",
    });
    const source = await openSourceTree(root);
    expect(source.problems).toMatchObject([
      {
        code: "SOURCE_FILE_UNTRACKED",
        severity: "warning",
        remedy: `in the registry's folder: git add --force ${release}/content/new.ttl`,
      },
      {
        code: "SOURCE_FILE_UNTRACKED",
        severity: "warning",
        remedy: "in the registry's folder: git add --force packages/gamma/1.0.0",
      },
    ]);
    expect(text(source, `${release}/content/new.ttl`)).toBe("x");
    expect(source.treeId(release)).toBeUndefined();
  });

  it("finds files that were never added, few or many, wherever they are", async () => {
    commit();
    write({ [`${release}/content/deep/down/new.ttl`]: "x", "trust/maintainers.toml": "x" });
    for (const count of [1, 150]) {
      const names = Array.from({ length: count }, (_, at) => `packages/new-${at}/1.0.0/package.toml`);
      write(Object.fromEntries(names.map((name) => [name, "x"])));
      const source = await openSourceTree(root);
      const plain = await openSourceTree(root, { git: false });
      expect(source.paths()).toEqual(plain.paths());
      expect(source.paths()).toEqual(expect.arrayContaining(names));
      expect(codes(source)).toHaveLength(count + 2);
      expect(source.treeId(release)).toBeUndefined();
      expect(source.treeId("packages/beta/2.0.0")).toMatch(/^[0-9a-f]{40}$/);
    }
  });

  it("does not vouch for a folder that was replaced by a file", async () => {
    commit();
    rmSync(join(root, "packages/beta"), { recursive: true });
    write({ "packages/beta": "a file" });
    const source = await openSourceTree(root);
    expect(source.paths()).toContain("packages/beta");
    expect(source.paths()).not.toContain("packages/beta/2.0.0/package.toml");
    expect(source.treeId("packages/beta/2.0.0")).toBeUndefined();
  });

  it("takes a file that its release lists and a .gitignore hides, and warns", async () => {
    write({
      [`${release}/content/.gitignore`]: "build/\n",
      [`${release}/content/build/made.ttl`]: "made\n",
      [`${release}/content/build/junk`]: "x",
    });
    commit();
    const source = await openSourceTree(root);
    expect(text(source, `${release}/content/build/made.ttl`)).toBe("made\n");
    expect(source.paths()).not.toContain(`${release}/content/build/junk`);
    expect(source.treeId(release)).toBeUndefined();
    expect(source.problems).toMatchObject([
      {
        code: "SOURCE_FILE_IGNORED",
        severity: "warning",
        remedy: `in the registry's folder: git add --force ${release}/content/build/made.ttl`,
      },
    ]);
  });

  it("takes signatures and statements that a .gitignore hides, and warns", async () => {
    write({
      "../.gitignore": "*.sig\n",
      [`${release}/SHA256SUMS.sig`]: "x",
      "publishers/alice/statements/0001.toml.sig": "x",
    });
    commit();
    expect(codes(await openSourceTree(root)).sort()).toEqual([
      `SOURCE_FILE_IGNORED ${release}/SHA256SUMS.sig`,
      "SOURCE_FILE_IGNORED publishers/alice/statements/0001.toml.sig",
    ]);
  });

  it("passes over what a file manager left, and still vouches for the folder", async () => {
    write({ "../.gitignore": ".DS_Store\n" });
    commit();
    write({ [`${release}/.DS_Store`]: "x", [`${release}/content/.DS_Store`]: "x" });
    const source = await openSourceTree(root);
    expect(source.treeId(release)).toMatch(/^[0-9a-f]{40}$/);
    expect(source.paths().some((path) => path.endsWith(".DS_Store"))).toBe(false);
    expect(codes(source)).toEqual([]);
  });

  it("without a commit, or with a registry that git does not hold, is a plain folder", async () => {
    git("init", "-q");
    expect((await openSourceTree(root)).paths()).toHaveLength(8);
    write({ "../.gitignore": "registry/\n" });
    commit();
    const source = await openSourceTree(root);
    expect(source.paths()).toHaveLength(8);
    expect(source.commit).toBeUndefined();
    expect(codes(source)).toEqual([]);
  });

  it("refuses symbolic links, committed, new, and in place of a folder", async () => {
    symlinkSync("README.md", join(root, release, "content/committed"));
    commit();
    symlinkSync("/etc/passwd", join(root, release, "content/new"));
    rmSync(join(root, release, "content/a"), { recursive: true });
    symlinkSync("/etc", join(root, release, "content/a"));
    const source = await openSourceTree(root);
    expect(codes(source).sort()).toEqual(
      ["a", "committed", "new"].map((name) => `SOURCE_SYMLINK ${release}/content/${name}`),
    );
    expect(source.paths().filter((path) => /content\/(committed|new|a\/)/.test(path))).toEqual([]);
  });

  it("refuses a submodule", async () => {
    const other = join(folder, "other");
    execFileSync("git", ["init", "-q", other]);
    execFileSync("git", [
      "-C",
      other,
      "-c",
      "user.name=T",
      "-c",
      "user.email=t@example.org",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "x",
    ]);
    commit();
    git("submodule", "--quiet", "add", other, "registry/packages/sub");
    commit();
    expect(codes(await openSourceTree(root))).toEqual(["SOURCE_SUBMODULE packages/sub"]);
  });

  it("says which file a merge left in conflict", async () => {
    commit();
    git("checkout", "-q", "-b", "other");
    write({ [`${release}/content/README.md`]: "theirs\n" });
    commit();
    git("checkout", "-q", "-");
    write({ [`${release}/content/README.md`]: "ours\n" });
    commit();
    expect(() => git("merge", "-q", "other")).toThrow();
    expect(codes(await openSourceTree(root))).toEqual([`SOURCE_UNMERGED ${release}/content/README.md`]);
  });

  it("takes any name that git takes", async () => {
    const odd = [
      'packages/a "quoted"',
      "packages/tab\there",
      "packages/line\nfeed",
      "packages/-dash",
      "packages/日本é",
      "packages/ lead",
    ];
    for (const path of odd) write({ [path]: path });
    commit();
    write({ [odd[2] ?? ""]: "changed" });
    const source = await openSourceTree(root);
    expect(source.paths()).toEqual(expect.arrayContaining(odd));
    expect(text(source, odd[2] ?? "")).toBe("changed");
    expect(text(source, odd[4] ?? "")).toBe(odd[4]);
  });

  it("reads a committed file that a sparse checkout left out", async () => {
    commit();
    git("update-index", "--skip-worktree", `registry/${release}/content/README.md`);
    rmSync(join(root, release, "content/README.md"));
    expect(text(await openSourceTree(root), `${release}/content/README.md`)).toBe("# Alpha\nline\n");
  });

  it("is not led elsewhere by variables from outside", async () => {
    commit();
    process.env.GIT_DIR = "/nonexistent";
    process.env.GIT_INDEX_FILE = "/nonexistent/index";
    try {
      expect((await openSourceTree(root)).commit).toMatch(/^[0-9a-f]{40}$/);
    } finally {
      delete process.env.GIT_DIR;
      delete process.env.GIT_INDEX_FILE;
    }
  });

  it.skipIf(process.platform === "win32")(
    "runs nothing that the repository's configuration names",
    async () => {
      write({ "../.gitattributes": "* filter=evil\n" });
      commit();
      const marker = join(folder, "ran");
      const script = join(folder, "evil.sh");
      writeFileSync(script, `#!/bin/sh\ntouch ${marker}\ncat\n`, { mode: 0o755 });
      mkdirSync(join(folder, "repo/.git/hooks"), { recursive: true });
      writeFileSync(join(folder, "repo/.git/hooks/post-index-change"), `#!/bin/sh\ntouch ${marker}\n`, {
        mode: 0o755,
      });
      git("config", "core.fsmonitor", script);
      git("config", "filter.evil.clean", script);
      git("config", "filter.evil.process", script);
      git("config", "filter.evil.required", "true");
      const index = join(folder, "repo/.git/index");
      const past = new Date("2001-01-01T00:00:00Z");
      const disturb = () => utimesSync(join(root, release, "content/README.md"), past, past);
      disturb();
      rmSync(marker, { force: true });
      const before = statSync(index, { bigint: true }).mtimeNs;
      const source = await openSourceTree(root);
      for (const path of source.paths()) source.read(path);
      expect(existsSync(marker)).toBe(false);
      expect(statSync(index, { bigint: true }).mtimeNs).toBe(before);
      expect(source.treeId(release)).toMatch(/^[0-9a-f]{40}$/);
      // The same configuration does run the script when git is asked without this care.
      spawnSync("git", ["status"], { cwd: join(folder, "repo") });
      expect(existsSync(marker)).toBe(true);
    },
  );

  it("that git refuses is read from disk, with git's own words", async () => {
    commit();
    writeFileSync(join(folder, "repo/.git/config"), "[core\n");
    const source = await openSourceTree(root);
    expect(source.problems).toMatchObject([{ code: "SOURCE_GIT_REFUSED", severity: "warning" }]);
    expect(source.paths()).toHaveLength(8);
  });
});
