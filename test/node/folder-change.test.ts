import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { changeFolder } from "../../src/node/folder-change.ts";

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "change-"));
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

const pack = (version: string) =>
  new Map([
    ["ontology.ttl", utf8(version)],
    ["templates/a.tmpl", utf8("a")],
  ]);
const there = () => readdirSync(project, { recursive: true }).sort();
const install = (path: string, version: string) =>
  changeFolder(project, (change) => change.folder(path, pack(version)));
const read = (path: string) => readFileSync(join(project, path), "utf8");
/** A change that fails while it is staged. */
const CLASH = new Map([
  ["a", utf8("file")],
  ["a/b", utf8("below it")],
]);

describe("changeFolder", () => {
  test("writes folders and files, replaces them whole, and leaves nothing else", () => {
    install("packs/alpha", "1");
    writeFileSync(join(project, "packs/alpha/extra"), "x");
    changeFolder(project, (change) => {
      change.folder("packs/alpha", pack("2"));
      change.folder("packs/beta", new Map());
      change.file("ggen.toml", utf8("both"));
    });
    expect(read("packs/alpha/ontology.ttl")).toBe("2");
    expect(read("ggen.toml")).toBe("both");
    expect(there()).toEqual([
      "ggen.toml",
      "packs",
      "packs/alpha",
      "packs/alpha/ontology.ttl",
      "packs/alpha/templates",
      "packs/alpha/templates/a.tmpl",
      "packs/beta",
    ]);
  });

  test("makes the folder it is told to change", () => {
    const inner = join(project, "not/there");
    changeFolder(inner, (change) => change.file("x", utf8("1")));
    expect(readFileSync(join(inner, "x"), "utf8")).toBe("1");
  });

  test.skipIf(process.platform === "win32")("a file that is replaced keeps its mode", () => {
    writeFileSync(join(project, "ggen.toml"), "old");
    chmodSync(join(project, "ggen.toml"), 0o600);
    changeFolder(project, (change) => change.file("ggen.toml", utf8("new")));
    expect(statSync(join(project, "ggen.toml")).mode & 0o777).toBe(0o600);
  });

  test.each(["../out", "/out", "packs/../../out", "", ".", "packs//x", "a\\b", "C:/x", "a\0b"])(
    "refuses the path %j",
    (path) => {
      for (const make of [
        () => install(path, "1"),
        () => changeFolder(project, (change) => change.file(path, utf8("x"))),
      ])
        expect(make).toThrow(expect.objectContaining({ code: "UNSAFE_PATH" }));
      expect(there()).toEqual([]);
    },
  );

  test.each(["../out", "/etc/out", "a/../../out", ""])(
    "refuses the file %j in a folder, and changes nothing",
    (path) => {
      install("packs/alpha", "1");
      const before = there();
      expect(() =>
        changeFolder(project, (change) => change.folder("packs/alpha", new Map([[path, utf8("x")]]))),
      ).toThrow(expect.objectContaining({ code: "UNSAFE_PATH" }));
      expect(there()).toEqual(before);
    },
  );

  test("refuses a symbolic link on the way, and in the place itself", () => {
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    symlinkSync(outside, join(project, "packs"));
    mkdirSync(join(project, "real"));
    symlinkSync(outside, join(project, "real/alpha"));
    symlinkSync(join(outside, "ggen.toml"), join(project, "ggen.toml"));
    for (const path of ["packs/alpha", "real/alpha"])
      expect(() => install(path, "1")).toThrow(expect.objectContaining({ code: "UNSAFE_PATH" }));
    expect(() => changeFolder(project, (change) => change.file("ggen.toml", utf8("x")))).toThrow(
      expect.objectContaining({ code: "UNSAFE_PATH" }),
    );
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  test("refuses a file in a folder's place, and a folder in a file's", () => {
    writeFileSync(join(project, "packs"), "x");
    mkdirSync(join(project, "ggen.toml"));
    expect(() => install("packs/alpha", "1")).toThrow(expect.objectContaining({ code: "IN_THE_WAY" }));
    expect(() => changeFolder(project, (change) => change.file("ggen.toml", utf8("x")))).toThrow(
      expect.objectContaining({ code: "IN_THE_WAY" }),
    );
    expect(there()).toEqual(["ggen.toml", "packs"]);
  });

  test("leaves everything as it was when writing fails, and when the caller changes its mind", () => {
    install("packs/alpha", "1");
    const before = there();
    expect(() =>
      changeFolder(project, (change) => [
        change.folder("packs/alpha", pack("2")),
        change.folder("packs/beta", CLASH),
      ]),
    ).toThrow();
    expect(() =>
      changeFolder(project, (change) => {
        change.folder("packs/alpha", pack("2"));
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(there()).toEqual(before);
    expect(read("packs/alpha/ontology.ttl")).toBe("1");
  });

  test("moves back what had moved when a later thing cannot (skipped where none can be made immutable)", ({
    skip,
  }) => {
    install("packs/alpha", "1");
    install("packs/beta", "1");
    const before = there();
    if (spawnSync("chattr", ["+i", join(project, "packs/beta")]).status !== 0)
      return skip("chattr +i does not work here");
    try {
      expect(() =>
        changeFolder(project, (change) => {
          change.folder("packs/alpha", pack("2"));
          change.folder("packs/beta", pack("2"));
        }),
      ).toThrow();
    } finally {
      execFileSync("chattr", ["-i", join(project, "packs/beta")]);
    }
    expect(there()).toEqual(before);
    expect(read("packs/alpha/ontology.ttl")).toBe("1");
  });
});

/** What a program that was killed leaves: its plan, and how far it had come. */
describe("a change that was killed is taken back by the next", () => {
  const staging = () => join(project, ".ggen-marketplace");

  function killedAfter(moved: number): void {
    install("packs/alpha", "old");
    writeFileSync(join(project, "ggen.toml"), "old");
    mkdirSync(join(staging(), "new/packs"), { recursive: true });
    mkdirSync(join(staging(), "old/packs"), { recursive: true });
    for (const name of ["alpha", "alpha.adapted"]) {
      mkdirSync(join(staging(), `new/packs/${name}`));
      writeFileSync(join(staging(), `new/packs/${name}/ontology.ttl`), "new");
    }
    writeFileSync(join(staging(), "new/ggen.toml"), "new");
    const plan = [
      { path: "packs/alpha", replaces: true },
      { path: "packs/alpha.adapted", replaces: false },
      { path: "ggen.toml", replaces: true },
    ];
    writeFileSync(join(staging(), "plan.json"), JSON.stringify(plan));
    const steps = [
      () => renameSync(join(project, "packs/alpha"), join(staging(), "old/packs/alpha")),
      () => renameSync(join(staging(), "new/packs/alpha"), join(project, "packs/alpha")),
      () => renameSync(join(staging(), "new/packs/alpha.adapted"), join(project, "packs/alpha.adapted")),
      () => renameSync(join(project, "ggen.toml"), join(staging(), "old/ggen.toml")),
      () => renameSync(join(staging(), "new/ggen.toml"), join(project, "ggen.toml")),
    ];
    for (const step of steps.slice(0, moved)) step();
  }

  test.each([0, 1, 2, 3, 4, 5])("killed after %i renames", (moved) => {
    killedAfter(moved);
    changeFolder(project, () => {});
    expect(there()).toEqual([
      "ggen.toml",
      "packs",
      "packs/alpha",
      "packs/alpha/ontology.ttl",
      "packs/alpha/templates",
      "packs/alpha/templates/a.tmpl",
    ]);
    expect(read("packs/alpha/ontology.ttl")).toBe("old");
    expect(read("ggen.toml")).toBe("old");
  });

  test("killed while it was staged, or in the middle of writing its plan", () => {
    killedAfter(0);
    writeFileSync(join(staging(), "plan.json"), '[{"path":"packs/al');
    install("packs/gamma", "1");
    expect(read("packs/alpha/ontology.ttl")).toBe("old");
    expect(existsSync(staging())).toBe(false);
  });

  test("a plan that leads outside is refused", () => {
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    writeFileSync(join(outside, "x"), "x");
    mkdirSync(staging());
    writeFileSync(
      join(staging(), "plan.json"),
      JSON.stringify([{ path: `../${outside.split("/").at(-1)}/x`, replaces: false }]),
    );
    expect(() => changeFolder(project, () => {})).toThrow(expect.objectContaining({ code: "UNSAFE_PATH" }));
    expect(existsSync(join(outside, "x"))).toBe(true);
    rmSync(outside, { recursive: true });
  });
});

test("two programs that change one folder take turns: the second is told to wait", async () => {
  const module = join(import.meta.dirname, "../../src/node/folder-change.ts");
  const script = `import { changeFolder } from ${JSON.stringify(module)};
    changeFolder(process.argv[1], () => { console.log("holds"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000); });`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script, project], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  expect(() => install("packs/alpha", "1")).toThrow(expect.objectContaining({ code: "LOCKED" }));
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  install("packs/alpha", "1");
  expect(read("packs/alpha/ontology.ttl")).toBe("1");
});
