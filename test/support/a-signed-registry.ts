/**
 * A registry with a root of its own: two of three holders offline, one key online, everything signed for real, in
 * memory. And what a thief of the online key makes of it.
 *
 *     const real = signedRegistry(story);                       // ratified, built, signed
 *     const next = signedRegistry(newer, { after: real });      // the next view
 *     const forged = signedRegistry(others, { after: real, ceremonyOf: real });   // online keys only
 *     const registry = await openSigned(forged.files, real.root);
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRegistrySource } from "../../src/build/registry-source.ts";
import { openTrustedView } from "../../src/client/open-trusted-view.ts";
import { memoryReader } from "../../src/client/reader.ts";
import type { Registry } from "../../src/client/registry.ts";
import { openRegistry } from "../../src/client/registry.ts";
import { metadataOf, type TrustedView } from "../../src/client/trusted-view.ts";
import { DEFAULT_LIFETIMES, type TrustLifetimes } from "../../src/manifest/registry-toml.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { type Holders, initCeremony } from "../../src/publish/ceremony.ts";
import { everythingRatified } from "../../src/publish/ratify.ts";
import {
  type Ceremony,
  type OnlineSigners,
  type PublishedTrust,
  signView,
} from "../../src/publish/sign-view.ts";
import { RATIFIED_FILE, rootFile, targetsFile } from "../../src/trust/ceremony.ts";
import type { Ratification } from "../../src/trust/ratification.ts";
import type { Signer } from "../../src/trust/sshsig.ts";
import { memoryStore } from "../../src/trust/tuf/memory-store.ts";
import { parseMetadata } from "../../src/trust/tuf/metadata.ts";
import { verifyEd25519 } from "../../src/trust/tuf/threshold.ts";
import type { MetadataStore } from "../../src/trust/tuf/update.ts";
import { addSignature } from "../../src/trust/tuf/write.ts";
import { memorySource } from "../build/room.ts";
import type { RegistryStory } from "./a-registry.ts";
import { cli, tempFolder } from "./cli.ts";
import { testKey } from "./fixture-keys.ts";
import { filesBelow } from "./published-tree.ts";

const { hash } = nodeTrustPorts;

export const HOLDER_KEYS = [testKey("ann"), testKey("ben"), testKey("cay")] as const;
export const onlineKey = testKey("ci");
export const NOW = Date.now();

export interface SignedRegistry {
  /** The published tree. */
  readonly files: Map<string, Uint8Array>;
  /** The first root: what a user pins. */
  readonly root: Uint8Array;
  readonly ceremony: Ceremony;
  readonly trust: PublishedTrust;
}

export interface Signing {
  /** The view before. */
  readonly after?: SignedRegistry;
  /** Whose offline signatures there are; a thief of the online key has no others. */
  readonly ceremonyOf?: SignedRegistry;
  /** What the holders ratify; else everything that the story has. */
  readonly ratified?: (all: Ratification) => Ratification;
  readonly online?: Signer;
  readonly lifetimes?: TrustLifetimes;
  readonly now?: number;
}

export function signedRegistry(story: RegistryStory, signing: Signing = {}): SignedRegistry {
  const { after, now = NOW, lifetimes = DEFAULT_LIFETIMES, online = onlineKey } = signing;
  const ceremony = signing.ceremonyOf?.ceremony ?? ceremonyOf(story, signing);
  const built = builtTree(story);
  const signers: OnlineSigners = { index: [online], snapshot: [online], timestamp: [online] };
  const { root } = JSON.parse(new TextDecoder().decode(built.get("registry.json"))) as {
    root: { sha256: never; length: number };
  };
  const view = {
    ...{ ceremony, indexRoot: root, signers, lifetimes, now },
    ...(after === undefined ? {} : { previous: after.trust }),
  };
  const signed = signView(view, hash);
  const files = new Map([...built, ...signed.files]);
  const { versions } = signed;
  const of = (path: string) => files.get(`trust/${path}`) ?? new Uint8Array();
  const trust = {
    index: of(`${versions.index}.index.json`),
    snapshot: of(`${versions.snapshot}.snapshot.json`),
    timestamp: of("timestamp.json"),
  };
  return { files, root: ceremony.roots[0] as Uint8Array, ceremony, trust };
}

/** Two of the three holders have signed. */
function ceremonyOf(
  story: RegistryStory,
  { ratified = (all) => all, lifetimes = DEFAULT_LIFETIMES, now = NOW, online = onlineKey }: Signing,
): Ceremony {
  const tree = memorySource(story.build());
  const source = readRegistrySource(tree);
  if (!source.ok) throw new Error(`the story of the test is no registry: ${source.problems[0]?.message}`);
  const keys = HOLDER_KEYS.map((key) => key.publicKey);
  const both = { keys, threshold: 2 };
  const holders: Holders = {
    root: both,
    targets: both,
    online: [online.publicKey as never],
    timestamp: [online.publicKey as never],
  };
  const files = initCeremony(
    holders,
    ratified(everythingRatified(source.value, tree, hash)),
    { lifetimes, now },
    hash,
  );
  const signed = (path: string, type: "root" | "targets") =>
    HOLDER_KEYS.slice(0, 2).reduce(
      (bytes, key) => addSignature(parseMetadata(bytes, type, path), key),
      files.get(path) ?? new Uint8Array(),
    );
  return {
    roots: [signed(rootFile(1), "root")],
    targets: signed(targetsFile(1), "targets"),
    ratified: files.get(RATIFIED_FILE) ?? new Uint8Array(),
  };
}

function builtTree(story: RegistryStory): Map<string, Uint8Array> {
  const source = story.writeTo(tempFolder("source"));
  const tree = join(mkdtempSync(join(tmpdir(), "tree-")), "tree");
  const built = cli(["build", "--registry", source, "--out", tree, "--unsigned"]);
  if (built.code !== 0) throw new Error(`the registry of the test does not build:\n${built.stderr}`);
  return filesBelow(tree);
}

export function policyAt(now = NOW, graceMs = 0) {
  return { verify: verifyEd25519(nodeTrustPorts.ed25519), hash, now, graceMs };
}

/** Opens the tree as a client that has pinned `root`; `store` keeps what it saw before. */
export async function openSigned(
  files: ReadonlyMap<string, Uint8Array>,
  root: Uint8Array,
  store: MetadataStore = memoryStore(root),
  now = NOW,
): Promise<Registry> {
  const reader = memoryReader(files);
  const view: TrustedView = await openTrustedView(store, policyAt(now), metadataOf(reader));
  return openRegistry({ reader, ports: nodeTrustPorts, inflate: nativeInflate, view });
}
