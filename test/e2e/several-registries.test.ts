/** Several registries at once: whose a name is, where dependencies come from, and what a project may decide. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aRegistry, writeFiles } from "../support/a-registry.ts";
import { type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { cli, codeOf, type Refusal, tempFolder } from "../support/cli.ts";
import { alice, bob, testKey } from "../support/fixture-keys.ts";

interface Place {
  readonly signed: SignedRegistry;
  readonly tree: string;
  readonly root: string;
}

function place(signed: SignedRegistry): Place {
  const tree = tempFolder("tree");
  writeFiles(signed.files, tree);
  const root = join(tempFolder("root"), "root.json");
  writeFileSync(root, signed.root);
  return { signed, tree, root };
}

/** Both have "shared"; only one has "tool", which needs its own. */
function acme() {
  const story = aRegistry({ iri: "https://acme.example/", name: "acme" });
  story.publisher(alice);
  story.package("shared").release("1.0.0", { description: "Acme's own" }).signedBy(alice);
  story
    .package("tool")
    .release("1.0.0", { dependencies: { shared: "^1.0.0" } })
    .signedBy(alice);
  return story;
}

function open() {
  const story = aRegistry({ iri: "https://open.example/", name: "open" });
  story.publisher(bob);
  story.package("shared", { claimedBy: bob }).release("1.5.0", { description: "Everybody's" }).signedBy(bob);
  story.package("other", { claimedBy: bob }).release("1.0.0").signedBy(bob);
  return story;
}

let places: { readonly acme: Place; readonly open: Place };
let home: string;
let project: string;
beforeAll(() => {
  places = { acme: place(signedRegistry(acme())), open: place(signedRegistry(open())) };
});
beforeEach(() => {
  home = tempFolder("home");
  project = tempFolder("project");
  for (const [name, { tree, root }] of Object.entries(places))
    expect(cli(["registry", "add", tree, "--root", root, "--name", name], { home }).code).toBe(0);
});

const run = (...words: readonly string[]) => cli([...words, "--json"], { home });
const install = (...words: readonly string[]) => run("install", ...words, "--project", project);
const lock = () => readFileSync(join(project, "ggen-marketplace.lock"), "utf8");

describe("several registries", () => {
  test("search and list look in all of them, and say which", () => {
    const { packages } = run("list").json<{ packages: readonly { name: string; registry: string }[] }>();
    expect(packages.map(({ name, registry }) => `${registry}/${name}`).sort()).toEqual([
      "acme/shared",
      "acme/tool",
      "open/other",
      "open/shared",
    ]);
    const found = run("search", "shared").json<{ packages: readonly { name: string; registry: string }[] }>();
    expect(found.packages.map(({ registry }) => registry).sort()).toEqual(["acme", "open"]);
  });

  test("a top-level name that two of them have is an error until it is said whose", () => {
    const refused = install("shared");
    expect(codeOf(refused)).toBe("NAME_OF_TWO_REGISTRIES");
    expect(refused.json<Refusal>().error.message).toContain('"acme" and "open"');
    expect(codeOf(run("show", "shared"))).toBe("NAME_OF_TWO_REGISTRIES");
    expect(install("shared", "--registry", "open").code).toBe(0);
    // From then on the lock says it.
    expect(install("shared").code).toBe(0);
    expect(lock()).toContain('registry = "https://open.example/"');
    expect(run("verify", "--project", project).json()).toMatchObject({ ok: true });
  });

  test("a dependency comes from its parent's registry, whoever else has the name", () => {
    expect(install("tool").json()).toMatchObject({
      installed: [
        { package: "shared", version: "1.0.0" },
        { package: "tool", version: "1.0.0" },
      ],
    });
    expect(lock().match(/registry = "https:\/\/acme\.example\/"/g)).toHaveLength(2);
  });

  test("packages of both go into one project; two of one name do not", () => {
    expect(install("tool", "other").code).toBe(0);
    expect(run("verify", "--project", project).json()).toMatchObject({ ok: true });
    expect(codeOf(install("shared", "--registry", "open"))).toBe("OTHER_REGISTRY");
  });

  test("a lock that names a registry which was not added is refused: a project adds none", () => {
    expect(install("tool").code).toBe(0);
    expect(run("registry", "remove", "acme").code).toBe(0);
    const { tree, root } = places.open;
    expect(cli(["registry", "add", tree, "--root", root, "--name", "again"], { home }).code).toBe(0);
    const another = place(
      signedRegistry(aRegistry({ iri: "https://third.example/" }).publisher(alice).registry),
    );
    expect(
      cli(["registry", "add", another.tree, "--root", another.root, "--name", "third"], { home }).code,
    ).toBe(0);
    expect(codeOf(install())).toBe("OTHER_REGISTRY");
  });
});

