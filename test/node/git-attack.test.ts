/** Checkouts whose own configuration wants something run, or wants other files judged than those that are read. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
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
import { EXAMPLE_SOURCE, release, writeFiles } from "./source-example.ts";

const canRun = process.platform !== "win32" && spawnSync("git", ["--version"]).status === 0;

let folder: string;
let repo: string;
let root: string;
/** Stands where anything that the checkout names was started. */
let marker: string;
let script: string;

beforeEach(() => {
  process.env.GIT_CONFIG_GLOBAL = "/dev/null";
  process.env.GIT_CONFIG_NOSYSTEM = "1";
  folder = mkdtempSync(join(tmpdir(), "git-attack-"));
  repo = join(folder, "repo");
  root = join(repo, "registry");
  marker = join(folder, "ran");
  script = join(folder, "evil.sh");
  writeFileSync(script, `#!/bin/sh\ntouch ${marker}\ncat\n`, { mode: 0o755 });
  writeFiles(root, EXAMPLE_SOURCE);
});

afterEach(() => {
  for (const name of Object.keys(process.env))
    if (/^GIT_CONFIG_(COUNT|KEY|VALUE)/.test(name)) delete process.env[name];
  rmSync(folder, { recursive: true, force: true });
});

const IDENTITY = ["-c", "user.name=T", "-c", "user.email=t@example.org"];

function git(...args: string[]): string {
  return execFileSync("git", [...IDENTITY, ...args], { cwd: repo, encoding: "utf8", stdio: "pipe" }).trim();
}

function commit(attributes?: string | Buffer): void {
  if (!existsSync(join(repo, ".git"))) git("init", "-q");
  if (attributes !== undefined) writeFileSync(join(repo, ".gitattributes"), attributes);
  git("add", "--all");
  git("commit", "-q", "--allow-empty", "-m", "x");
}

/** Makes git look into the file again, which is when filters are started. */
function disturb(): void {
  const past = new Date("2001-01-01T00:00:00Z");
  utimesSync(join(root, release, "content/README.md"), past, past);
}

async function readEverything(): Promise<SourceTree> {
  disturb();
  rmSync(marker, { force: true });
  const source = await openSourceTree(root);
  for (const path of source.paths()) source.read(path);
  return source;
}

/** That the trap is a trap: git asked without our care springs it. */
function isSprung(...words: string[]): boolean {
  disturb();
  rmSync(marker, { force: true });
  spawnSync("git", words.length === 0 ? ["status"] : words, { cwd: repo });
  return existsSync(marker);
}

const refusals = (source: SourceTree) =>
  source.problems.filter(({ code }) => code === "SOURCE_GIT_REFUSED").map(({ message }) => message);

