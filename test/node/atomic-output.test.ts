import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { type CommitOptions, commitTree } from "../../src/node/atomic-output.ts";
import { takeLock } from "../../src/node/process-lock.ts";
import { contents, file, filesOf, textOf, tree } from "./output-example.ts";

let folder: string;
let out: string;
let options: CommitOptions;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "output-"));
  out = join(folder, "site");
  options = { stateFile: join(folder, "state", "site.json") };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

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

  it("writes a tree where its state cannot be noted", async () => {
    writeFileSync(join(folder, "state"), "a file where the home's folder should be");
    expect(await commitTree(out, tree("1"), options)).toMatchObject({ written: 7 });
    expect(await commitTree(out, tree("2"), options)).toEqual({ written: 6, removed: 2, unchanged: 1 });
    expect(filesOf(out)).toEqual(textOf(tree("2")));
  });

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
      "trust/README.md",
      "trust/1.other.json",
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
      expect(filesOf(out).get("registry.json")).toBe(textOf(tree("1")).get("registry.json"));
    } finally {
      sleeper.kill("SIGKILL");
    }
  });

  it("nothing for the lock of a process that is gone, or whose number another has now", async () => {
    await commitTree(out, tree("1"), options);
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
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
