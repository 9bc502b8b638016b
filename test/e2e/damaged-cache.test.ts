/** What a home folder keeps of a registry at an address, damaged by a crash, a full disk or a wrong clock; and a home that cannot be. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { cliServed, codeOf, DEVELOPMENT_NOTE, type Refusal, startCli, tempFolder } from "../support/cli.ts";
import { carol } from "../support/fixture-keys.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";
import { signedTree, tufRootOf } from "../support/signed-tree.ts";

const HOUR_S = 3600;

let files: ReadonlyMap<string, Uint8Array>;
let served: ReadonlyMap<string, Uint8Array>;
let asked: string[];
let url: string;
let home: string;
let stop: () => Promise<void>;

beforeAll(() => {
  files = filesBelow(publishedTree(aSmallRegistry()));
});

beforeEach(async () => {
  asked = [];
  served = files;
  home = tempFolder("home");
  const server = createServer((request, response) => {
    const path = (request.url ?? "").slice(1);
    asked.push(path);
    const bytes = served.get(path);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let isStopped = false;
  stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await new Promise((done) => (server.close(done), server.closeAllConnections()));
  };
});

afterEach(() => stop());

const cache = (...path: string[]) => join(home, "ggen-marketplace/cache", ...path);
const run = (...args: string[]) => cliServed([...args, "--registry", url], { home });
const polls = () => asked.filter((path) => path === "trust/timestamp.json").length;
/** Of a tree on this machine the root is looked at each time, for another may be served there. */
const askedBesides = () => asked.filter((path) => path !== "trust/1.root.json");

/** A file of what is kept of the registry, apart from the cache. */
function kept(name: string): string {
  const trust = join(home, "ggen-marketplace/trust");
  return join(trust, readdirSync(trust)[0] ?? "", name);
}

/** Without the note of what these metadata lead to, they are judged again. */
function forgetVerified(): void {
  rmSync(kept("verified.json"), { force: true });
}

function setAge(file: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(file, time, time);
}

describe("a cached file that has grown", () => {
  test("is fetched again, once; offline it is missing", async () => {
    await run("sync");
    const grow = () => {
      for (const path of filesBelow(cache("digest")).keys()) appendFileSync(cache("digest", path), "X");
    };
    grow();
    expect(codeOf(await run("search", "text", "--offline", "--json"))).toBe("OFFLINE_MISSING");
    grow();
    asked = [];
    const found = await run("search", "text");
    expect([found.code, found.stdout.startsWith("tool 1.0.0")]).toEqual([0, true]);
    expect(asked).not.toEqual([]);
    expect((await run("sync")).code).toBe(0);
    asked = [];
    expect((await run("search", "text")).code).toBe(0);
    expect(askedBesides()).toEqual([]);
  });
});