describe.skipIf(!canRun)("nothing is started by a filter", () => {
  it.each(["evil", "x=y", "=", "a.b=c.d", "clean", "ünï", 'quo"te', "back\\slash", "car\rriage", "\u2028"])(
    "called %j",
    async (name) => {
      commit(`* filter=${name}\n`);
      for (const key of ["clean", "process"]) git("config", `filter.${name}.${key}`, script);
      git("config", `filter.${name}.required`, "true");
      const source = await readEverything();
      expect(existsSync(marker)).toBe(false);
      expect(refusals(source)).toEqual([]);
      expect(source.treeId(release)).toMatch(/^[0-9a-f]{40}$/);
      // A carriage return ends no word of .gitattributes everywhere: there the name cannot be reached.
      if (!name.includes("\r")) expect(isSprung()).toBe(true);
    },
  );

  it("whose name is not UTF-8: git is not asked, and the disk is read", async () => {
    const name = Buffer.from([0x78, 0xff, 0xfe, 0x3d]);
    commit(Buffer.concat([Buffer.from("* filter="), name, Buffer.from("\n")]));
    appendFileSync(
      join(repo, ".git/config"),
      Buffer.concat([Buffer.from('[filter "'), name, Buffer.from(`"]\nclean = ${script}\n`)]),
    );
    const source = await readEverything();
    expect(existsSync(marker)).toBe(false);
    expect(refusals(source)).toEqual([expect.stringContaining("not UTF-8")]);
    expect(source.paths()).toHaveLength(8);
    expect(source.treeId(release)).toBeUndefined();
    expect(isSprung()).toBe(true);
  });

  it.each([
    ["include", (file: string) => ["include.path", file]],
    ["includeIf by folder", (file: string) => [`includeIf.gitdir:${folder}/.path`, file]],
    ["includeIf by branch", (file: string) => ["includeIf.onbranch:**.path", file]],
    ["includeIf by remote", (file: string) => ["includeIf.hasconfig:remote.*.url:**.path", file]],
  ])("that an %s brings", async (_, setting) => {
    commit("* filter=x=y\n");
    git("remote", "add", "origin", "https://example.org/x");
    const file = join(repo, ".git/more");
    writeFileSync(file, `[filter "x=y"]\nclean = ${script}\n`);
    git("config", ...setting(file));
    expect((await readEverything()).treeId(release)).toMatch(/^[0-9a-f]{40}$/);
    expect(existsSync(marker)).toBe(false);
    expect(isSprung()).toBe(true);
  });

  it("that the configuration of a work tree of its own brings", async () => {
    commit("* filter=x=y\n");
    git("config", "extensions.worktreeConfig", "true");
    git("config", "--worktree", "filter.x=y.clean", script);
    await readEverything();
    expect(existsSync(marker)).toBe(false);
    expect(isSprung()).toBe(true);
  });

  it("that a variable of the person's brings, whose other settings stay", async () => {
    commit("* filter=x=y\n");
    process.env.GIT_CONFIG_COUNT = "2";
    process.env.GIT_CONFIG_KEY_0 = "filter.x=y.clean";
    process.env.GIT_CONFIG_VALUE_0 = script;
    process.env.GIT_CONFIG_KEY_1 = "core.excludesFile";
    process.env.GIT_CONFIG_VALUE_1 = join(folder, "ignored");
    writeFileSync(join(folder, "ignored"), "SHA256SUMS.sig\n");
    writeFiles(root, { [`${release}/SHA256SUMS.sig`]: "x" });
    const source = await readEverything();
    expect(existsSync(marker)).toBe(false);
    expect(source.problems.map(({ code }) => code)).toEqual(["SOURCE_FILE_IGNORED"]);
    expect(isSprung()).toBe(true);
  });

  it("of so many that nobody has them: the disk is read", async () => {
    commit("* filter=f7\n");
    for (let at = 0; at < 101; at++)
      appendFileSync(join(repo, ".git/config"), `[filter "f${at}"]\nclean = ${script}\n`);
    const source = await readEverything();
    expect(existsSync(marker)).toBe(false);
    expect(refusals(source)).toEqual([expect.stringContaining("101 filters")]);
  });

  it("where git does not take settings from variables: the disk is read", async () => {
    commit("* filter=evil\n");
    git("config", "filter.evil.clean", script);
    const [bin, path] = [join(folder, "bin"), process.env.PATH];
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    mkdirSync(bin);
    writeFileSync(join(bin, "git"), `#!/bin/sh\nunset GIT_CONFIG_COUNT\nexec ${real} "$@"\n`, {
      mode: 0o755,
    });
    process.env.PATH = `${bin}:${path}`;
    try {
      expect(refusals(await readEverything())).toEqual([expect.stringContaining("2.31")]);
      expect(existsSync(marker)).toBe(false);
    } finally {
      process.env.PATH = path;
    }
  });
});

describe.skipIf(!canRun)("nothing is started by", () => {
  it("any other setting that names a program", async () => {
    commit("* diff=evil merge=evil\n");
    const hooks = join(repo, ".git/hooks");
    mkdirSync(hooks, { recursive: true });
    for (const hook of ["post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout"])
      cpSync(script, join(hooks, hook));
    const programs = [
      ...["core.fsmonitor", "core.sshCommand", "core.gitProxy", "core.askPass", "core.editor", "core.pager"],
      ...["core.alternateRefsCommand", "uploadpack.packObjectsHook", "gpg.program", "gpg.ssh.program"],
      ...["diff.external", "diff.evil.textconv", "diff.evil.command", "merge.evil.driver", "sequence.editor"],
      ...["interactive.diffFilter", "credential.helper", "pager.status", "pager.config", "pager.ls-tree"],
      ...["hook.evil.command", "trace2.eventTarget", "submodule.evil.update", "status.submoduleSummary"],
    ];
    for (const name of programs) git("config", name, name === "status.submoduleSummary" ? "true" : script);
    git("config", "hook.evil.event", "post-index-change");
    for (const command of ["status", "rev-parse", "ls-tree", "cat-file", "config"])
      git("config", `alias.${command}`, `!${script}`);
    git("config", "core.hooksPath", hooks);
    writeFiles(root, { [`${release}/content/README.md`]: "# Changed\n" });
    const source = await readEverything();
    expect(existsSync(marker)).toBe(false);
    expect(source.treeId("packages/beta/2.0.0")).toMatch(/^[0-9a-f]{40}$/);
    expect(isSprung()).toBe(true);
    expect(isSprung("diff", "HEAD")).toBe(true);
  });

  it("an object that is missing and promised by a remote", async () => {
    commit();
    const file = `${release}/content/README.md`;
    const id = git("rev-parse", `HEAD:registry/${file}`);
    rmSync(join(repo, ".git/objects", id.slice(0, 2), id.slice(2)));
    rmSync(join(root, file));
    git("update-index", "--skip-worktree", `registry/${file}`);
    git("config", "core.repositoryFormatVersion", "1");
    git("config", "extensions.partialClone", "evil");
    git("config", "remote.evil.promisor", "true");
    git("config", "remote.evil.url", `ext::touch ${marker}`);
    git("config", "protocol.ext.allow", "always");
    rmSync(marker, { force: true });
    const source = await openSourceTree(root);
    expect(() => source.read(file)).toThrow(expect.objectContaining({ code: "GIT_OBJECT_MISSING" }));
    expect(existsSync(marker)).toBe(false);
    spawnSync("git", ["cat-file", "-p", id], { cwd: repo });
    expect(existsSync(marker)).toBe(true);
  });

  it("a bare repository that the registry's own files make up", async () => {
    commit();
    const other = join(folder, "other");
    execFileSync("git", ["init", "-q", "--bare", other]);
    for (const name of ["HEAD", "config", "objects", "refs"])
      cpSync(join(other, name), join(root, name), { recursive: true });
    const config = ["config", "--file", join(root, "config")];
    git(...config, "core.bare", "false");
    git(...config, "core.worktree", root);
    git(...config, "core.fsmonitor", script);
    execFileSync("git", [...IDENTITY, "-C", root, "commit", "-q", "--allow-empty", "-m", "theirs"]);
    const source = await readEverything();
    expect(existsSync(marker)).toBe(false);
    expect(refusals(source)).toEqual([expect.stringContaining("bare")]);
    expect(source.paths()).toHaveLength(8);
  });
});

