import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import tarStream from "tar-stream";
import { describe, expect, it } from "vitest";
import { concat, equalBytes } from "../../src/base/bytes.ts";
import { writeArchive } from "../../src/snapshot/archive.ts";
import { EXAMPLE, sameFiles } from "./archive-example.ts";

describe("other programs", () => {
  const hasTar = spawnSync("tar", ["--version"], { encoding: "utf8" }).stdout?.includes("GNU tar") ?? false;

  it.skipIf(!hasTar)("GNU tar lists and extracts the same files (skipped where there is no GNU tar)", () => {
    const folder = mkdtempSync(join(tmpdir(), "archive-"));
    try {
      writeFileSync(join(folder, "a.tgz"), writeArchive(EXAMPLE));
      const env = { ...process.env, LC_ALL: "C.UTF-8" };
      const list = execFileSync("tar", ["-tzf", join(folder, "a.tgz"), "--quoting-style=literal"], {
        encoding: "utf8",
        env,
      });
      expect(new Set(list.trim().split("\n"))).toEqual(new Set(EXAMPLE.keys()));
      const { stderr, status } = spawnSync("tar", ["-xzf", join(folder, "a.tgz"), "-C", folder], {
        encoding: "utf8",
        env,
      });
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
      for (const [path, bytes] of EXAMPLE)
        expect(equalBytes(readFileSync(join(folder, path)), bytes)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("tar-stream reads the same files", async () => {
    const files = new Map<string, Uint8Array>();
    const extract = tarStream.extract();
    extract.end(gunzipSync(writeArchive(EXAMPLE)));
    for await (const entry of extract) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      expect(entry.header).toMatchObject({ type: "file", mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) });
      files.set(entry.header.name, concat(...chunks));
    }
    expect(sameFiles(files, EXAMPLE)).toBe(true);
  });
});
