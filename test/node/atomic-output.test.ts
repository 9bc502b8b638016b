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
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { type CommitOptions, commitTree } from "../../src/node/atomic-output.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { takeLock } from "../../src/node/process-lock.ts";
import type { SnapshotFile } from "../../src/snapshot/snapshot-files.ts";

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

function file(text: string): SnapshotFile {
  const bytes = utf8(text);
  return { sha256: nativeSha256(bytes), length: bytes.length, bytes: () => bytes };
}

/** A tree in which everything depends on `version`, but one file. */
function tree(version: string): Map<string, SnapshotFile> {
  const root = file(`root ${version}`);
  return new Map([
    ["registry.json", file(`pointer ${version}`)],
    [`index/${root.sha256}.root.json`, root],
    [`archives/${file("same").sha256}.tgz`, file("same")],
    ["packages/alpha/package.ttl", file(`alpha ${version}`)],
    [`packages/only-${version}/package.ttl`, file(version)],
    ["trust/allowed_signers", file(version)],
    [".well-known/void", file(version)],
  ]);
}

/** Everything below `at`: text by path, and what is no file by its kind. */
function contents(at: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(at, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found.set(
      path.slice(at.length + 1),
      entry.isFile() ? readFileSync(path, "utf8") : entry.isDirectory() ? "/" : "?",
    );
  }
  return new Map([...found].sort());
}

const textOf = (files: ReadonlyMap<string, SnapshotFile>) =>
  new Map([...files].map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes())] as const).sort());
const filesOf = (at: string) => new Map([...contents(at)].filter(([, text]) => text !== "/"));