describe.skipIf(!canRun)("git is asked about the folder that is read, and no other", () => {
  it("where core.worktree leads elsewhere, the disk is read", async () => {
    commit();
    // The other folder is as committed; the one that is read is not.
    cpSync(repo, join(folder, "clean"), { recursive: true });
    git("config", "core.worktree", join(folder, "clean"));
    writeFiles(root, { [`${release}/content/README.md`]: "# Changed\n" });
    const source = await openSourceTree(root);
    expect(refusals(source)).toEqual([expect.stringContaining("clean")]);
    expect(source.treeId(release)).toBeUndefined();
    expect(new TextDecoder().decode(source.read(`${release}/content/README.md`))).toBe("# Changed\n");
  });

  it("where the other folder has one of the same name at the same place, too", async () => {
    root = repo;
    writeFiles(root, EXAMPLE_SOURCE);
    commit();
    cpSync(repo, join(folder, "clean"), { recursive: true });
    git("config", "core.worktree", join(folder, "clean"));
    writeFiles(root, { [`${release}/content/README.md`]: "# Changed\n" });
    const source = await openSourceTree(root);
    expect(refusals(source)).toHaveLength(1);
    expect(new TextDecoder().decode(source.read(`${release}/content/README.md`))).toBe("# Changed\n");
  });

  it("where core.worktree names the folder itself, or the way leads over a link, git is asked", async () => {
    commit();
    git("config", "core.worktree", repo);
    expect((await openSourceTree(root)).treeId(release)).toMatch(/^[0-9a-f]{40}$/);
    symlinkSync(repo, join(folder, "link"));
    expect((await openSourceTree(join(folder, "link/registry"))).treeId(release)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("also in a linked work tree, and in a submodule", async () => {
    commit();
    git("worktree", "add", "-q", join(folder, "linked"));
    expect((await openSourceTree(join(folder, "linked/registry"))).treeId(release)).toMatch(/^[0-9a-f]{40}$/);
    const parent = join(folder, "parent");
    execFileSync("git", ["init", "-q", parent]);
    const add = [
      "-c",
      "protocol.file.allow=always",
      "-C",
      parent,
      "submodule",
      "--quiet",
      "add",
      repo,
      "sub",
    ];
    execFileSync("git", add, { stdio: "pipe" });
    const source = await openSourceTree(join(parent, "sub/registry"));
    expect(source.treeId(release)).toMatch(/^[0-9a-f]{40}$/);
    expect(source.problems).toEqual([]);
  });

  it("and leaves the index as it is", async () => {
    commit();
    const before = readFileSync(join(repo, ".git/index"));
    const { mtimeNs } = statSync(join(repo, ".git/index"), { bigint: true });
    await readEverything();
    expect(readFileSync(join(repo, ".git/index"))).toEqual(before);
    expect(statSync(join(repo, ".git/index"), { bigint: true }).mtimeNs).toBe(mtimeNs);
  });
});
