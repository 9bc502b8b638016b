/** What only whole processes show: the machine's settings, threads, interrupts, disks. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLI, cli, startCli, tempFolder } from "../support/cli.ts";
import { alice, bob } from "../support/fixture-keys.ts";
import { hasTool } from "../support/tools.ts";
import { differences, filesBelow, Room, type Tree } from "./room.ts";
import { twoPublishers } from "./stories.ts";

/** More pieces than a build does before it starts threads. */
const PACKAGES = 60;

function many() {
  const story = twoPublishers();
  for (let at = 0; at < PACKAGES; at++)
    story
      .package(`many-${at}`)
      .release("1.0.0", { keywords: [`word${at}`] })
      .signedBy(at % 2 === 0 ? alice : bob);
  return story.build();
}

const home = tempFolder("home");
let room: Room;
let expected: Tree;

beforeAll(async () => {
  room = new Room();
  room.commit(many());
  expected = await room.coldTree();
});
afterAll(() => room.remove());

/** Unsigned: what is signed has the time in it. */
function buildTo(out: string, registry: string, env: Record<string, string> = {}) {
  return cli(["build", "--unsigned", "--registry", registry, "--out", out, "--quiet"], { env });
}

describe("the command writes the same bytes", () => {
  it("in several threads as in one", () => {
    const out = join(room.root, "threads");
    expect(buildTo(out, room.registry)).toMatchObject({ code: 0 });
    expect(differences(filesBelow(out), expected)).toEqual([]);
  });

  it.skipIf(!hasTool("taskset"))("on one core, where it starts no thread", () => {
    const out = join(room.root, "one-core");
    const build = ["build", "--unsigned", "--registry", room.registry, "--out", out];
    const words = ["-c", "0", process.execPath, CLI, ...build];
    const env = { ...process.env, GGEN_MARKETPLACE_HOME: tempFolder() };
    expect(spawnSync("taskset", words, { env }).status).toBe(0);
    expect(differences(filesBelow(out), expected)).toEqual([]);
  });

  it.each([
    ["UTC", "C"],
    ["Pacific/Kiritimati", "tr_TR.UTF-8"],
    ["America/St_Johns", "de_DE.UTF-8"],
  ])("in the time zone %s and the locale %s, from another folder", (TZ, LC_ALL) => {
    const registry = join(tempFolder("Übung ünd mehr"), "a registry");
    cpSync(room.registry, registry, { recursive: true });
    const out = join(room.root, `zone-${LC_ALL}`);
    expect(buildTo(out, registry, { TZ, LC_ALL, LANG: LC_ALL })).toMatchObject({ code: 0 });
    expect(differences(filesBelow(out), expected)).toEqual([]);
  });

  it("from a plain folder whose files were written in another order", () => {
    const registry = tempFolder("plain");
    const files = [...filesBelow(room.registry)].filter(([path]) => !path.startsWith(".git/")).reverse();
    for (const [path, bytes] of files) {
      mkdirSync(join(registry, path, ".."), { recursive: true });
      writeFileSync(join(registry, path), bytes);
    }
    const out = join(room.root, "plain");
    expect(buildTo(out, registry)).toMatchObject({ code: 0 });
    expect(differences(filesBelow(out), expected)).toEqual([]);
  });

  it("over a cache that was damaged, and mends it", () => {
    const out = join(room.root, "over-cache");
    const build = (to: string) =>
      cli(["build", "--unsigned", "--registry", room.registry, "--out", to, "--json"], { home });
    const run = () => build(out);
    expect(run().code).toBe(0);
    const pack = packFile(home);
    const whole = readFileSync(pack);
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const damaged = Uint8Array.from(whole).fill(0x55, whole.length * share, whole.length * share + 2000);
      writeFileSync(pack, damaged);
      // With the output gone every byte is needed again, from the cache or anew.
      const again = join(room.root, `over-cache-${share}`);
      expect(build(again).code).toBe(0);
      expect(differences(filesBelow(again), expected)).toEqual([]);
    }
    expect(run().json()).toMatchObject({ written: 0, removed: 0 });
  });
});

function packFile(of: string): string {
  const folder = join(of, "ggen-marketplace", "cache", "build");
  expect(readdirSync(folder)).toHaveLength(1);
  return join(folder, readdirSync(folder)[0] ?? "");
}

