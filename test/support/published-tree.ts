/** Published trees for tests: a story built by the program, as files on disk or in memory. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../../src/base/bytes.ts";
import { canonicalJson } from "../../src/base/json.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { aRegistry, type RegistryStory } from "./a-registry.ts";
import { cli, tempFolder } from "./cli.ts";
import { alice, bob } from "./fixture-keys.ts";

/** Builds the story to a new folder, signed with the development root of the tests' homes, and returns that. */
export function publishedTree(story: RegistryStory): string {
  return buildTo(join(tempFolder("tree"), "tree"), story);
}

/** What `tree` becomes, in a new folder, where the story is built over it: its metadata are the next versions. */
export function publishedAfter(tree: string, story: RegistryStory): string {
  const next = join(tempFolder("tree"), "tree");
  cpSync(tree, next, { recursive: true });
  return buildTo(next, story);
}

function buildTo(tree: string, story: RegistryStory): string {
  const source = story.writeTo(tempFolder("source"));
  const built = cli(["build", "--registry", source, "--out", tree]);
  if (built.code !== 0) throw new Error(`the registry of the test does not build:\n${built.stderr}`);
  return tree;
}

/** Puts the tree `next` in the place of the one in `folder`, as a deploy that keeps nothing does. */
export function replaceTree(folder: string, next: string): void {
  rmSync(folder, { recursive: true });
  cpSync(next, folder, { recursive: true });
}

/** Every file below a folder, by its path there. */
export function filesBelow(folder: string): Map<string, Uint8Array> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return new Map(
    files.map((path) => [path.split("\\").join("/"), new Uint8Array(readFileSync(join(folder, path)))]),
  );
}

/**
 * The tree with another index root and what it leads to, made to agree with registry.json, and not with its trust
 * metadata: for who opens it unsigned, or signs it (signed-tree.ts). A mirror can do no more than that, and for
 * nothing: no client asks registry.json.
 */
export function withRoot(
  files: ReadonlyMap<string, Uint8Array>,
  change: (root: Record<string, unknown>) => void,
  more: ReadonlyMap<string, Uint8Array> = new Map(),
): Map<string, Uint8Array> {
  const json = (path: string) => JSON.parse(Buffer.from(files.get(path) ?? []).toString());
  const pointer = json("registry.json");
  const root = json(`index/${pointer.root.sha256}.root.json`);
  change(root);
  const bytes = canonicalJson(root);
  const sha256 = nativeSha256(bytes);
  const tree = new Map([...files, ...more]);
  tree.set(`index/${sha256}.root.json`, bytes);
  tree.set("registry.json", utf8(JSON.stringify({ ...pointer, root: { sha256, length: bytes.length } })));
  return tree;
}

const TEMPLATE = `---
to: "out/text.txt"
force: true
sh_after: "echo done"
sparql: "SELECT ?s WHERE { ?s ?p ?o }"
---
body
`;

const PACK = (name: string) =>
  `[pack]\nname = "${name}"\nversion = "1.0.0"\ndescription = "A pack for tests"\n`;

/**
 * shared 1.0.0, 1.1.0 (yanked), 2.0.0 · left 1.0.0 needs shared ^1 · right 1.0.0 needs shared ^2 · tool 1.0.0, by
 * bob, runs a shell command and needs shared · old 0.9.0, deprecated for tool.
 */
export function aSmallRegistry(): RegistryStory {
  const story = aRegistry();
  story.publisher(alice, { title: "Alice" });
  story.publisher(bob);
  story
    .package("shared")
    .release("1.0.0", { description: "Terms that others share" })
    .release("1.1.0")
    .release("2.0.0")
    .yank("1.1.0", "a wrong term");
  story.package("left").release("1.0.0", { dependencies: { shared: "^1.0.0" } });
  story.package("right").release("1.0.0", { dependencies: { shared: "^2.0.0" } });
  story
    .package("tool")
    .release("1.0.0", {
      description: "Writes text files\n\nAnd says when it is done.",
      keywords: ["text", "writer"],
      dependencies: { shared: ">=1.0.0" },
      files: { "pack.toml": PACK("tool"), "ontology.ttl": "# empty\n", "templates/a.tmpl": TEMPLATE },
    })
    .signedBy(bob);
  story.package("old").release("0.9.0").deprecate("it was renamed", { replacement: "tool" });
  return story;
}
