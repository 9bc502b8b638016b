/** Folders that look like a build's, or are made to look so, and hold what a person would miss. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitTree } from "../../src/node/atomic-output.ts";
import { isOwned } from "../../src/node/output-tree.ts";
import { contents, file, filesOf, pointerTo, textOf, tree } from "./output-example.ts";

let folder: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "output-"));
  out = join(folder, "site");
  mkdirSync(out);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  }
}

const SHA = "0".repeat(64);
const MINE = {
  "archives/2024.tgz": "years of work",
  "archives/deep/er.tgz": "years of work",
  "schemas/invoice.json": "{}",
  "packages/mine/notes.json": "{}",
  "packages/mine/data.ttl": "<a> <b> <c> .",
  "packages/Mine/package.ttl": "another",
  "index/index.html": "a page",
  "graph/drawing.ttl": "x",
  "v1/readme.md": "x",
  [`archives/${SHA}.zip`]: "x",
  [`index/${SHA}.root.json.bak`]: "x",
};
const root = [...tree("1").keys()][1] ?? "";
const rootText = textOf(tree("1")).get(root) ?? "";
const pointerText = textOf(tree("1")).get("registry.json") ?? "";

async function expectRefused(): Promise<void> {
  const before = contents(out);
  await expect(commitTree(out, tree("2"))).rejects.toMatchObject({ code: "NOT_A_PUBLISHED_TREE" });
  expect(contents(out)).toEqual(before);
}

describe("a stranger's registry.json opens no folder", () => {
  it.each([
    ["is empty", "", {}],
    ["is another program's", '{"repositories": []}', {}],
    ["is of its kind, without a root", '{"format": 1}', {}],
    ["names a root that is not there", pointerText, {}],
    ["names a root that is cut off", pointerText, { [root]: rootText.slice(0, -1) }],
    ["names a root of other bytes", pointerText, { [root]: rootText.replace("example", "Example") }],
    [
      "names a file that is no index root",
      textOf(new Map([["x", pointerTo(file("mine"))]])).get("x") ?? "",
      { [`index/${file("mine").sha256}.root.json`]: "mine" },
    ],
  ])("that %s", async (_, pointer, more) => {
    put({ ...MINE, ...more, "registry.json": pointer });
    await expectRefused();
  });

  it("that is of a later program", async () => {
    put({ ...MINE, "registry.json": '{"format": 2}' });
    const before = contents(out);
    await expect(commitTree(out, tree("2"))).rejects.toMatchObject({ code: "NEWER_FORMAT" });
    expect(contents(out)).toEqual(before);
  });

  it.skipIf(process.platform === "win32")("that is a link, a named pipe, or leads over a link", async () => {
    const real = join(folder, "real");
    await commitTree(real, tree("1"));
    put(MINE);
    symlinkSync(join(real, "registry.json"), join(out, "registry.json"));
    await expectRefused();
    rmSync(join(out, "registry.json"));
    execFileSync("mkfifo", [join(out, "registry.json")]);
    await expectRefused();
    rmSync(join(out, "registry.json"));
    rmSync(join(out, "index"), { recursive: true });
    writeFileSync(join(out, "registry.json"), pointerText);
    symlinkSync(join(real, "index"), join(out, "index"));
    await expectRefused();
  });
});

it("in a tree that is one, what no build writes is never removed, whatever folder it is in", async () => {
  await commitTree(out, tree("1"));
  put(MINE);
  await commitTree(out, tree("2"));
  expect(filesOf(out)).toEqual(new Map([...textOf(tree("2")), ...Object.entries(MINE)].sort()));
});

describe("a staging folder opens no folder", () => {
  const staging = ".ggen-marketplace-staging";

  it("that is empty, or notes nothing that holds", async () => {
    put(MINE);
    mkdirSync(join(out, staging));
    await expectRefused();
    for (const note of ["", "[]", '{"format":1}', '{"format":2,"files":[]}', '{"format":1,"files":[null]}']) {
      put({ [`${staging}/first.json`]: note });
      await expectRefused();
    }
  });

  it("whose note names files by path, and not their bytes", async () => {
    const mine = { "packages/mine/package.ttl": "<a> <b> <c> .", "schemas/package.schema.json": "{}" };
    put(mine);
    const files = Object.keys(mine).map((path) => [path, file("planted").sha256]);
    put({ [`${staging}/first.json`]: JSON.stringify({ format: 1, files }) });
    await expectRefused();
  });

  it("whose note names one file too few, or one that no build writes", async () => {
    put({ "packages/mine/package.ttl": "a", "packages/mine/notes.md": "b" });
    const note = (...paths: [string, string][]) =>
      JSON.stringify({ format: 1, files: paths.map(([path, text]) => [path, file(text).sha256]) });
    put({ [`${staging}/first.json`]: note(["packages/mine/package.ttl", "a"]) });
    await expectRefused();
    put({
      [`${staging}/first.json`]: note(["packages/mine/package.ttl", "a"], ["packages/mine/notes.md", "b"]),
    });
    await expectRefused();
  });

  it.skipIf(process.platform === "win32")("that is a link: what it leads to stays", async () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "0"), "mine");
    symlinkSync(elsewhere, join(out, staging));
    await expectRefused();
    await commitTree(join(folder, "other"), tree("1"));
    rmSync(join(out, staging));
    expect(readFileSync(join(elsewhere, "0"), "utf8")).toBe("mine");
  });

  it("that holds what no build puts there, also in a tree that is one", async () => {
    await commitTree(out, tree("1"));
    put({ [`${staging}/thesis.doc`]: "years of work" });
    await expectRefused();
  });

  it("and what a killed build left in an empty folder is swept", async () => {
    put({ [`${staging}/0`]: "half", [`${staging}/1.before`]: "x", [`${staging}/first.json.new`]: "{" });
    mkdirSync(join(out, "packages/alpha"), { recursive: true });
    await commitTree(out, tree("1"));
    expect(filesOf(out)).toEqual(textOf(tree("1")));
    expect(existsSync(join(out, staging))).toBe(false);
  });
});

it.each([
  "archives/x.tgz",
  `archives/${SHA}.tgz.x`,
  `archives/a/${SHA}.tgz`,
  `index/${SHA}.json`,
  "packages/package.ttl",
])("no build writes %s", (path) => expect(isOwned(path)).toBe(false));
