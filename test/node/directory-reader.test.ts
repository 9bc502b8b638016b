import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directoryReader } from "../../src/node/directory-reader.ts";
import { describeReader, TREE } from "../client/reader-contract.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reader-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeFiles(files: ReadonlyMap<string, Uint8Array>): string {
  const root = join(folder, "tree");
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  return root;
}

describeReader("directory", async (files) => ({ reader: directoryReader(writeFiles(files)) }));

describe("directory reader", () => {
  it("says NOT_A_REGISTRY for a folder that is not there", async () => {
    await expect(directoryReader(join(folder, "none")).read("registry.json")).rejects.toMatchObject({
      code: "NOT_A_REGISTRY",
    });
  });

  it("follows links within the folder, and itself being one", async () => {
    const root = writeFiles(TREE);
    symlinkSync("v1", join(root, "v2"));
    symlinkSync(root, join(folder, "link"));
    expect((await directoryReader(join(folder, "link")).read("v2/index.json")).length).toBe(70_000);
  });

  it("refuses links that lead out of the folder", async () => {
    const root = writeFiles(TREE);
    writeFileSync(join(folder, "secret"), "x");
    mkdirSync(join(folder, "tree-beside"));
    writeFileSync(join(folder, "tree-beside/secret"), "x");
    symlinkSync("../secret", join(root, "secret"));
    symlinkSync("../tree-beside", join(root, "beside"));
    for (const path of ["secret", "beside/secret"]) {
      await expect(directoryReader(root).read(path)).rejects.toMatchObject({ code: "BAD_RESPONSE" });
    }
  });

  it.skipIf(process.platform === "win32")("does not wait at a named pipe", async () => {
    const root = writeFiles(TREE);
    execFileSync("mkfifo", [join(root, "pipe")]);
    await expect(directoryReader(root).read("pipe")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("imports nothing of Node but files and paths", () => {
    const source = readFileSync(join(import.meta.dirname, "../../src/node/directory-reader.ts"), "utf8");
    expect([...source.matchAll(/from "(node:[^"]+)"/g)].map((match) => match[1]).sort()).toEqual([
      "node:fs",
      "node:path",
    ]);
  });
});
