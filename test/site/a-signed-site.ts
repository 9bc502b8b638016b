/**
 * A catalogue whose pages were made before it was signed, as CI does it, and other metadata of the same tree to serve
 * in its place. Two of three holders signed the root; the name "owl-docs" is not ratified.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { buildSite } from "../../scripts/site.ts";
import { utf8 } from "../../src/base/bytes.ts";
import { memoryReader } from "../../src/client/reader.ts";
import { openUnsigned } from "../../src/client/registry.ts";
import { nativeSha256, nodeTrustPorts } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import type { Ratification } from "../../src/trust/ratification.ts";
import type { RegistryStory } from "../support/a-registry.ts";
import { NOW, onlineKey, type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { tempFolder } from "../support/cli.ts";
import type { PublishedSite } from "../support/published-site.ts";
import { withRoot } from "../support/published-tree.ts";
import { signedTree } from "../support/signed-tree.ts";
import { aCatalogue } from "./a-catalogue.ts";

export type Files = ReadonlyMap<string, Uint8Array>;

export interface SignedSite extends PublishedSite {
  readonly signed: SignedRegistry;
  /** The same view, signed so many days ago. */
  signedBefore(days: number): Files;
  /** Signed with the development root of somebody's machine. */
  development(): Files;
  /** A byte of the claim of `name` is another, and every digest and signature above it is made anew by the online key. */
  withOtherClaim(name: string): Promise<Files>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SITE_PATH = "registry";

export async function aSignedSite(): Promise<SignedSite> {
  const { story, ceremony } = withCeremony(aCatalogue());
  const signed = signedRegistry(story, { ceremonyOf: ceremony });
  const folder = tempFolder("signed-site");
  const tree = join(folder, SITE_PATH);
  const isMetadata = (path: string) => /^trust\/.*\.json$/.test(path) && path !== "trust/ratified.json";
  write(
    tree,
    [...signed.files].filter(([path]) => !isMetadata(path)),
  );
  await buildSite({ tree, base: `/${SITE_PATH}/` });
  write(tree, signed.files);
  const { ratified } = signed.ceremony;
  return {
    ...{ folder, path: SITE_PATH, tree, signed },
    signedBefore: (days) => signedRegistry(story, { ceremonyOf: ceremony, now: NOW - days * DAY_MS }).files,
    development: () => signedTree(signed.files, { by: onlineKey, development: true, ratified }).files,
    withOtherClaim: async (name) =>
      signedTree(await withClaim(signed.files, name), { by: onlineKey, ratified }).files,
  };
}

/** The source with what its holders signed. */
function withCeremony(story: RegistryStory): { story: RegistryStory; ceremony: SignedRegistry } {
  const claims = (all: Ratification) => new Map([...all.claims].filter(([name]) => name !== "owl-docs"));
  const ceremony = signedRegistry(story, { ratified: (all) => ({ ...all, claims: claims(all) }) });
  const { roots, targets, ratified } = ceremony.ceremony;
  story.raw("trust/1.root.json", roots[0]).raw("trust/1.targets.json", targets);
  return { story: story.raw("trust/ratified.json", ratified), ceremony };
}

async function withClaim(files: Files, name: string): Promise<Map<string, Uint8Array>> {
  const tree = memoryReader(files);
  const registry = await openUnsigned({ reader: tree, ports: nodeTrustPorts, inflate: nativeInflate });
  const names = (await registry.resolveRecords()).map((record) => record.name);
  const records = await Promise.all(names.map((each) => registry.show(each)));
  const claimed = records.map((record) => {
    const [claim, ...others] = record?.statements ?? [];
    if (record?.package.name !== name || claim === undefined) return record;
    const statement = claim.statement.replace('publisher = "alice"', 'publisher = "alicf"');
    return { ...record, statements: [{ ...claim, statement }, ...others] };
  });
  const raw = utf8(JSON.stringify(claimed));
  const part = new Uint8Array(deflateRawSync(raw));
  const parts = [[nativeSha256(part), part.length, raw.length]];
  const manifest = utf8(JSON.stringify({ format: 1, bits: 0, parts }));
  const packages = { sha256: nativeSha256(manifest), length: manifest.length };
  const more = new Map([
    [`index/${nativeSha256(part)}.records`, part],
    [`index/${packages.sha256}.section.json`, manifest],
  ]);
  return withRoot(files, (root) => Object.assign(root.sections as object, { packages }), more);
}

function write(tree: string, files: Iterable<readonly [string, Uint8Array]>): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), bytes);
  }
}