const BIT = "with one bit of its signature changed";
const WAYS: Readonly<Record<string, (file: string) => void>> = {
  missing: (file) => rmSync(file),
  empty: (file) => writeFileSync(file, ""),
  half: (file) => writeFileSync(file, readFileSync(file).subarray(0, 200)),
  [BIT]: (file) => {
    const text = readFileSync(file, "utf8");
    writeFileSync(
      file,
      text.replace(/"sig":"(.)/, (_, digit) => `"sig":"${digit === "0" ? "1" : "0"}`),
    );
  },
  "that is a folder": (file) => {
    rmSync(file);
    mkdirSync(file);
  },
};

describe.each([
  ...Object.keys(WAYS).map((way) => ["timestamp", way] as const),
  ...["snapshot", "targets", "index"].flatMap((role) => [[role, "missing"] as const, [role, BIT] as const]),
])("what is kept of %s, %s,", (role, way) => {
  beforeEach(async () => {
    await run("sync");
    forgetVerified();
    WAYS[way]?.(kept(`${role}.json`));
    asked = [];
  });

  test("counts as not kept: online it is fetched anew, and the rest is as it was", async () => {
    const { code, stderr } = await run("search", "text");
    expect([code, polls(), stderr.includes("error")]).toEqual([0, 1, false]);
    if (way === "that is a folder") return expect(stderr).toContain("could not be kept in");
    expect(JSON.parse(readFileSync(kept(`${role}.json`), "utf8"))).toHaveProperty("signatures");
    expect((await run("search", "text")).code).toBe(0);
    expect(polls()).toBe(1);
  });

  test("offline, and where nobody answers, the view of the last sync is read; without one there is nothing", async () => {
    expect(await run("search", "text", "--offline")).toMatchObject({ code: 0, stderr: DEVELOPMENT_NOTE });
    expect(asked).toEqual([]);
    setAge(kept("synced.json"), 3 * HOUR_S);
    await stop();
    const { code, stderr } = await run("search", "text");
    expect(code).toBe(0);
    expect(stderr).toContain("does not answer; this is its view of 3 hours ago");
    rmSync(kept("synced.json"));
    expect((await run("search", "text", "--offline", "--json")).json<Refusal>().error).toMatchObject({
      code: "OFFLINE_MISSING",
      message: `Nothing of ${url} is on this machine`,
      hint: expect.stringContaining("run `sync`"),
    });
    expect(codeOf(await run("search", "text", "--json"))).toBe("UNREACHABLE");
  });
});

describe.each(["missing", "empty", "half", "that is a folder"])("what `sync` has noted, %s,", (way) => {
  test("is not needed where the rest is whole, and is no view where it is not", async () => {
    await run("sync");
    WAYS[way]?.(kept("synced.json"));
    expect((await run("search", "text", "--offline")).code).toBe(0);
    forgetVerified();
    rmSync(kept("timestamp.json"));
    expect(codeOf(await run("search", "text", "--offline", "--json"))).toBe("OFFLINE_MISSING");
    expect((await run("search", "text")).code).toBe(0);
  });
});

test("a view of the last sync that has run out since is said to be old", async () => {
  await run("sync");
  const noted = JSON.parse(readFileSync(kept("synced.json"), "utf8"));
  const threeDays = 3 * 24 * HOUR_S * 1000;
  writeFileSync(kept("synced.json"), JSON.stringify({ ...noted, expires: Date.now() - threeDays }));
  expect((await run("search", "text", "--offline")).stderr).toBe(DEVELOPMENT_NOTE);
  forgetVerified();
  rmSync(kept("timestamp.json"));
  const { code, stderr } = await run("search", "text", "--offline");
  expect([code, stderr]).toEqual([0, expect.stringContaining("its signatures ran out 3 days ago")]);
});

describe("of a root that has followed the one that was pinned", () => {
  const [first, second] = [tufRootOf(carol), tufRootOf(carol, { version: 2 })];
  let pinned: string;

  beforeEach(() => {
    const { files: signed, sha256 } = signedTree(files, { by: carol });
    served = new Map([...signed, ["trust/2.root.json", second]]);
    expect(signed.get("trust/1.root.json")).toEqual(first);
    pinned = sha256;
  });

  test.each(Object.keys(WAYS))(
    "what is kept, %s, counts as not kept: the pinned one begins anew",
    async (way) => {
      const search = (...more: string[]) => run("search", "text", "--root", pinned, ...more);
      expect((await run("sync", "--root", pinned)).code).toBe(0);
      const file = join(home, "ggen-marketplace/trust", pinned, "root.json");
      expect(nativeSha256(readFileSync(file))).toBe(nativeSha256(second));
      forgetVerified();
      WAYS[way]?.(file);
      expect((await search("--offline")).code).toBe(0);
      // Nothing is asked again for that alone: where all else holds under the pinned root, it is the same view.
      expect((await run("sync", "--root", pinned)).code).toBe(0);
      if (way !== "that is a folder") expect(nativeSha256(readFileSync(file))).toBe(nativeSha256(second));
      expect((await search()).code).toBe(0);
    },
  );
});

describe("the time of the last answer", () => {
  test("that is in the future is not fresh, and is no age", async () => {
    await run("sync");
    setAge(kept("asked"), -1000 * HOUR_S);
    asked = [];
    for (let round = 0; round < 2; round++) expect((await run("search", "text")).code).toBe(0);
    expect(polls()).toBe(1);
    setAge(kept("asked"), -1000 * HOUR_S);
    await stop();
    const { code, stderr } = await run("search", "text");
    expect(code).toBe(0);
    expect(stderr).toContain("does not answer; this is its view of an unknown time");
  });

  test("is that of the registry's answer, however often the view is read", async () => {
    await run("sync");
    setAge(kept("asked"), 0.5 * HOUR_S);
    const answered = statSync(kept("asked")).mtimeMs;
    await run("search", "text");
    expect(statSync(kept("asked")).mtimeMs).toBe(answered);
    setAge(kept("asked"), 3 * HOUR_S);
    await stop();
    for (let round = 0; round < 2; round++)
      expect((await run("search", "text")).stderr).toContain("its view of 3 hours ago");
  });

  test("where there is none, the registry is asked", async () => {
    await run("sync");
    rmSync(kept("asked"));
    asked = [];
    for (let round = 0; round < 2; round++) expect((await run("search", "text")).code).toBe(0);
    expect(polls()).toBe(1);
  });
});

test("what is kept is written whole beside its file, and nothing is left there", async () => {
  await run("sync");
  rmSync(kept("timestamp.json"));
  await run("search", "text");
  expect(readdirSync(kept(".")).sort()).toEqual([
    "asked",
    "index.json",
    "seen",
    "snapshot.json",
    "synced.json",
    "targets.json",
    "timestamp.json",
    "verified.json",
  ]);
});

test.each(["missing", "empty", "half", "that is a folder"])(
  "the note of what was verified, %s, is no view: the metadata are judged again",
  async (way) => {
    await run("sync");
    WAYS[way]?.(kept("verified.json"));
    expect((await run("search", "text", "--offline")).code).toBe(0);
    rmSync(kept("timestamp.json"));
    rmSync(kept("synced.json"));
    expect(codeOf(await run("search", "text", "--offline", "--json"))).toBe("OFFLINE_MISSING");
    expect((await run("search", "text")).code).toBe(0);
  },
);

describe.skipIf(!existsSync("/proc/self"))("a home below /proc, where no folder can be made", () => {
  test.each([[["--version"]], [["search", "text"]]])("%j comes back", async (words) => {
    const root = nativeSha256(files.get("trust/1.root.json") ?? new Uint8Array());
    const args = words[0] === "search" ? [...words, "--registry", url, "--root", root] : words;
    const child = startCli(args, { env: { GGEN_MARKETPLACE_HOME: "/proc/nope" } });
    const tooLong = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.stdout.resume();
    child.stderr.resume();
    expect(await new Promise((done) => child.once("close", (code, signal) => done(code ?? signal)))).toBe(0);
    clearTimeout(tooLong);
  });
});
