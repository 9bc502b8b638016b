import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { installFolder } from "../../src/node/atomic-folder.ts";

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "folder-"));
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

const files = (version: string) =>
  new Map([
    ["ontology.ttl", utf8(version)],
    ["templates/a.tmpl", utf8("a")],
  ]);
const there = () => readdirSync(project, { recursive: true }).sort();

describe("installFolder", () => {
  it("writes a folder, and replaces it whole", () => {
    installFolder(project, "packs/alpha", files("1"));
    writeFileSync(join(project, "packs/alpha/extra"), "x");
    installFolder(project, "packs/alpha", files("2"));
    expect(readFileSync(join(project, "packs/alpha/ontology.ttl"), "utf8")).toBe("2");
    expect(there()).toEqual([
      "packs",
      "packs/alpha",
      "packs/alpha/ontology.ttl",
      "packs/alpha/templates",
      "packs/alpha/templates/a.tmpl",
    ]);
  });

  it.each(["../out", "/out", "packs/../../out", "", ".", "packs//x", "a\\b", "C:/x"])(
    "refuses the folder %j",
    (path) => {
      expect(() => installFolder(project, path, files("1"))).toThrow(
        expect.objectContaining({ code: "UNSAFE_PATH" }),
      );
      expect(there()).toEqual([]);
    },
  );

  it.each(["../out", "/etc/out", "a/../../out", ""])("refuses the file %j, and changes nothing", (path) => {
    installFolder(project, "packs/alpha", files("1"));
    const before = there();
    expect(() => installFolder(project, "packs/alpha", new Map([[path, utf8("x")]]))).toThrow(
      expect.objectContaining({ code: "UNSAFE_PATH" }),
    );
    expect(there()).toEqual(before);
  });

  it("refuses a symbolic link on the way, and in the folder's own place", () => {
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    symlinkSync(outside, join(project, "packs"));
    mkdirSync(join(project, "real"));
    symlinkSync(outside, join(project, "real/alpha"));
    for (const path of ["packs/alpha", "real/alpha"]) {
      expect(() => installFolder(project, path, files("1"))).toThrow(
        expect.objectContaining({ code: "UNSAFE_PATH" }),
      );
    }
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  it("refuses a file in the folder's place", () => {
    writeFileSync(join(project, "packs"), "x");
    expect(() => installFolder(project, "packs/alpha", files("1"))).toThrow(
      expect.objectContaining({ code: "IN_THE_WAY" }),
    );
  });

  it("leaves what was there when writing fails", () => {
    installFolder(project, "packs/alpha", files("1"));
    const before = there();
    const clash = new Map([
      ["a", utf8("file")],
      ["a/b", utf8("below it")],
    ]);
    expect(() => installFolder(project, "packs/alpha", clash)).toThrow();
    expect(there()).toEqual(before);
  });

  it("leaves what was there when the old one cannot be moved (skipped where none can be made immutable)", ({
    skip,
  }) => {
    installFolder(project, "packs/alpha", files("1"));
    const before = there();
    if (spawnSync("chattr", ["+i", join(project, "packs/alpha")]).status !== 0)
      return skip("chattr +i does not work here");
    try {
      expect(() => installFolder(project, "packs/alpha", files("2"))).toThrow();
    } finally {
      execFileSync("chattr", ["-i", join(project, "packs/alpha")]);
    }
    expect(there()).toEqual(before);
    expect(readFileSync(join(project, "packs/alpha/ontology.ttl"), "utf8")).toBe("1");
  });

  it("puts back what a killed process moved aside, and sweeps what it wrote", () => {
    installFolder(project, "packs/alpha", files("1"));
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    execFileSync("mv", [join(project, "packs/alpha"), join(project, `packs/.alpha.old-${gone}-abc`)]);
    mkdirSync(join(project, `packs/.alpha.new-${gone}-abc`));
    mkdirSync(join(project, `packs/.alphabet.new-${gone}-abc`));
    const clash = new Map([
      ["a", utf8("file")],
      ["a/b", utf8("below it")],
    ]);
    expect(() => installFolder(project, "packs/alpha", clash)).toThrow();
    expect(readFileSync(join(project, "packs/alpha/ontology.ttl"), "utf8")).toBe("1");
    expect(readdirSync(join(project, "packs")).sort()).toEqual([`.alphabet.new-${gone}-abc`, "alpha"]);
  });
});
