/** What a change may do to the past of a registry, and which keys may sign what is new. */
import { describe, expect, it } from "vitest";
import { compareText } from "../../src/base/order.ts";
import type { SourceTree } from "../../src/build/source.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { judgeHistory } from "../../src/publish/judge-history.ts";
import { aRegistry, type RegistryStory } from "../support/a-registry.ts";
import { alice, aliceNext, bob, maintainer } from "../support/fixture-keys.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** As git gives it: `vouched` are the folders whose bytes it vouches for, by an id. */
function treeOf(files: Files, vouched: ReadonlyMap<string, string> = new Map()): SourceTree {
  const paths = [...files.keys()].sort(compareText);
  return {
    paths: () => paths,
    treeId: (folder) => vouched.get(folder),
    read(path) {
      const bytes = files.get(path);
      if (bytes === undefined) throw new Error(`nobody should read ${path}`);
      return bytes;
    },
    readFolder: () => new Map(),
    problems: [],
  };
}

const judged = (before: Files, now: Files) => judgeHistory(treeOf(before), treeOf(now), nodeTrustPorts);
const told = (before: Files, now: Files) => judged(before, now).map(({ code, file }) => `${code} ${file}`);

/** x 1.0.0 by alice's first key, bob an owner too; then what `more` says. */
function story(more: (story: RegistryStory) => void = () => {}): Files {
  const registry = aRegistry({ maintainers: [maintainer] });
  registry.publisher(alice);
  registry.publisher(bob);
  registry.package("x", { claimedBy: alice }).release("1.0.0").addOwner(bob).signedBy(alice);
  more(registry);
  return registry.build();
}

const rotated = (said: RegistryStory) => said.publisher(alice).addKey(aliceNext, { replaces: alice });
const revoked = (said: RegistryStory) =>
  said
    .publisher(alice)
    .addKey(aliceNext)
    .revokeKey(alice, { releases: ["x@1.0.0", "x@1.1.0"], statements: ["x#1", "x#2"] })
    .signedBy(aliceNext);

const without = (files: Files, prefix: string): Files =>
  new Map([...files].filter(([path]) => !path.startsWith(prefix)));
const withFile = (files: Files, path: string, text: string): Files =>
  new Map([...files, [path, new TextEncoder().encode(text)]]);

describe("what is new is signed by a key that is active now", () => {
  it("a release by a key that was replaced before is refused, an old one by it is not", () => {
    const before = story(rotated);
    const now = story((said) => {
      rotated(said);
      said.package("x").release("1.1.0").signedBy(alice);
    });
    expect(judged(before, now)).toMatchObject([
      {
        code: "RELEASE_BY_INACTIVE_KEY",
        file: "packages/x/1.1.0/SHA256SUMS.sig",
        expected: aliceNext.publicKey.id,
        found: alice.publicKey.id,
        rule: "H3",
      },
    ]);
    expect(told(now, now)).toEqual([]);
  });

  it("a release by the key that replaced it is good, and so is one by another owner", () => {
    const now = story((said) => {
      rotated(said);
      said.package("x").release("1.1.0").signedBy(aliceNext).release("1.2.0").signedBy(bob);
    });
    expect(told(story(rotated), now)).toEqual([]);
    expect(told(story(), now)).toEqual([]);
  });

  it("a release by a key that is replaced, or revoked, in the same change is refused", () => {
    const release = (said: RegistryStory) => said.package("x").release("1.1.0").signedBy(alice);
    for (const change of [rotated, revoked]) {
      const now = story((said) => {
        release(said);
        change(said);
      });
      expect(told(story(), now)).toContain("RELEASE_BY_INACTIVE_KEY packages/x/1.1.0/SHA256SUMS.sig");
    }
  });

  it("a release by a revoked key that the revocation lists is refused where it is new", () => {
    const now = story((said) => {
      said.package("x").release("1.1.0").signedBy(alice);
      revoked(said);
    });
    const before = without(now, "packages/x/1.1.0/");
    expect(told(before, now)).toEqual(["RELEASE_BY_INACTIVE_KEY packages/x/1.1.0/SHA256SUMS.sig"]);
  });

  it("the first release of a new package, and of a new registry, is judged alike", () => {
    const now = story((said) => {
      rotated(said);
      said.package("y", { claimedBy: alice }).release("1.0.0").signedBy(alice);
    });
    expect(told(story(rotated), now)).toEqual([
      "RELEASE_BY_INACTIVE_KEY packages/y/1.0.0/SHA256SUMS.sig",
      "STATEMENT_BY_INACTIVE_KEY packages/y/statements/0001.toml",
    ]);
    expect(told(new Map(), story())).toEqual([]);
  });

  it("a statement about a package by a key that was replaced before is refused, a maintainer's is not", () => {
    const yank = (key: typeof alice) =>
      story((said) => {
        rotated(said);
        said.package("x").yank("1.0.0", "wrong").signedBy(key);
      });
    expect(told(story(rotated), yank(alice))).toEqual([
      "STATEMENT_BY_INACTIVE_KEY packages/x/statements/0003.toml",
    ]);
    for (const key of [aliceNext, bob, maintainer]) expect(told(story(rotated), yank(key))).toEqual([]);
  });
});

