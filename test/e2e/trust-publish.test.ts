import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signMetadata } from "../../src/trust/tuf/write.ts";
import { CeremonyRoom } from "../support/ceremony.ts";
import { type CliResult, codeOf, type Refusal, startCli, tempFolder } from "../support/cli.ts";
import { alice, testKey } from "../support/fixture-keys.ts";

/** A registry with a signed first view in `tree`; each test has a copy of its own. */
let first: CeremonyRoom;
let room: CeremonyRoom;
let tree: string;
beforeAll(() => {
  first = new CeremonyRoom().begin();
  first.must(first.publish(first.build("tree"), "--first"));
});
beforeEach(() => {
  room = Object.create(first) as CeremonyRoom;
  const folder = tempFolder("room");
  cpSync(first.folder, folder, { recursive: true });
  Object.assign(room, { folder, source: join(folder, "registry"), home: tempFolder("home") });
  tree = join(folder, "tree");
});

const versions = (result: CliResult) =>
  room.must(result).json<{ versions: Record<string, number> }>().versions;
const metadata = (folder: string) =>
  Object.fromEntries(
    readdirSync(join(folder, "trust"))
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name, readFileSync(join(folder, "trust", name), "utf8")]),
  );
const problems = (result: CliResult) => result.json<Refusal>().error.problems.map(({ code }) => code);
const root = () => join(room.source, "trust/1.root.json");
const list = (folder: string) => room.run(["list", "--registry", folder, "--root", root(), "--json"]);

/** Yanks x@1.0.0, and commits it. */
function yank(): void {
  const words = [
    "--reason",
    "a hole",
    "--into",
    room.source,
    "--publisher",
    "alice",
    "--key",
    room.key("alice"),
  ];
  room.must(room.run(["state", "yank", "x@1.0.0", ...words]));
  room.commit("yank");
}

