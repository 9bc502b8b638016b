/** `sync` of registries that were added by name: where each one is, and which of them is meant. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { serveFolder } from "../../src/node/static-server.ts";
import { aRegistry, type RegistryStory, writeFiles } from "../support/a-registry.ts";
import { type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { cliServed, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";

interface Synced {
  readonly registry: string;
  readonly files: number;
  readonly archives: { readonly files: number };
}

const stops: (() => Promise<void>)[] = [];
let acme: SignedRegistry;
let open: SignedRegistry;

function registryOf(name: string, packages: readonly string[]): RegistryStory {
  const story = aRegistry({ iri: `https://${name}.example/`, name });
  story.publisher(alice);
  for (const one of packages) story.package(one).release("1.0.0").signedBy(alice);
  return story;
}

beforeAll(() => {
  acme = signedRegistry(registryOf("acme", ["tool", "shared"]));
  open = signedRegistry(registryOf("open", ["other", "shared"]));
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Serves the tree and adds it by name to the home. */
async function added(name: string, signed: SignedRegistry, home: string): Promise<string> {
  const tree = tempFolder("tree");
  writeFiles(signed.files, tree);
  const root = join(tempFolder("root"), "root.json");
  writeFileSync(root, signed.root);
  const server = await serveFolder(tree, 0, { host: "127.0.0.1" });
  stops.push(async () => void (await server.stop()));
  const { code, stderr } = await cliServed(["registry", "add", server.url, "--root", root, "--name", name], {
    home,
  });
  expect([code, stderr]).toEqual([0, ""]);
  return server.url;
}

describe("sync", () => {
  test("of a registry by its name fetches it from its address", async () => {
    const home = tempFolder("home");
    const url = await added("acme", acme, home);
    const synced = await cliServed(["sync", "--registry", "acme", "--json"], { home });
    expect(synced.json<Synced>()).toMatchObject({ registry: url, archives: { files: 0 } });
    expect(synced.json<Synced>().files).toBeGreaterThan(5);
    for (const stop of stops.splice(0)) await stop();
    expect((await cliServed(["search", "tool", "--offline"], { home })).stdout).toContain("tool");
  });

  test("where none is named is of all that were added", async () => {
    const home = tempFolder("home");
    const urls = [await added("acme", acme, home), await added("open", open, home)];
    const { registries } = (await cliServed(["sync", "--json"], { home })).json<{ registries: Synced[] }>();
    expect(registries.map(({ registry }) => registry)).toEqual(urls);
    for (const stop of stops.splice(0)) await stop();
    const listed = await cliServed(["list", "--offline", "--json"], { home });
    expect(listed.json()).toMatchObject({ total: 4 });
  });

  test("of packages is of the registries that have them", async () => {
    const home = tempFolder("home");
    await added("acme", acme, home);
    const url = await added("open", open, home);
    const synced = await cliServed(["sync", "other", "--json"], { home });
    expect(synced.json<Synced>()).toMatchObject({ registry: url, archives: { files: 1 } });
    const both = await cliServed(["sync", "tool", "other", "--json"], { home });
    const { registries } = both.json<{ registries: Synced[] }>();
    expect(registries.map(({ archives }) => archives.files)).toEqual([1, 1]);
    const shared = await cliServed(["sync", "shared", "--json"], { home });
    expect(shared.json()).toMatchObject({ error: { code: "NAME_OF_TWO_REGISTRIES" } });
  });
});