describe("what was there stays", () => {
  const before = story((said) => said.package("x").release("1.1.0").yank("1.1.0", "wrong"));

  it("a release that was removed, whole or in part", () => {
    expect(told(before, without(before, "packages/x/1.0.0/"))).toEqual(["RELEASE_REMOVED packages/x/1.0.0"]);
    expect(told(before, without(before, "packages/x/1.0.0/content/README.md"))).toEqual([
      "RELEASE_REMOVED packages/x/1.0.0/content/README.md",
    ]);
    expect(told(before, without(before, "packages/"))).toEqual([
      "RELEASE_REMOVED packages/x/1.0.0",
      "RELEASE_REMOVED packages/x/1.1.0",
      ...[1, 2, 3].flatMap((n) =>
        ["", ".sig"].map((end) => `STATEMENT_REMOVED packages/x/statements/000${n}.toml${end}`),
      ),
    ]);
  });

  it("a release that was made anew under the same version, signed by its owner", () => {
    const now = story((said) =>
      said
        .package("x")
        .release("1.1.0", { files: { "README.md": "other\n", "new.txt": "new\n" } })
        .yank("1.1.0", "wrong"),
    );
    expect(told(before, now)).toEqual([
      "RELEASE_CHANGED packages/x/1.1.0/SHA256SUMS",
      "RELEASE_CHANGED packages/x/1.1.0/SHA256SUMS.sig",
      "RELEASE_CHANGED packages/x/1.1.0/content/README.md",
      "RELEASE_REMOVED packages/x/1.1.0/content/ontology.ttl",
      "RELEASE_CHANGED packages/x/1.1.0/content/new.txt",
    ]);
  });

  it("the end of a chain that was cut off: a yank, a rotation", () => {
    expect(told(before, without(before, "packages/x/statements/0003.toml"))).toEqual([
      "STATEMENT_REMOVED packages/x/statements/0003.toml",
      "STATEMENT_REMOVED packages/x/statements/0003.toml.sig",
    ]);
    const chain = story(rotated);
    expect(told(chain, without(chain, "publishers/alice/statements/0002"))).toEqual([
      "STATEMENT_REMOVED publishers/alice/statements/0002.toml",
      "STATEMENT_REMOVED publishers/alice/statements/0002.toml.new.sig",
      "STATEMENT_REMOVED publishers/alice/statements/0002.toml.sig",
    ]);
  });

  it("a statement that was replaced by another", () => {
    const now = story((said) => said.package("x").release("1.1.0").yank("1.0.0", "wrong"));
    expect(told(before, now)).toContain("STATEMENT_CHANGED packages/x/statements/0003.toml");
  });

  it("who may do what is a warning: registry.toml and the maintainers", () => {
    const path = "trust/maintainers.toml";
    for (const now of [withFile(before, path, "format = 1\nkeys = []\n"), without(before, path)])
      expect(judged(before, now)).toMatchObject([
        { code: "ROOT_OF_TRUST_CHANGED", severity: "warning", file: path, rule: "H4" },
      ]);
  });

  it("what git vouches for on both sides is not read", () => {
    const ids = new Map([
      ["packages/x/1.0.0", "id"],
      ["packages/x/1.1.0", "id"],
      ["packages/x/statements", "id"],
    ]);
    const unread = new Map([...before].map(([path, bytes]) => [path, bytes] as const));
    const tree = treeOf(unread, ids);
    const strict: SourceTree = {
      ...tree,
      read(path) {
        if (path.startsWith("packages/")) throw new Error(`nobody should read ${path}`);
        return tree.read(path);
      },
    };
    expect(judgeHistory(strict, strict, nodeTrustPorts)).toEqual([]);
  });
});
