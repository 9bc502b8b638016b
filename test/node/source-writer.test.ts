import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { openSourceTree } from "../../src/node/source-tree.ts";
import { addFiles } from "../../src/node/source-writer.ts";

const MODULE = JSON.stringify(join(import.meta.dirname, "../../src/node/source-writer.ts"));

let registry: string;

beforeEach(() => {
  registry = mkdtempSync(join(tmpdir(), "registry-"));
  writeFileSync(join(registry, "registry.toml"), "format = 1\n");
});

afterEach(() => rmSync(registry, { recursive: true, force: true }));

/** Paths and texts of every file. */
function contents(folder = registry): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

const files = (texts: Record<string, string>) =>
  new Map(Object.entries(texts).map(([path, text]) => [path, utf8(text)]));

const RELEASE = {
  "publishers/alice/statements/0001.toml": "register",
  "publishers/alice/statements/0001.toml.sig": "signed",
  "packages/x/statements/0001.toml": "claim",
  "packages/x/1.0.0/package.toml": "x",
  "packages/x/1.0.0/content/a/b.txt": "b",
};

describe("addFiles", () => {
  it("adds a publisher, a package and a release to an empty registry", () => {
    addFiles(registry, files(RELEASE));
    expect(contents()).toEqual({ "registry.toml": "format = 1\n", ...RELEASE });
    expect(readdirSync(registry).sort()).toEqual(["packages", "publishers", "registry.toml"]);
  });

  it("adds a release and a statement beside those that are there", () => {
    addFiles(registry, files(RELEASE));
    const more = {
      "packages/x/1.1.0/package.toml": "y",
      "packages/x/statements/0002.toml": "yank",
      "packages/x/statements/0002.toml.sig": "s",
    };
    addFiles(registry, files(more));
    expect(contents()).toEqual({ "registry.toml": "format = 1\n", ...RELEASE, ...more });
  });

  it("never writes over a file, and then adds nothing", () => {
    addFiles(registry, files(RELEASE));
    const before = contents();
    const double = files({
      "packages/new/statements/0001.toml": "claim",
      "packages/x/1.0.0/package.toml": "other",
    });
    expect(() => addFiles(registry, double)).toThrow(expect.objectContaining({ code: "EXISTS" }));
    expect(contents()).toEqual(before);
  });

  it("takes back what it moved where a later move fails", () => {
    addFiles(registry, files(RELEASE));
    const before = contents();
    // A file where a folder is needed: seen neither as there nor as free.
    writeFileSync(join(registry, "packages/blocked"), "in the way");
    const half = files({
      "packages/blocked/1.0.0/package.toml": "b",
      "packages/fine/1.0.0/package.toml": "f",
      "publishers/bob/statements/0001.toml": "r",
    });
    expect(() => addFiles(registry, half)).toThrow();
    rmSync(join(registry, "packages/blocked"));
    expect(contents()).toEqual(before);
    expect(existsSync(join(registry, "packages/fine"))).toBe(false);
  });

  it("removes what a killed process left, after its time, and leaves a running one's alone", () => {
    const gone = spawnSync(process.execPath, ["-e", "0"]).pid;
    const [old, young, running] = [
      `.ggen-marketplace-${gone}-old`,
      `.ggen-marketplace-${gone}-young`,
      `.ggen-marketplace-${process.pid}-x`,
    ];
    for (const name of [old, young, running]) mkdirSync(join(registry, name));
    for (const name of [old, running]) utimesSync(join(registry, name), 1, 1);
    addFiles(registry, files(RELEASE));
    expect(readdirSync(registry).filter((name) => name.startsWith("."))).toEqual([young, running].sort());
  });
});

describe("what is being written", () => {
  it("is no registry data, and git does not see it", async () => {
    const folder = join(registry, ".ggen-marketplace-1-x");
    mkdirSync(join(folder, "packages/x/1.0.0"), { recursive: true });
    writeFileSync(join(folder, ".gitignore"), "*\n");
    writeFileSync(join(folder, "packages/x/1.0.0/package.toml"), "x");
    execFileSync("git", ["-C", registry, "init", "-q"]);
    expect((await openSourceTree(registry)).paths()).toEqual(["registry.toml"]);
    expect(execFileSync("git", ["-C", registry, "status", "--porcelain"], { encoding: "utf8" })).toBe(
      "?? registry.toml\n",
    );
  });
});

const canMount =
  process.getuid?.() === 0 &&
  process.platform === "linux" &&
  spawnSync("sh", ["-c", "d=$(mktemp -d) && mount -t tmpfs none $d && umount $d && rmdir $d"]).status === 0;

describe.skipIf(!canMount)("a disk that refuses (skipped where none can be mounted)", () => {
  const full = "0".repeat(300_000);

  beforeEach(() => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k", "none", registry]);
    addFiles(registry, files(RELEASE));
  });

  afterEach(() => execFileSync("umount", [registry]));

  it("full: the registry is as it was", () => {
    const before = contents();
    const large = files({
      "packages/y/statements/0001.toml": "claim",
      "packages/y/1.0.0/content/large": full,
    });
    expect(() => addFiles(registry, large)).toThrow(expect.objectContaining({ code: "ENOSPC" }));
    expect(contents()).toEqual(before);
    expect(readdirSync(registry).sort()).toEqual(["packages", "publishers"]);
  });

  it("read-only: the registry is as it was", () => {
    const before = contents();
    execFileSync("mount", ["-o", "remount,ro", registry]);
    expect(() => addFiles(registry, files({ "packages/y/1.0.0/package.toml": "y" }))).toThrow(
      expect.objectContaining({ code: "EROFS" }),
    );
    expect(contents()).toEqual(before);
  });
});

describe.skipIf(process.platform === "win32")("a program that is ended while it writes", () => {
  /** What is left when `signal` comes once the staging folder is there. */
  async function ended(
    signal: NodeJS.Signals,
  ): Promise<{ code: number | null; left: Record<string, string> }> {
    const script = `import { addFiles } from ${MODULE};
      const additions = new Map([["publishers/p/statements/0001.toml", new Uint8Array(1)]]);
      for (let i = 0; i < 4000; i++) additions.set(\`packages/p\${i % 200}/1.0.0/content/\${i}\`, new Uint8Array(100));
      console.log("ready");
      setTimeout(() => { addFiles(${JSON.stringify(registry)}, additions); setTimeout(() => console.log("done"), 200); }, 10);`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const watch = setInterval(() => {
      if (readdirSync(registry).some((name) => name.startsWith(".ggen-marketplace-"))) child.kill(signal);
    }, 2);
    const code = await new Promise<number | null>((done) => child.once("close", done));
    clearInterval(watch);
    return { code, left: contents() };
  }

  it("by kill -9 while it prepares: no registry data was touched", async () => {
    await ended("SIGKILL");
    const data = (await openSourceTree(registry)).paths();
    expect(data).toEqual(["registry.toml"]);
  });

  it("by an interrupt: everything is there, or nothing; never a part", async () => {
    const { left } = await ended("SIGINT");
    const count = Object.keys(left).length;
    expect([1, 4_002]).toContain(count);
    expect(readdirSync(registry).filter((name) => name.startsWith("."))).toEqual([]);
  });
});
