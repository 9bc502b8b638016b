import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { CeremonyRoom } from "../support/ceremony.ts";
import { codeOf, type Refusal, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { filesBelow } from "../support/published-tree.ts";

/** y needs x; z stands alone. */
function story() {
  const told = aRegistry();
  told.publisher(alice);
  told.package("x").release("1.0.0").signedBy(alice);
  told
    .package("y")
    .release("1.0.0", { dependencies: { x: "^1.0.0" } })
    .signedBy(alice);
  told.package("z").release("1.0.0").signedBy(alice);
  return told;
}

let room: CeremonyRoom;
let tree: string;
let root: string;
beforeAll(() => {
  room = new CeremonyRoom(story()).begin();
  tree = room.build("tree");
  room.must(room.publish(tree, "--first"));
  root = join(room.source, "trust/1.root.json");
});

let copy: string;
beforeEach(() => {
  copy = join(tempFolder("mirror"), "copy");
});

const run = (...words: readonly string[]) => room.run([...words, "--root", root, "--json"]);
const mirror = (...names: readonly string[]) => run("mirror", copy, ...names, "--registry", tree);
interface Copied {
  readonly fetched: { readonly files: number; readonly bytes: number };
  readonly removed: number;
}

describe("mirror", () => {
  test("makes a copy that is a registry: every command works on it, with the same root", () => {
    room.must(mirror());
    expect(run("list", "--registry", copy).json()).toMatchObject({ total: 3 });
    expect(run("verify", "--all", "--registry", copy, "--project", tempFolder("none")).json()).toMatchObject({
      ok: true,
    });
    const project = tempFolder("project");
    expect(run("install", "y", "--registry", copy, "--project", project).code).toBe(0);
    expect(readdirSync(join(project, "packs"))).toEqual(expect.arrayContaining(["x", "y"]));
    // And it can be copied again.
    const again = join(tempFolder("mirror"), "again");
    expect(run("mirror", again, "--registry", copy).code).toBe(0);
  });

  test("again, it fetches only what changed", () => {
    const first = room.must(mirror()).json<Copied>();
    const second = room.must(mirror()).json<Copied>();
    expect(second.fetched.files).toBeLessThan(first.fetched.files / 3);
    expect(second.removed).toBe(0);
    const before = filesBelow(copy);
    room.must(mirror());
    expect(filesBelow(copy)).toEqual(before);
  });

  test("an interrupted copy is no registry yet, and goes on where it stopped", () => {
    const whole = room.must(mirror()).json<Copied>();
    for (const name of ["registry.json", "trust", "v1"]) rmSync(join(copy, name), { recursive: true });
    const archives = readdirSync(join(copy, "archives"));
    rmSync(join(copy, "archives", archives[0] as string));
    expect(run("list", "--registry", copy).code).toBe(1);
    const rest = room.must(mirror()).json<Copied>();
    expect(rest.fetched.bytes).toBeLessThan(whole.fetched.bytes / 2);
    expect(run("verify", copy).json()).toMatchObject({ ok: true });
  });

  test("with some packages, and what they need; verify says what is not in it", () => {
    room.must(mirror("y"));
    expect(readdirSync(join(copy, "archives"))).toHaveLength(2);
    const { verified } = run("verify", copy).json<{
      verified: readonly { what: string; detail: string }[];
    }>();
    expect(verified.map(({ what }) => what)).toEqual(["index", "graph", "x@1.0.0", "y@1.0.0", "copy"]);
    expect(verified.at(-1)?.detail).toContain("1 release not in it");
    expect(run("install", "z", "--registry", copy, "--project", tempFolder("project")).code).toBe(1);
  });

  test("travels as a plain tar", () => {
    room.must(mirror());
    const there = tempFolder("there");
    const tar = join(there, "copy.tar");
    expect(spawnSync("tar", ["cf", tar, "-C", copy, "."]).status).toBe(0);
    mkdirSync(join(there, "unpacked"));
    expect(spawnSync("tar", ["xf", tar, "-C", join(there, "unpacked")]).status).toBe(0);
    expect(run("verify", join(there, "unpacked")).json()).toMatchObject({ ok: true });
  });
});

describe("mirror of a place that cannot be trusted", () => {
  test("bytes that are not their digest's are refused, and nothing becomes current", () => {
    const bad = join(tempFolder("bad"), "tree");
    cpSync(tree, bad, { recursive: true });
    const archive = join(bad, "archives", readdirSync(join(bad, "archives"))[0] as string);
    const bytes = readFileSync(archive);
    bytes[30] = (bytes[30] as number) ^ 1;
    writeFileSync(archive, bytes);
    const refused = run("mirror", copy, "--registry", bad);
    expect(codeOf(refused)).toBe("DIGEST_MISMATCH");
    expect(existsSync(join(copy, "registry.json"))).toBe(false);
    expect(existsSync(join(copy, "trust/timestamp.json"))).toBe(false);
    // The good part of it is of use: from the right place it goes on.
    expect(mirror().code).toBe(0);
    expect(run("verify", copy).json()).toMatchObject({ ok: true });
  });

  test("a folder with other things in it is left alone", () => {
    const mine = tempFolder("mine");
    writeFileSync(join(mine, "thesis.txt"), "work of years\n");
    const refused = run("mirror", mine, "--registry", tree);
    expect(codeOf(refused)).toBe("NOT_A_MIRROR");
    expect(readdirSync(mine)).toEqual(["thesis.txt"]);
    expect(refused.json<Refusal>().error.message).toContain("thesis.txt");
  });

  test.each(["index", "trust/roots", "mirror.json"])("a link at %s leads nowhere", (at) => {
    const outside = tempFolder("outside");
    mkdirSync(join(copy, dirname(at)), { recursive: true });
    symlinkSync(at.endsWith(".json") ? join(outside, "file") : outside, join(copy, at));
    expect(codeOf(mirror())).toBe("UNSAFE_PATH");
    expect(readdirSync(outside)).toEqual([]);
  });

  test("a damaged file of the copy is fetched again", () => {
    room.must(mirror());
    const archive = join(copy, "archives", readdirSync(join(copy, "archives"))[0] as string);
    writeFileSync(archive, "damaged");
    expect(run("verify", copy).json()).toMatchObject({ ok: false });
    room.must(mirror());
    expect(run("verify", copy).json()).toMatchObject({ ok: true });
  });
});