describe("trust publish", () => {
  test("a view follows the one before it: what is new has a higher version, and clients take it", () => {
    expect(list(tree).code).toBe(0);
    yank();
    const next = room.build("next");
    expect(versions(room.publish(next, "--previous", tree))).toEqual({
      ...{ root: 1, targets: 1, index: 2, snapshot: 2, timestamp: 2 },
    });
    expect(list(next).code).toBe(0);
    const shown = room.run(["show", "x", "--registry", next, "--root", root()]);
    expect(shown.stdout).toContain("Yanked: a hole");
    // Having seen it, the client takes the older one no more.
    expect(list(tree).stderr).toContain("version 2 was seen before");
  });

  test("the same view again: only the timestamp is new", () => {
    expect(versions(room.publish(room.build("same"), "--previous", tree))).toMatchObject({
      index: 1,
      snapshot: 1,
      timestamp: 2,
    });
  });

  test("the previous view may be served over http", async () => {
    const server = startCli(["serve", tree, "--port", "0", "--json"]);
    const url = await new Promise<string>((done) =>
      server.stdout.once("data", (bytes: Buffer) => done((JSON.parse(String(bytes)) as { url: string }).url)),
    );
    expect(versions(room.publish(room.build("next"), "--previous", url))).toMatchObject({ timestamp: 2 });
    server.kill("SIGINT");
  });

  test("--previous or --first must be said", () => {
    expect(room.publish(tree).code).toBe(2);
    expect(room.publish(tree, "--first", "--previous", tree).code).toBe(2);
  });

  test.each([
    [
      "missing",
      (previous: string) => rmSync(join(previous, "trust"), { recursive: true }),
      "METADATA_MISSING",
    ],
    ["torn", (previous: string) => rmSync(join(previous, "trust/1.index.json")), "METADATA_MISSING"],
    [
      "forged",
      (previous: string) => {
        const file = join(previous, "trust/timestamp.json");
        writeFileSync(file, readFileSync(file, "utf8").replace('"version":1}}', '"version":7}}'));
      },
      "METADATA_UNSIGNED",
    ],
  ])("a previous tree that is %s: nothing is signed", (_, damage, code) => {
    const previous = join(room.folder, "previous");
    cpSync(tree, previous, { recursive: true });
    damage(previous);
    const next = room.build("next");
    expect(codeOf(room.publish(next, "--previous", previous))).toBe(code);
    expect(existsSync(join(next, "trust/timestamp.json"))).toBe(false);
  });

  test("another commit than one that comes after what is published: nothing is signed", () => {
    room.git("checkout", "-q", "-b", "side", "HEAD~1");
    room.git("checkout", "-q", "main", "--", "trust");
    room.commit("side");
    expect(codeOf(room.publish(room.build("next"), "--previous", tree))).toBe("NOT_AN_ANCESTOR");
  });

  test("a statement that was published and is gone: nothing is signed", () => {
    yank();
    const next = room.build("next");
    room.must(room.publish(next, "--previous", tree));
    rmSync(join(room.source, "packages/x/statements/0002.toml"));
    rmSync(join(room.source, "packages/x/statements/0002.toml.sig"));
    room.commit("the yank never was");
    expect(problems(room.publish(room.build("third"), "--previous", next))).toEqual(["STATEMENT_LOST"]);
  });

  test("after a thief has published with the stolen key: the way back is said, and clients follow it", () => {
    const stolen = tempFolder("stolen");
    cpSync(room.source, stolen, { recursive: true });
    expect(list(tree).code).toBe(0);
    // The thief's own commit, which the registry does not have.
    const thief = Object.assign(Object.create(room) as CeremonyRoom, { source: stolen });
    thief.git("init", "-q", "-b", "main");
    thief.commit("mine");
    const hijacked = thief.build("hijacked");
    thief.must(thief.publish(hijacked, "--first"));
    room.must(room.trust("rotate", "--online-key", `${room.key("ci-2")}.pub`));
    room.signed();
    const next = room.build("next");
    const publish = (...words: readonly string[]) =>
      room.trust("publish", next, "--online-key", room.key("ci-2"), ...words);
    const refused = publish("--previous", hijacked);
    expect(codeOf(refused)).toBe("COMMIT_UNKNOWN");
    expect(refused.json<Refusal>().error.hint).toContain(
      "--previous COPY, one from before the theft, or --first",
    );
    room.must(publish("--previous", tree));
    expect(list(next).code).toBe(0);
  });

  test("a version that nothing can follow is refused, not signed", () => {
    const file = join(tree, "trust/timestamp.json");
    const metadata = JSON.parse(readFileSync(file, "utf8"));
    metadata.signed.version = Number.MAX_SAFE_INTEGER;
    writeFileSync(file, signMetadata(metadata.signed, [testKey("ci")]));
    const before = readFileSync(file, "utf8");
    const next = room.build("next");
    expect(codeOf(room.publish(next, "--previous", tree))).toBe("VERSION_EXHAUSTED");
    expect(existsSync(join(next, "trust/timestamp.json"))).toBe(false);
    expect(codeOf(room.trust("renew", tree, "--online-key", room.key("ci")))).toBe("VERSION_EXHAUSTED");
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("a place with nothing published is called so", () => {
    const next = room.build("next");
    expect(codeOf(room.publish(next, "--previous", join(room.folder, "nowhere")))).toBe("NOT_A_REGISTRY");
    expect(codeOf(room.trust("renew", room.source, "--online-key", room.key("ci")))).toBe("NOT_A_REGISTRY");
  });

  test("a key in the place of its path is refused, and no message has it", () => {
    const pem = readFileSync(room.key("ci"), "utf8");
    const seed = "2d71".repeat(16);
    for (const [words, code] of [
      [["renew", tree, `--online-key=${pem}`], "KEY_NOT_A_PATH"],
      [["renew", tree, "--online-key", pem], "USAGE"],
      [["renew", tree, "--online-key", seed], "KEY_NOT_A_PATH"],
      [["renew", tree, `--online-key=${pem.split("\n")[1]}`], "KEY_NOT_A_PATH"],
      [["sign", "--key", pem], "USAGE"],
      [["init", "--holders", pem, "--online-key", room.key("ci")], "USAGE"],
    ] as const) {
      const refused = room.trust(...words);
      expect(codeOf(refused)).toBe(code);
      expect(refused.stdout + refused.stderr).not.toMatch(/b3BlbnNzaC1r|2d712d71/);
    }
  });

  test("rolled back: the releases of an earlier commit, with what was said since", () => {
    room.must(
      room.run([
        "publish",
        release("x", "1.1.0"),
        "--into",
        room.source,
        "--publisher",
        "alice",
        "--key",
        room.key("alice"),
      ]),
    );
    room.commit("x 1.1.0");
    const bad = room.build("bad");
    room.must(room.publish(bad, "--previous", tree));
    yank();
    const back = room.build("back", "--releases-of", "HEAD~2");
    room.must(room.publish(back, "--previous", bad));
    const { package: shown } = room
      .run(["show", "x", "--registry", back, "--root", root(), "--json"])
      .json<{ package: { versions: readonly { version: string; yanked?: string }[] } }>();
    expect(shown.versions).toMatchObject([{ version: "1.0.0", yanked: "a hole" }]);
  });

  test("what was built is verified anew: a release that was exchanged is found, and nothing is signed", () => {
    const next = room.build("next");
    const archive = readdirSync(join(next, "archives"))[0] as string;
    const file = join(next, "archives", archive);
    const bytes = readFileSync(file);
    bytes[40] = (bytes[40] as number) ^ 1;
    writeFileSync(file, bytes);
    expect(codeOf(room.publish(next, "--previous", tree))).toBe("REFUSED");
    expect(existsSync(join(next, "trust/timestamp.json"))).toBe(false);
  });

  test("two signers at once: one of them signs", async () => {
    const next = room.build("next");
    const words = [
      "trust",
      "publish",
      next,
      "--registry",
      room.source,
      "--previous",
      tree,
      "--online-key",
      room.key("ci"),
    ];
    const codes = await Promise.all(
      [1, 2].map(
        () => new Promise<number | null>((done) => startCli(words, { home: room.home }).once("close", done)),
      ),
    );
    expect(codes).toContain(0);
    expect(list(next).code).toBe(0);
  });
});

describe("keys that sign online", () => {
  test("come from the environment too", () => {
    const next = room.build("next");
    const key = readFileSync(room.key("ci"), "utf8");
    const result = room.run(
      ["trust", "publish", next, "--registry", room.source, "--previous", tree, "--json"],
      {
        env: { GGEN_MARKETPLACE_ONLINE_KEY: key.trim() },
      },
    );
    expect(versions(result)).toMatchObject({ timestamp: 2 });
    expect(result.stdout + result.stderr).not.toContain(key.split("\n")[1]);
  });

  test("CI without a key fails, and says which variable is missing", () => {
    const result = room.run(["trust", "publish", tree, "--registry", room.source, "--previous", tree], {
      env: { CI: "true" },
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("GGEN_MARKETPLACE_ONLINE_KEY is not set");
  });

  test("never come from the registry", () => {
    cpSync(room.key("ci"), join(room.source, "ci-key"));
    const words = ["--previous", tree, "--online-key", join(room.source, "ci-key")];
    expect(codeOf(room.trust("publish", tree, ...words))).toBe("KEY_IN_REPOSITORY");
  });

  test("are those that the root lists", () => {
    const words = ["--previous", tree, "--online-key", room.key("mallory")];
    expect(codeOf(room.trust("publish", tree, ...words))).toBe("KEY_NOT_LISTED");
  });

  test("a key file that others can read is a warning", () => {
    chmodSync(room.key("ci"), 0o644);
    const words = [
      "trust",
      "renew",
      tree,
      "--registry",
      room.source,
      "--online-key",
      join(room.folder, "ci"),
    ];
    expect(room.run(words).stderr).toContain("can be read by others");
  });
});

describe("trust renew", () => {
  test("signs the same view for longer: only the timestamp changes", () => {
    const before = metadata(tree);
    room.must(room.trust("renew", tree, "--online-key", room.key("ci")));
    const after = metadata(tree);
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(["timestamp.json"]);
    expect(list(tree).code).toBe(0);
  });

  test("of an address, into another folder", async () => {
    const server = startCli(["serve", tree, "--port", "0", "--json"]);
    const url = await new Promise<string>((done) =>
      server.stdout.once("data", (bytes: Buffer) => done((JSON.parse(String(bytes)) as { url: string }).url)),
    );
    const out = join(room.folder, "renewed");
    room.must(room.trust("renew", url, "--out", out, "--online-key", room.key("ci")));
    server.kill("SIGINT");
    expect(JSON.parse(metadata(out)["timestamp.json"] ?? "").signed.version).toBe(2);
  });

  test("goes on with another key after the holders rotated it, and a client follows", () => {
    expect(list(tree).code).toBe(0);
    room.must(room.trust("rotate", "--online-key", `${room.key("ci-2")}.pub`));
    room.signed();
    expect(codeOf(room.trust("renew", tree, "--online-key", room.key("ci")))).toBe("KEY_NOT_LISTED");
    room.must(room.trust("renew", tree, "--online-key", room.key("ci-2")));
    expect(list(tree).code).toBe(0);
  });
});

/** A folder with package.toml and a file. */
function release(name: string, version: string): string {
  const folder = tempFolder("release");
  const manifest = [
    "format = 1",
    "[package]",
    `name = "${name}"`,
    `version = "${version}"`,
    `publisher = "${alice.publisher}"`,
  ];
  writeFileSync(
    join(folder, "package.toml"),
    `${manifest.join("\n")}\ndescription = "Again"\nlicense = "MIT"\n`,
  );
  writeFileSync(join(folder, "README.md"), "# again\n");
  return folder;
}