describe("registry add", () => {
  test("takes what verifies today, under a root of that registry, and nothing else", () => {
    const fresh = tempFolder("home");
    const add = (tree: string, root: string) =>
      cli(["registry", "add", tree, "--root", root, "--json"], { home: fresh });
    // Signed by the same people: the index says that it is another registry.
    expect(codeOf(add(places.acme.tree, places.open.root))).toBe("OTHER_REGISTRY");
    expect(codeOf(add(places.acme.tree, "0".repeat(64)))).toBe("BAD_ROOT");
    expect(codeOf(add(places.acme.tree, "nothing-there"))).toBe("BAD_ROOT");
    expect(add(places.acme.tree, places.acme.root).json()).toMatchObject({ name: "acme", rootVersion: 1 });
    expect(cli(["registry", "list", "--json"], { home: fresh }).json()).toMatchObject({
      registries: [{ name: "acme", iri: "https://acme.example/" }],
    });
  });

  test("a name is given once; the only registry is meant where none is named", () => {
    const fresh = tempFolder("home");
    const { acme, open } = places;
    cli(["registry", "add", acme.tree, "--root", acme.root, "--name", "one"], { home: fresh });
    const again = cli(["registry", "add", open.tree, "--root", open.root, "--name", "one", "--json"], {
      home: fresh,
    });
    expect(codeOf(again)).toBe("REGISTRY_KNOWN");
    expect(cli(["show", "tool"], { home: fresh }).code).toBe(0);
  });
});

describe("one registry in two places", () => {
  test("is one: no name is doubled, and the first place is read", () => {
    const fresh = tempFolder("home");
    const at = (...words: readonly string[]) => cli([...words, "--json"], { home: fresh });
    const { acme } = places;
    const copy = tempFolder("copy");
    writeFiles(acme.signed.files, copy);
    expect(at("registry", "add", acme.tree, "--root", acme.root).code).toBe(0);
    const unnamed = at("registry", "add", copy, "--root", acme.root);
    expect(codeOf(unnamed)).toBe("REGISTRY_KNOWN");
    expect(unnamed.json<Refusal>().error.message).toContain('You have this registry already, as "acme"');
    expect(at("registry", "add", copy, "--root", acme.root, "--name", "usb").code).toBe(0);
    expect(at("search", "tool").json<{ packages: readonly unknown[] }>().packages).toHaveLength(1);
    expect(at("install", "tool", "--project", tempFolder("project")).code).toBe(0);
    expect(at("show", "tool", "--registry", "usb").code).toBe(0);
  });

  test("by two roots is refused: one would be believed for the other", () => {
    const fresh = tempFolder("home");
    const { acme } = places;
    cli(["registry", "add", acme.tree, "--root", acme.root], { home: fresh });
    const story = aRegistry({ iri: "https://acme.example/" }).publisher(alice).registry;
    const other = place(signedRegistry(story, { online: testKey("ci-2") }));
    const refused = cli(["registry", "add", other.tree, "--root", other.root, "--name", "x", "--json"], {
      home: fresh,
    });
    expect(codeOf(refused)).toBe("OTHER_ROOT");
  });
});

describe("the lock remembers what was said", () => {
  test("a view that takes back a yank it saw is refused, though it is signed", () => {
    const yanked = acme();
    yanked.package("tool").yank("1.0.0", "a hole").signedBy(alice);
    const newer = signedRegistry(yanked, { after: places.acme.signed, ceremonyOf: places.acme.signed });
    const hidden = signedRegistry(acme(), { after: newer, ceremonyOf: places.acme.signed });
    const at = (signed: SignedRegistry) => {
      const { tree } = place(signed);
      return ["--registry", tree, "--root", places.acme.root, "--project", project, "--json"];
    };
    expect(cli(["install", "tool@1.0.0", ...at(places.acme.signed)], { home }).code).toBe(0);
    expect(cli(["install", ...at(newer)], { home }).code).toBe(0);
    const refused = cli(["install", ...at(hidden)], { home: tempFolder("another-home") });
    expect(codeOf(refused)).toBe("STATEMENTS_WITHDRAWN");
    const verified = cli(["verify", ...at(hidden)], { home: tempFolder("another-home") });
    expect(verified.stdout).toContain("STATEMENTS_WITHDRAWN");
  });
});
