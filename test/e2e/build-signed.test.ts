/** What `build` signs, and where it leaves that to somebody else. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cli, type Refusal, tempFolder } from "../support/cli.ts";
import { aSmallRegistry, filesBelow } from "../support/published-tree.ts";

let source: string;
let more: string;

beforeAll(() => {
  source = aSmallRegistry().writeTo(tempFolder("source"));
  const story = aSmallRegistry();
  story.package("shared").release("2.1.0");
  more = story.writeTo(tempFolder("source"));
});

const newTree = () => join(tempFolder("tree"), "tree");
const signedFiles = (tree: string) =>
  readdirSync(join(tree, "trust"), { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".json"),
  );

function build(tree: string, from = source, ...words: string[]) {
  const built = cli(["build", "--registry", from, "--out", tree, "--json", ...words]);
  expect([built.code, built.stderr]).toEqual([0, ""]);
  return built.json();
}

/** The version of each role that the metadata in `tree` lead to. */
function versions(tree: string): Record<string, number> {
  const signed = (file: string) => JSON.parse(readFileSync(join(tree, "trust", file), "utf8")).signed;
  const timestamp = signed("timestamp.json");
  const snapshot = timestamp.meta["snapshot.json"].version;
  const { meta } = signed(`${snapshot}.snapshot.json`);
  return {
    timestamp: timestamp.version,
    snapshot,
    index: meta["index.json"].version,
    targets: meta["targets.json"].version,
  };
}

describe("in CI", () => {
  const run = (CI: string, tree: string, ...words: string[]) =>
    cli(["build", "--registry", source, "--out", tree, "--json", ...words], { env: { CI } });

  test("a build that is to be signed is refused, naming the variable, and nothing is written", () => {
    for (const CI of ["true", "1"]) {
      const tree = newTree();
      const refused = run(CI, tree);
      expect(refused.code).toBe(1);
      expect(refused.json<Refusal>().error).toMatchObject({
        code: "NO_ONLINE_KEY",
        message: expect.stringMatching(/CI is set.*takes no key.*nothing was built/),
        hint: expect.stringMatching(/--unsigned.*trust publish.*GGEN_MARKETPLACE_ONLINE_KEY/),
      });
      expect(existsSync(tree)).toBe(false);
    }
  });

  test("it is done --unsigned, or where --development is asked for; CI=false is no CI", () => {
    for (const [CI, word, signed] of [
      ["true", "--unsigned", "no"],
      ["true", "--development", "development"],
      ["false", "--quiet", "development"],
      ["", "--quiet", "development"],
    ] as const) {
      const tree = newTree();
      expect(run(CI, tree, word).json()).toMatchObject({ signed });
      expect(existsSync(join(tree, "trust/timestamp.json"))).toBe(signed !== "no");
    }
  });
});

describe("--unsigned", () => {
  test("leaves no trust metadata in the folder, also where an earlier build had signed there", () => {
    const fresh = newTree();
    expect(build(fresh, source, "--unsigned")).toMatchObject({ signed: "no" });
    expect(signedFiles(fresh)).toEqual([]);
    const signed = newTree();
    build(signed);
    expect(signedFiles(signed)).toHaveLength(7);
    // What the first build noted in its home is not known to the second.
    build(signed, source, "--unsigned");
    expect(signedFiles(signed)).toEqual([]);
    expect(filesBelow(signed)).toEqual(filesBelow(fresh));
  });

  test("says that no client reads it yet", () => {
    const { stdout } = cli(["build", "--unsigned", "--registry", source, "--out", newTree()]);
    expect(stdout).toContain("Not signed: no client reads it before `trust publish` has signed it.\n");
  });
});

describe("a second build in the same folder", () => {
  test("raises the version of what has changed, and keeps index and snapshot where nothing did", () => {
    const tree = newTree();
    build(tree);
    expect(versions(tree)).toEqual({ timestamp: 1, snapshot: 1, index: 1, targets: 1 });
    build(tree);
    expect(versions(tree)).toEqual({ timestamp: 2, snapshot: 1, index: 1, targets: 1 });
    build(tree, more);
    expect(versions(tree)).toEqual({ timestamp: 3, snapshot: 2, index: 2, targets: 1 });
    // Those that were replaced are gone.
    expect(signedFiles(tree)).toHaveLength(7);
    expect(cli(["show", "shared", "--registry", tree, "--json"]).json()).toMatchObject({ latest: "2.1.0" });
  });

  test("ratifies a new name in the next version of targets", () => {
    const tree = newTree();
    build(tree);
    const story = aSmallRegistry();
    story.package("extra").release("1.0.0");
    build(tree, story.writeTo(tempFolder("source")));
    expect(versions(tree)).toEqual({ timestamp: 2, snapshot: 2, index: 2, targets: 2 });
    expect(cli(["show", "extra", "--registry", tree]).code).toBe(0);
  });

  test.each(["timestamp.json", "1.snapshot.json", "1.index.json", "1.targets.json", "1.root.json"])(
    "begins anew where %s was damaged, and what it writes is whole",
    (file) => {
      const tree = newTree();
      build(tree);
      build(tree);
      const damaged = join(tree, "trust", file);
      writeFileSync(damaged, readFileSync(damaged).subarray(0, 100));
      build(tree);
      const timestamp = file === "1.root.json" ? 3 : 1;
      expect(versions(tree)).toEqual({ timestamp, snapshot: 1, index: 1, targets: 1 });
      expect(cli(["verify", tree]).code).toBe(0);
    },
  );
});
