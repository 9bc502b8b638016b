import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Problem } from "../../src/base/problem.ts";
import { LIMIT_CEILINGS } from "../../src/manifest/limits.ts";
import { readFolderFiles } from "../../src/node/folder-files.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folder-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, text = path): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const told = (problems: readonly Problem[]) =>
  problems.map(({ code, severity, file }) => [code, severity, file]);

describe("readFolderFiles", () => {
  it("gives every file by its path, in code point order, hidden ones and .gitignore among them", () => {
    for (const path of ["b.txt", "a/z.txt", ".gitignore", "a/.hidden", "製品版/読む.md", "a/.git/config"])
      put(path);
    const { files, problems } = readFolderFiles(folder, { shownAs: "pack" });
    expect([...files.keys()]).toEqual([".gitignore", "a/.hidden", "a/z.txt", "b.txt", "製品版/読む.md"]);
    expect(problems).toEqual([]);
  });

  it("composes decomposed names and says so; of two spellings of one name the composed one is taken", () => {
    put("cafe\u0301.md", "decomposed");
    put("e\u0301.md", "decomposed");
    put("\u00e9.md", "composed");
    const { files, problems } = readFolderFiles(folder, { shownAs: "p", lenient: true });
    expect([...files].map(([path, bytes]) => [path, String(Buffer.from(bytes))])).toEqual([
      ["caf\u00e9.md", "decomposed"],
      ["\u00e9.md", "composed"],
    ]);
    expect(told(problems)).toEqual([
      ["FOLDER_NAME_NORMALISED", "warning", "p/cafe\u0301.md"],
      ["FOLDER_NAMES_CLASH", "warning", "p/e\u0301.md"],
    ]);
  });

  it("takes one of two names that differ in case only", () => {
    put("README.md");
    put("readme.md");
    expect(told(readFolderFiles(folder, { shownAs: "p" }).problems)).toEqual([
      ["FOLDER_NAMES_CLASH", "error", "p/readme.md"],
    ]);
  });

  it("never follows a link; what git acts on, devices of Windows and links are left out or refused", () => {
    put("ok.txt");
    put(".gitattributes", "* text");
    put("nul.txt");
    symlinkSync("/etc", join(folder, "etc"));
    symlinkSync("ok.txt", join(folder, "link.txt"));
    const lenient = readFolderFiles(folder, { shownAs: "p", lenient: true });
    expect([...lenient.files.keys()]).toEqual(["ok.txt"]);
    expect(
      lenient.problems.every(
        (problem) => problem.severity === "warning" && problem.message.endsWith("left out"),
      ),
    ).toBe(true);
    const strict = readFolderFiles(folder, { shownAs: "p" });
    expect(told(strict.problems).sort()).toEqual([
      ["FOLDER_BAD_PATH", "error", "p/.gitattributes"],
      ["FOLDER_BAD_PATH", "error", "p/nul.txt"],
      ["FOLDER_NOT_A_FILE", "error", "p/etc"],
      ["FOLDER_NOT_A_FILE", "error", "p/link.txt"],
    ]);
  });

  it.skipIf(process.platform === "win32")("a pipe is not read, an executable is noted", () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    put("run.sh");
    chmodSync(join(folder, "run.sh"), 0o755);
    const { files, problems } = readFolderFiles(folder, { shownAs: "p", lenient: true });
    expect([...files.keys()]).toEqual(["run.sh"]);
    expect(told(problems)).toEqual([
      ["FOLDER_NOT_A_FILE", "warning", "p/pipe"],
      ["FOLDER_EXECUTABLE", "warning", "p/run.sh"],
    ]);
  });

  it.skipIf(process.platform !== "linux")("a name that is not UTF-8", () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x61])]), "x");
    expect(told(readFolderFiles(folder, { shownAs: "p" }).problems)).toEqual([
      ["FOLDER_NAME_NOT_UTF8", "error", "p/\ufffda"],
    ]);
  });

  it("a folder that is not there is a problem, also when lenient", () => {
    expect(told(readFolderFiles(join(folder, "none"), { shownAs: "none", lenient: true }).problems)).toEqual([
      ["FOLDER_UNREADABLE", "error", "none"],
    ]);
  });

  it("a repository and an empty folder are passed over, and told where everything is asked for", () => {
    put("a.txt");
    put(".git/config");
    put("deep/.git/hooks/pre-commit");
    mkdirSync(join(folder, "none/at/all"), { recursive: true });
    expect(readFolderFiles(folder, { shownAs: "p" }).problems).toEqual([]);
    const { files, problems } = readFolderFiles(folder, { shownAs: "p", lenient: true, everything: true });
    expect([...files.keys()]).toEqual(["a.txt"]);
    expect(told(problems).sort()).toEqual([
      ["FOLDER_EMPTY", "warning", "p/none/at/all"],
      ["FOLDER_REPOSITORY", "warning", "p/.git"],
      ["FOLDER_REPOSITORY", "warning", "p/deep/.git"],
    ]);
  });

  it("more files than a release may have: stops, and says so once", () => {
    for (let i = 0; i < 12; i++) put(`d${i % 3}/${i}`);
    const { problems } = readFolderFiles(folder, {
      shownAs: "p",
      lenient: true,
      limits: { ...LIMIT_CEILINGS, releaseFilesMax: 10 },
    });
    expect(told(problems)).toEqual([["FOLDER_TOO_MANY_FILES", "error", "p"]]);
  });

  it("a file of 70 MB, and files that are too much together, are not read", () => {
    put("large.bin");
    truncateSync(join(folder, "large.bin"), 70_000_000);
    expect(readFolderFiles(folder, { shownAs: "p" }).problems[0]).toMatchObject({
      code: "FOLDER_FILE_TOO_LARGE",
      message: `The file has 70000000 bytes; a file of a release has at most ${LIMIT_CEILINGS.fileBytesMax}`,
    });
    rmSync(join(folder, "large.bin"));
    for (const name of ["a", "b", "c"]) put(name, "x".repeat(100));
    const { files, problems } = readFolderFiles(folder, {
      shownAs: "p",
      limits: { ...LIMIT_CEILINGS, releaseBytesMax: 250 },
    });
    expect(told(problems)).toEqual([["FOLDER_TOO_LARGE", "error", "p"]]);
    expect(files.size).toBe(2);
  });
});
