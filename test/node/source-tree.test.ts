import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { compareText } from "../../src/base/order.ts";
import { openSourceTree } from "../../src/node/source-tree.ts";
import { codes, EXAMPLE_SOURCE, release, writeFiles } from "./source-example.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "source-"));
  writeFiles(root, EXAMPLE_SOURCE);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("a plain folder", () => {
  it("lists registry data only, by UTF-8 bytes", async () => {
    writeFiles(root, { ".DS_Store": "x", "packages/\u{10000}/x": "x", "packages/\uffee/x": "x" });
    const source = await openSourceTree(root);
    expect(source.paths()).toEqual([...source.paths()].sort(compareText));
    expect(source.paths()).not.toContain("README.md");
    expect(source.paths()).not.toContain(".DS_Store");
    expect(source.paths().slice(-4)).toEqual([
      "packages/\uffee/x",
      "packages/\u{10000}/x",
      "publishers/alice/statements/0001.toml",
      "registry.toml",
    ]);
    expect(source.commit).toBeUndefined();
    expect(source.treeId(release)).toBeUndefined();
    expect(codes(source)).toEqual([]);
  });

  it("reads a folder, with paths relative to it", async () => {
    const source = await openSourceTree(root);
    const files = source.readFolder(release);
    expect([...files.keys()]).toEqual([
      "SHA256SUMS",
      "content/README.md",
      "content/a-b",
      "content/a/b",
      "package.toml",
    ]);
    expect(files.get("content/a/b")).toEqual(utf8("b\n"));
    expect(source.readFolder("packages/al").size).toBe(0);
  });

  it("refuses a folder that is not there", async () => {
    await expect(openSourceTree(join(root, "none"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("refuses symbolic links to files and to folders, and does not follow them", async () => {
    symlinkSync("/etc/passwd", join(root, release, "content/link"));
    symlinkSync("/etc", join(root, "packages/etc"));
    const source = await openSourceTree(root);
    expect(codes(source).sort()).toEqual([
      "SOURCE_SYMLINK packages/alpha/1.0.0/content/link",
      "SOURCE_SYMLINK packages/etc",
    ]);
    expect(source.paths().some((path) => path.includes("link") || path.includes("etc"))).toBe(false);
  });

  it.skipIf(process.platform === "win32")("refuses a named pipe without waiting for it", async () => {
    execFileSync("mkfifo", [join(root, release, "content/pipe")]);
    expect(codes(await openSourceTree(root))).toEqual([`SOURCE_SPECIAL_FILE ${release}/content/pipe`]);
  });

  it("refuses a git repository inside a package", async () => {
    writeFiles(root, { "packages/beta/2.0.0/content/.git/HEAD": "ref: refs/heads/main\n" });
    expect(codes(await openSourceTree(root))).toEqual([
      "SOURCE_NESTED_REPOSITORY packages/beta/2.0.0/content",
    ]);
  });

  it("refuses folders that are too deep", async () => {
    writeFiles(root, { [`packages/${"d/".repeat(70)}x`]: "x" });
    expect(codes(await openSourceTree(root))[0]).toMatch(/^SOURCE_TOO_DEEP/);
  });

  it("leaves a file over the limit out of its folder, and says so once", async () => {
    const source = await openSourceTree(root, { fileBytesMax: 12 });
    expect(source.readFolder(release).has("content/README.md")).toBe(false);
    source.readFolder(release);
    expect(codes(source)).toEqual([
      `SOURCE_FILE_TOO_LARGE ${release}/SHA256SUMS`,
      `SOURCE_FILE_TOO_LARGE ${release}/content/README.md`,
    ]);
    expect(() => source.read(`${release}/content/README.md`)).toThrow(
      expect.objectContaining({ code: "SOURCE_FILE_TOO_LARGE" }),
    );
  });

  it.skipIf(process.getuid?.() === 0)(
    "says which file cannot be read (skipped for root, who can read all)",
    async () => {
      chmodSync(join(root, release, "package.toml"), 0);
      const source = await openSourceTree(root);
      source.readFolder(release);
      expect(codes(source)).toEqual([`SOURCE_UNREADABLE ${release}/package.toml`]);
    },
  );

  it("says which file went away", async () => {
    const source = await openSourceTree(root);
    rmSync(join(root, release, "package.toml"));
    source.readFolder(release);
    expect(codes(source)).toEqual([`SOURCE_UNREADABLE ${release}/package.toml`]);
  });
});