describe("commitTree", () => {
  it("writes a tree into a folder that is not there, or empty", async () => {
    expect(await commitTree(out, tree("1"), options)).toEqual({ written: 7, removed: 0, unchanged: 0 });
    expect(filesOf(out)).toEqual(textOf(tree("1")));
    mkdirSync(join(folder, "empty"));
    await commitTree(join(folder, "empty"), tree("1"));
    expect(filesOf(join(folder, "empty"))).toEqual(textOf(tree("1")));
  });

  it.each([true, false])(
    "replaces a tree, and leaves what is the same untouched (state noted: %s)",
    async (hasState) => {
      const given = hasState ? options : {};
      await commitTree(out, tree("1"), given);
      const same = join(out, "archives", `${file("same").sha256}.tgz`);
      const before = statSync(same);
      expect(await commitTree(out, tree("2"), given)).toEqual({ written: 6, removed: 2, unchanged: 1 });
      expect(filesOf(out)).toEqual(textOf(tree("2")));
      expect(existsSync(join(out, "packages/only-1"))).toBe(false);
      expect(statSync(same)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
      expect(await commitTree(out, tree("2"), given)).toEqual({ written: 0, removed: 0, unchanged: 7 });
    },
  );

  it("asks for bytes only where they are needed, and once", async () => {
    await commitTree(out, tree("1"), options);
    let asked = 0;
    const counted = new Map(
      [...tree("2")].map(([path, one]) => {
        const bytes = () => {
          asked++;
          return one.bytes();
        };
        return [path, { ...one, bytes }] as const;
      }),
    );
    await commitTree(out, counted, options);
    expect(asked).toBe(6);
  });

  it("keeps pages and everything else that a tree does not own", async () => {
    await commitTree(out, tree("1"), options);
    const others = [
      "index.html",
      "packages/only-1/index.html",
      "packages/index.html",
      "assets/app.js",
      "trust/1.root.json",
      "v1.html",
    ];
    for (const path of others) {
      mkdirSync(dirname(join(out, path)), { recursive: true });
      writeFileSync(join(out, path), "mine");
    }
    rmSync(options.stateFile ?? "");
    await commitTree(out, tree("2"), options);
    for (const path of others) expect(readFileSync(join(out, path), "utf8")).toBe("mine");
    expect(existsSync(join(out, "packages/only-1/package.ttl"))).toBe(false);
  });

  it("writes again what was damaged, also under a digest's name", async () => {
    await commitTree(out, tree("1"), options);
    const damaged = join(out, "archives", `${file("same").sha256}.tgz`);
    writeFileSync(damaged, "SAME");
    writeFileSync(join(out, "trust/allowed_signers"), "another length");
    expect((await commitTree(out, tree("1"), options)).written).toBe(2);
    expect(filesOf(out)).toEqual(textOf(tree("1")));
  });

  it("removes what another build wrote between, though the state does not know of it", async () => {
    await commitTree(out, tree("1"), options);
    await commitTree(out, tree("2"), { stateFile: join(folder, "other.json") });
    await commitTree(out, tree("1"), options);
    expect(filesOf(out)).toEqual(textOf(tree("1")));
  });

  it.each(["", "{", '{"format":2,"out":"x","files":[]}', '{"format":1,"out":"elsewhere","files":[]}'])(
    "takes the state %j for none",
    async (state) => {
      await commitTree(out, tree("1"), options);
      writeFileSync(options.stateFile ?? "", state);
      await commitTree(out, tree("2"), options);
      expect(filesOf(out)).toEqual(textOf(tree("2")));
    },
  );

  it("follows a link that --out itself is", async () => {
    mkdirSync(join(folder, "real"));
    symlinkSync("real", join(folder, "link"));
    await commitTree(join(folder, "link"), tree("1"), options);
    expect(filesOf(join(folder, "real"))).toEqual(textOf(tree("1")));
  });
});

describe("commitTree refuses", () => {
  it("a folder with other things in it", async () => {
    mkdirSync(out);
    writeFileSync(join(out, "thesis.doc"), "years of work");
    await expect(commitTree(out, tree("1"), options)).rejects.toMatchObject({ code: "NOT_A_PUBLISHED_TREE" });
    expect(contents(out)).toEqual(new Map([["thesis.doc", "years of work"]]));
  });

  it("a file in the folder's place", async () => {
    writeFileSync(out, "x");
    await expect(commitTree(out, tree("1"), options)).rejects.toMatchObject({ code: "NOT_A_FOLDER" });
  });

  it("paths that leave the folder, or that no tree owns", async () => {
    for (const path of ["../evil", "index/../../evil", "/etc/evil", "index.html"]) {
      await expect(commitTree(out, new Map([[path, file("x")]]), options)).rejects.toThrow();
      expect(existsSync(out)).toBe(false);
    }
  });

  it("bytes that their digest does not name", async () => {
    await commitTree(out, tree("1"), options);
    const before = contents(out);
    const wrong = tree("2").set("v1/index.json", { ...file("x"), bytes: () => utf8("y") });
    await expect(commitTree(out, wrong, options)).rejects.toThrow("v1/index.json");
    expect(contents(out)).toEqual(before);
  });

  it.each([
    ["a symbolic link on the way", () => symlinkSync(folder, join(out, "v1"))],
    ["a file where a folder must be", () => writeFileSync(join(out, "v1"), "x")],
    ["a folder where a file must be", () => mkdirSync(join(out, "v1/index.json"), { recursive: true })],
  ])("%s, before anything is switched", async (_, obstruct) => {
    await commitTree(out, tree("1"), options);
    obstruct();
    const before = contents(out);
    const next = tree("2").set("v1/index.json", file("{}"));
    await expect(commitTree(out, next, options)).rejects.toMatchObject({ code: "OUTPUT_IN_THE_WAY" });
    expect(contents(out)).toEqual(before);
    expect(existsSync(join(folder, "index.json"))).toBe(false);
  });

  it("a second build into the same folder", async () => {
    await commitTree(out, tree("1"), options);
    const sleeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      const lock = join(out, ".ggen-marketplace-lock");
      const release = takeLock(lock, "test");
      await expect(commitTree(out, tree("2"), options)).rejects.toMatchObject({ code: "LOCKED" });
      const mine = JSON.parse(readFileSync(lock, "utf8")) as { host: string };
      release();
      const started = existsSync(`/proc/${sleeper.pid}/stat`)
        ? readFileSync(`/proc/${sleeper.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19]
        : "";
      writeFileSync(lock, JSON.stringify({ pid: sleeper.pid, started, host: mine.host }));
      await expect(commitTree(out, tree("2"), options)).rejects.toMatchObject({
        code: "LOCKED",
        message: expect.stringContaining(String(sleeper.pid)),
      });
      writeFileSync(lock, JSON.stringify({ pid: 1, started: "", host: "another-machine" }));
      await expect(commitTree(out, tree("2"), options)).rejects.toMatchObject({ code: "LOCKED" });
      expect(filesOf(out).get("registry.json")).toBe("pointer 1");
    } finally {
      sleeper.kill("SIGKILL");
    }
  });

  it("nothing for the lock of a process that is gone, or whose number another has now", async () => {
    await commitTree(out, tree("1"), options);
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const { hostname } = await import("node:os");
    for (const [pid, started] of [
      [gone, ""],
      [process.pid, ""],
      ...(existsSync("/proc/1/stat") ? [[1, "123456789"]] : []),
    ]) {
      writeFileSync(join(out, ".ggen-marketplace-lock"), JSON.stringify({ pid, started, host: hostname() }));
      await commitTree(out, tree("2"), options);
    }
    expect(filesOf(out)).toEqual(textOf(tree("2")));
  });
});

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

  it("by SIGKILL in its very first switch is finished by the next, even after one that fails", async () => {
    await commitTree(out, tree("1"), options);
    unlinkSync(join(out, "registry.json"));
    mkdirSync(join(out, ".ggen-marketplace-staging"));
    await expect(commitTree(out, tree("2").set("../x", file("x")), options)).rejects.toMatchObject({
      code: "BAD_PATH",
    });
    await commitTree(out, tree("2"), options);
    expect(filesOf(out)).toEqual(textOf(tree("2")));
  });
});
