/** T15, as a client sees it: with a key of two publishers nobody could tell whose word a statement is. */
import { expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { memoryReader } from "../../src/client/reader.ts";
import { openUnsigned } from "../../src/client/registry.ts";
import { foldEveryPublisher } from "../../src/client/verify-archive.ts";
import { clientTrustPorts, nativeSha256 } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { parseRatification, type Ratification, writeRatification } from "../../src/trust/ratification.ts";
import { aRegistry, writeFiles } from "../support/a-registry.ts";
import { cli, codeOf, tempFolder } from "../support/cli.ts";
import { alice, bob, mallory, testKey } from "../support/fixture-keys.ts";
import { filesBelow, publishedTree, withRoot } from "../support/published-tree.ts";
import { ratifiedOf, signedTree } from "../support/signed-tree.ts";

/** bob, who owns x with alice; the second time with alice's own key. No build would publish that. */
function storyWith(second: typeof bob) {
  const story = aRegistry();
  story.publisher(alice);
  story.publisher(second, { name: "bob" });
  story.package("x").release("1.0.0").addOwner("bob");
  story.package("y").release("1.0.0");
  return story;
}

/** The tree of the honest story, with the publishers' records of a host that registered one key twice. */
function hostileTree(): Map<string, Uint8Array> {
  const files = filesBelow(publishedTree(storyWith(bob)));
  const forged = storyWith(testKey("alice", 1)).build();
  const text = (path: string) => new TextDecoder().decode(forged.get(path));
  const chain = (name: string) => ({
    file: `publishers/${name}/statements/0001.toml`,
    statement: text(`publishers/${name}/statements/0001.toml`),
    signature: text(`publishers/${name}/statements/0001.toml.sig`),
  });
  const { id, openssh } = alice.publicKey;
  const records = ["alice", "bob"].map((name) => ({
    name,
    keys: [{ id, openssh, state: "active" }],
    packages: ["x"],
    statements: [chain(name)],
  }));
  const raw = utf8(JSON.stringify(records));
  const part = new Uint8Array(process.getBuiltinModule("node:zlib").deflateRawSync(raw));
  const manifest = utf8(
    JSON.stringify({ format: 1, bits: 0, parts: [[nativeSha256(part), part.length, raw.length]] }),
  );
  const ref = { sha256: nativeSha256(manifest), length: manifest.length };
  const more = new Map([
    [`index/${nativeSha256(part)}.records`, part],
    [`index/${ref.sha256}.section.json`, manifest],
  ]);
  return withRoot(files, (root) => Object.assign(root.sections as object, { publishers: ref }), more);
}

test("a key of two publishers is refused where both have a part in a package", async () => {
  const tree = hostileTree();
  const registry = await openUnsigned({
    reader: memoryReader(tree),
    ports: clientTrustPorts,
    inflate: nativeInflate,
  });
  await expect(registry.download("x", "1.0.0")).rejects.toMatchObject({
    code: "KEY_SHARED",
    problems: [{ code: "KEY_SHARED", rule: "T15" }],
  });
  // Whoever has no part in it can give nobody a right: bob's chain is not asked for.
  expect((await registry.download("y", "1.0.0")).signature.publisher).toBe("alice");
  expect(await foldEveryPublisher(registry)).toMatchObject({ ok: false, problems: [{ code: "KEY_SHARED" }] });
});

/** bob's second registration, ratified as if the maintainers had not looked either. */
function carelesslyRatified(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const honest = parseRatification(ratifiedOf(files), "ratified.json");
  if (!honest.ok) throw new Error("the build ratified nothing");
  const forged = storyWith(testKey("alice", 1)).build().get("publishers/bob/statements/0001.toml");
  const publishers: Ratification["publishers"] = new Map([
    ...honest.value.publishers,
    [bob.publisher, nativeSha256(forged ?? new Uint8Array())],
  ]);
  return writeRatification({ ...honest.value, publishers });
}

test("install and verify refuse it, and verify of a whole tree finds it among all publishers", () => {
  const files = hostileTree();
  const { files: tree, sha256 } = signedTree(files, { by: mallory, ratified: carelesslyRatified(files) });
  const folder = tempFolder("tree");
  writeFiles(tree, folder);
  const words = ["--root", sha256, "--json"];
  const project = tempFolder("project");
  const installed = cli(["install", "x", "--registry", folder, "--project", project, ...words]);
  expect([installed.code, installed.json()]).toMatchObject([1, { error: { code: "KEY_SHARED" } }]);
  const verified = cli(["verify", folder, ...words]).json<{
    verified: { what: string; problems: unknown[] }[];
  }>();
  expect(verified.verified[0]).toMatchObject({
    what: "index",
    ok: false,
    problems: [{ code: "KEY_SHARED" }],
  });
});

test("and where the maintainers have ratified the honest registration, nothing of the other one is believed", () => {
  const { files: tree, sha256 } = signedTree(hostileTree(), { by: mallory });
  const folder = tempFolder("tree");
  writeFiles(tree, folder);
  const project = tempFolder("project");
  const words = ["--registry", folder, "--root", sha256, "--project", project, "--json"];
  expect(codeOf(cli(["install", "x", ...words]))).toBe("REGISTRATION_NOT_RATIFIED");
});
