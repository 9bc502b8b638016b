import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { type CommitOptions, commitTree } from "../../src/node/atomic-output.ts";
import { contents, file, filesOf, textOf, tree } from "./output-example.ts";

const isRoot = process.getuid?.() === 0;

let folder: string;
let out: string;
let options: CommitOptions;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "output-"));
  out = join(folder, "site");
  options = { stateFile: join(folder, "state", "site.json") };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("after a failure the old tree is as it was", () => {
  it("when making bytes fails", async () => {
    await commitTree(out, tree("1"), options);
    const before = contents(out);
    const broken = tree("2").set("v1/index.json", {
      ...file("x"),
      bytes: () => {
        throw new Error("no bytes");
      },
    });
    await expect(commitTree(out, broken, options)).rejects.toThrow("no bytes");
    expect(contents(out)).toEqual(before);
    await expect(commitTree(join(folder, "new/deep"), broken, options)).rejects.toThrow("no bytes");
    expect(existsSync(join(folder, "new"))).toBe(false);
  });

  it("when the signal is aborted", async () => {
    await commitTree(out, tree("1"), options);
    const before = contents(out);
    const controller = new AbortController();
    const stopping = tree("2").set("ns/shapes.ttl", {
      ...file("x"),
      bytes: () => {
        controller.abort(new Error("enough"));
        return utf8("x");
      },
    });
    await expect(commitTree(out, stopping, { ...options, signal: controller.signal })).rejects.toThrow(
      "enough",
    );
    expect(contents(out)).toEqual(before);
  });

  it.skipIf(isRoot)("when a folder may not be written (skipped for root, who may)", async () => {
    await commitTree(out, tree("1"), options);
    const before = contents(out);
    chmodSync(join(out, "index"), 0o555);
    await expect(commitTree(out, tree("2"), options)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    chmodSync(join(out, "index"), 0o755);
    expect(contents(out)).toEqual(before);
  });

  const canMount =
    isRoot &&
    process.platform === "linux" &&
    spawnSync("sh", ["-c", "d=$(mktemp -d) && mount -t tmpfs none $d && umount $d && rmdir $d"]).status === 0;

  it.skipIf(!canMount)("when the disk is full (skipped where no small disk can be mounted)", async () => {
    mkdirSync(out);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k", "none", out]);
    try {
      await commitTree(out, tree("1"), options);
      const before = contents(out);
      const large = tree("2").set("graph/registry.ttl", file("x".repeat(300_000)));
      await expect(commitTree(out, large, options)).rejects.toMatchObject({
        code: "OUTPUT_FAILED",
        message: expect.stringContaining("ENOSPC"),
      });
      expect(contents(out)).toEqual(before);
      await commitTree(out, tree("2"), options);
      expect(filesOf(out)).toEqual(textOf(tree("2")));
    } finally {
      execFileSync("umount", [out]);
    }
  });

  it.skipIf(!canMount)("when the disk is read-only (skipped where none can be mounted)", async () => {
    mkdirSync(out);
    execFileSync("mount", ["-t", "tmpfs", "none", out]);
    try {
      await commitTree(out, tree("1"), options);
      const before = contents(out);
      execFileSync("mount", ["-o", "remount,ro", out]);
      await expect(commitTree(out, tree("2"), options)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
      expect(contents(out)).toEqual(before);
    } finally {
      execFileSync("umount", [out]);
    }
  });

  it.skipIf(!canMount)(
    "when a part of it is on another disk (skipped where none can be mounted)",
    async () => {
      await commitTree(out, tree("1"), options);
      mkdirSync(join(out, "v1"));
      execFileSync("mount", ["-t", "tmpfs", "none", join(out, "v1")]);
      try {
        const next = tree("2").set("v1/index.json", file("{}"));
        await expect(commitTree(out, next, options)).rejects.toMatchObject({ code: "OUTPUT_IN_THE_WAY" });
        expect(filesOf(out)).toEqual(textOf(tree("1")));
      } finally {
        execFileSync("umount", [join(out, "v1")]);
      }
    },
  );

  it("when a rename fails half way through the switch (skipped where no file can be made immutable)", async ({
    skip,
  }) => {
    await commitTree(out, tree("1"), options);
    const before = contents(out);
    const pinned = join(out, "trust/allowed_signers");
    if (spawnSync("chattr", ["+i", pinned]).status !== 0) return skip("chattr +i does not work here");
    try {
      await expect(commitTree(out, tree("2"), options)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
      expect(contents(out)).toEqual(before);
    } finally {
      execFileSync("chattr", ["-i", pinned]);
    }
    await commitTree(out, tree("2"), options);
    expect(filesOf(out)).toEqual(textOf(tree("2")));
  });
});

describe("a build that is stopped from outside", () => {
  /** A child that takes five milliseconds a file, and says so at the twentieth. */
  const script = `
    import { writeSync } from "node:fs";
    import { commitTree } from "${join(import.meta.dirname, "../../src/node/atomic-output.ts")}";
    import { nativeSha256 } from "${join(import.meta.dirname, "../../src/node/crypto.ts")}";
    const files = new Map();
    for (let i = 0; i < 2000; i++) {
      const bytes = new TextEncoder().encode("new " + i);
      const slowly = () => {
        const until = performance.now() + 5;
        while (performance.now() < until);
        if (i === 20) writeSync(1, "staging");
        return bytes;
      };
      files.set("packages/p" + i + "/package.ttl", { sha256: nativeSha256(bytes), length: bytes.length, bytes: slowly });
    }
    await commitTree(process.argv[1], files, { stateFile: process.argv[2] });
  `;

  async function stopped(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }> {
    const child: ChildProcess = spawn(
      process.execPath,
      ["--input-type=module-typescript", "-e", script, out, options.stateFile ?? ""],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill(signal);
    return new Promise((resolve) => child.once("exit", (code, by) => resolve({ code, signal: by })));
  }

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s takes back what it staged, and ends with %i", async (signal, code) => {
    await commitTree(out, tree("1"), options);
    const before = contents(out);
    expect(await stopped(signal)).toEqual({ code, signal: null });
    expect(contents(out)).toEqual(before);
  });

  it("by SIGINT before there was a folder leaves none", async () => {
    expect((await stopped("SIGINT")).code).toBe(130);
    expect(existsSync(out)).toBe(false);
  });

  it("by SIGKILL leaves the old tree whole, and the next build sweeps the rest", async () => {
    await commitTree(out, tree("1"), options);
    expect(await stopped("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
    for (const [path, text] of textOf(tree("1"))) expect(readFileSync(join(out, path), "utf8")).toBe(text);
    expect(lstatSync(join(out, ".ggen-marketplace-staging")).isDirectory()).toBe(true);
    await commitTree(out, tree("2"), options);
    expect(filesOf(out)).toEqual(textOf(tree("2")));
    expect(readdirSync(out).filter((name) => name.startsWith(".ggen"))).toEqual([]);
  });

  /** A build that ends itself, as by SIGKILL, instead of its rename number `at`. */
  function killedAtRename(at: number, version: string): void {
    const here = (path: string) => JSON.stringify(join(import.meta.dirname, path));
    const dying = `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const { renameSync } = fs;
      let left = ${at};
      fs.renameSync = (from, to) => {
        if (--left === 0) process.kill(process.pid, "SIGKILL");
        renameSync(from, to);
      };
      syncBuiltinESMExports();
      const { commitTree } = await import(${here("../../src/node/atomic-output.ts")});
      const { tree } = await import(${here("output-example.ts")});
      await commitTree(process.argv[1], tree(${JSON.stringify(version)}));
    `;
    const { signal, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module-typescript", "-e", dying, out],
      { encoding: "utf8" },
    );
    expect([signal, stderr]).toEqual(["SIGKILL", ""]);
  }

  // The first rename puts the note of what is about to be moved in its place; then there are seven files.
  it.each([1, 2, 3, 5, 8])(
    "by SIGKILL at rename %i of its very first switch is finished by the next",
    async (at) => {
      killedAtRename(at, "1");
      expect(existsSync(join(out, "registry.json"))).toBe(false);
      await commitTree(out, tree("2"), options);
      expect(filesOf(out)).toEqual(textOf(tree("2")));
      expect(readdirSync(out).filter((name) => name.startsWith(".ggen"))).toEqual([]);
    },
  );

  it("by SIGKILL in its very first switch is finished after others that fail, or are killed too", async () => {
    killedAtRename(6, "1");
    await expect(commitTree(out, tree("2").set("../x", file("x")), options)).rejects.toMatchObject({
      code: "BAD_PATH",
    });
    for (const at of [1, 2, 4]) killedAtRename(at, "2");
    await commitTree(out, tree("3"), options);
    expect(filesOf(out)).toEqual(textOf(tree("3")));
  });
});
