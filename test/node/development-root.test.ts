/** The root that builds on one's own machine sign with: made once, kept for its owner alone, refused where it is damaged. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { developmentRoot } from "../../src/node/development-root.ts";
import { knownDevelopmentRoot, knownDevelopmentRoots } from "../../src/node/known-development-roots.ts";
import { registryOf } from "../../src/trust/registry-trust.ts";
import { parseMetadata } from "../../src/trust/tuf/metadata.ts";
import { tempFolder } from "../support/cli.ts";

const IRI = "https://registry.example/";
const OTHER = "https://other.example/";

const newHome = () => ({ GGEN_MARKETPLACE_HOME: tempFolder("home") });
type Home = ReturnType<typeof newHome>;

/** The folder of the one development root in `home`. */
function folderIn(home: Home): string {
  const all = join(home.GGEN_MARKETPLACE_HOME, "development");
  const [only = ""] = readdirSync(all);
  return join(all, only);
}

test("is made once, for its registry, for development, and its key is for the owner alone", async () => {
  const home = newHome();
  expect(knownDevelopmentRoot(home, IRI)).toBeUndefined();
  expect(knownDevelopmentRoots(home)).toEqual([]);
  const first = await developmentRoot(home, IRI);
  expect(registryOf(parseMetadata(first.root, "root", "root.json").signed)).toEqual({
    registry: IRI,
    development: true,
  });
  if (process.platform !== "win32") expect(statSync(join(folderIn(home), "key")).mode & 0o777).toBe(0o600);
  const again = await developmentRoot(home, IRI);
  expect(again.root).toEqual(first.root);
  expect(again.signer.publicKey).toEqual(first.signer.publicKey);
  expect(knownDevelopmentRoot(home, IRI)).toEqual(first.root);
});

test("is another one for another registry, and in another home", async () => {
  const home = newHome();
  const roots = [
    await developmentRoot(home, IRI),
    await developmentRoot(home, OTHER),
    await developmentRoot(newHome(), IRI),
  ];
  expect(new Set(roots.map(({ signer }) => signer.publicKey.id)).size).toBe(3);
  expect(knownDevelopmentRoots(home)).toHaveLength(2);
});

test.each<[string, (folder: string, other: string) => void]>([
  ["without its key", (folder) => rmSync(join(folder, "key"))],
  ["with half a key", (folder) => halve(join(folder, "key"))],
  ["with half a root", (folder) => halve(join(folder, "root.json"))],
  ["with the key of another", (folder, other) => copy(join(other, "key"), join(folder, "key"))],
  ["with the root of another", (folder, other) => copy(join(other, "root.json"), join(folder, "root.json"))],
  ["with a key and no root", (folder) => rmSync(join(folder, "root.json"))],
  [
    "with a folder for a root",
    (folder) => (rmSync(join(folder, "root.json")), mkdirSync(join(folder, "root.json"))),
  ],
])("%s it is refused, and the hint says what to delete", async (_, damage) => {
  const [home, other] = [newHome(), newHome()];
  await developmentRoot(home, IRI);
  await developmentRoot(other, OTHER);
  damage(folderIn(home), folderIn(other));
  await expect(developmentRoot(home, IRI)).rejects.toMatchObject({
    code: "DEVELOPMENT_ROOT_DAMAGED",
    message: expect.stringContaining(folderIn(home)),
    hint: expect.stringContaining("delete that folder"),
  });
  rmSync(folderIn(home), { recursive: true });
  await developmentRoot(home, IRI);
});

test("in a home that cannot be written it is said how to build all the same", async () => {
  const home = newHome();
  writeFileSync(join(home.GGEN_MARKETPLACE_HOME, "development"), "in the way");
  await expect(developmentRoot(home, IRI)).rejects.toMatchObject({
    code: "DEVELOPMENT_ROOT_NOT_KEPT",
    hint: expect.stringMatching(/GGEN_MARKETPLACE_HOME.*--unsigned/),
  });
});

function halve(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
}

function copy(from: string, to: string): void {
  writeFileSync(to, readFileSync(from));
}