describe("a refused registry", () => {
  it("leaves the previous output untouched: exit 1, all problems, nothing written", () => {
    const broken = new Room();
    broken.commit(many());
    const build = () =>
      cli(["build", "--registry", broken.registry, "--out", broken.out, "--json"], { home: broken.root });
    expect(build().code).toBe(0);
    const before = filesBelow(broken.out);
    const times = timesBelow(broken.out);
    for (let at = 0; at < 10; at++)
      writeFileSync(join(broken.registry, `packages/many-${at}/1.0.0/content/README.md`), "# Changed\n");
    const refused = build();
    expect(refused.code).toBe(1);
    const { error } = refused.json<{
      error: { problems: { code: string; file: string; remedy: string }[] };
    }>();
    expect(new Set(error.problems.map(({ file }) => file)).size).toBe(10);
    for (const { remedy } of error.problems) expect(remedy).not.toBe("");
    expect(differences(filesBelow(broken.out), before)).toEqual([]);
    expect(timesBelow(broken.out)).toEqual(times);
    broken.remove();
  });
});

/** When each file and folder was last changed. */
function timesBelow(folder: string): Record<string, number> {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(entries.map((path) => [path, statSync(join(folder, path)).mtimeMs]));
}

describe("Ctrl-C in the middle of a build", () => {
  it("ends with 130, leaves the previous output byte for byte, and the next build goes through", async () => {
    const interrupted = new Room();
    interrupted.commit(twoPublishers().build());
    const words = ["build", "--unsigned", "--registry", interrupted.registry, "--out", interrupted.out];
    expect(cli(words, { home: interrupted.root }).code).toBe(0);
    const before = filesBelow(interrupted.out);
    interrupted.commit(many());
    let count = 0;
    for (const delayMs of [250, 400, 600, 900]) {
      const build = startCli(words, { home: tempFolder() });
      const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
        build.on("exit", (code, signal) => resolve({ code, signal })),
      );
      await sleep(delayMs);
      build.kill("SIGINT");
      const { code, signal } = await ended;
      if (code === 0) break;
      // Before the program has begun its work the signal ends it as it does any other.
      expect(code === 130 || signal === "SIGINT").toBe(true);
      if (code === 130) count++;
      expect(differences(filesBelow(interrupted.out), before)).toEqual([]);
      expect(readdirSync(interrupted.out).filter((name) => name.startsWith(".ggen"))).toEqual([]);
    }
    expect(count).toBeGreaterThan(0);
    expect(cli(words, { home: interrupted.root }).code).toBe(0);
    expect(differences(filesBelow(interrupted.out), expected)).toEqual([]);
    interrupted.remove();
  });
});

describe("a disk that refuses", () => {
  const isRoot = process.getuid?.() === 0;
  const canMount =
    isRoot &&
    spawnSync("sh", ["-c", "d=$(mktemp -d) && mount -t tmpfs none $d && umount $d && rmdir $d"]).status === 0;
  if (!canMount) console.warn("SKIPPED: no small disk can be mounted here");

  function refusal(out: string): string {
    const { code, json } = cli(["build", "--registry", room.registry, "--out", out, "--json"]);
    expect(code).toBe(1);
    return json<{ error: { code: string } }>().error.code;
  }

  it.skipIf(!canMount)("full: the previous output is as it was", () => {
    const small = new Room();
    small.commit(twoPublishers().build());
    mkdirSync(small.out);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=700k", "none", small.out]);
    try {
      expect(buildTo(small.out, small.registry)).toMatchObject({ code: 0 });
      const before = filesBelow(small.out);
      expect(refusal(small.out)).toBe("OUTPUT_FAILED");
      expect(differences(filesBelow(small.out), before)).toEqual([]);
    } finally {
      execFileSync("umount", [small.out]);
      small.remove();
    }
  });

  it.skipIf(!canMount)("read-only", () => {
    const out = tempFolder("read-only");
    execFileSync("mount", ["-t", "tmpfs", "none", out]);
    try {
      execFileSync("mount", ["-o", "remount,ro", out]);
      expect(refusal(out)).toBe("OUTPUT_FAILED");
    } finally {
      execFileSync("umount", [out]);
    }
  });

  it.skipIf(isRoot)("a folder without the right to write", () => {
    const out = tempFolder("closed");
    chmodSync(out, 0o555);
    expect(refusal(out)).toBe("OUTPUT_FAILED");
  });
});
