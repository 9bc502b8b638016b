/**
 * Published trees signed otherwise than `build` signs them, by a key that the test chooses for every role:
 *
 *     const tree = signedTree(files, { by: carol });     // its root is no development root
 *     const next = signedTree(more, { by: carol, after: tree });
 *     cli(["list", "--registry", folder, "--root", tree.sha256]);
 */
import { utf8 } from "../../src/base/bytes.ts";
import type { Digest } from "../../src/base/digest.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { signForDevelopment } from "../../src/publish/development.ts";
import { rootSaying } from "../../src/trust/registry-trust.ts";
import { ratifiedPath } from "../../src/trust/trust-paths.ts";
import { parseMetadata } from "../../src/trust/tuf/metadata.ts";
import { signMetadata } from "../../src/trust/tuf/write.ts";
import { TEST_IRI } from "./a-registry.ts";
import type { TestKey } from "./fixture-keys.ts";

export interface SignedTree {
  readonly files: Map<string, Uint8Array>;
  /** The root, and its digest: what a user is told to trust. */
  readonly root: Uint8Array;
  readonly sha256: Digest;
}

export interface TreeToSign extends Omit<RootToSign, "version"> {
  readonly by: TestKey;
  /** Else what the build of the tree had ratified. */
  readonly ratified?: Uint8Array;
  /** Signed by the same key: the versions go on from there. */
  readonly after?: SignedTree;
}

const UNTIL = Date.UTC(2100, 0, 1);

export interface RootToSign {
  readonly version?: number;
  readonly registry?: string;
  readonly development?: boolean;
}

/** A root in which one key is for everything. */
export function tufRootOf(by: TestKey, said: RootToSign = {}): Uint8Array {
  const one = { keys: [by.publicKey], threshold: 1 };
  const roles = { root: one, targets: one, snapshot: one, timestamp: one };
  const { version = 1, registry = TEST_IRI, development = false } = said;
  return signMetadata(rootSaying({ version, expires: UNTIL, registry, development, roles }), [by]);
}

/** The view that registry.json of `files` names, signed; without what was signed before. */
export function signedTree(files: ReadonlyMap<string, Uint8Array>, said: TreeToSign): SignedTree {
  const { by, after } = said;
  const root = tufRootOf(by, said);
  const signed = signForDevelopment(
    {
      ...{ root, signer: by, ratified: said.ratified ?? ratifiedOf(files) },
      indexRoot: JSON.parse(new TextDecoder().decode(files.get("registry.json"))).root,
      ...(after === undefined ? {} : { previous: metadataOf(after.files) }),
      ...{ until: UNTIL, now: Date.now() },
    },
    nativeSha256,
  );
  const others = [...files].filter(([path]) => !/^trust\/.*\.json$/.test(path));
  return { files: new Map([...others, ...signed.files]), root, sha256: nativeSha256(root) };
}

/** trust/ratified.json of a tree that a build has signed. */
export function ratifiedOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const path = [...files.keys()].find((path) => path.endsWith(".ratified.json")) ?? "";
  const bytes = files.get(path);
  if (bytes === undefined || path !== ratifiedPath(nativeSha256(bytes)))
    throw new Error("the tree has nothing that was ratified");
  return bytes;
}

/** The current metadata of a tree, by the versions that lead to them. */
function metadataOf(files: ReadonlyMap<string, Uint8Array>) {
  const read = (file: string) => files.get(`trust/${file}`) ?? utf8("");
  const timestamp = read("timestamp.json");
  const named = parseMetadata(timestamp, "timestamp", "timestamp.json").signed.snapshot;
  const snapshot = read(`${named.version}.snapshot.json`);
  const { meta } = parseMetadata(snapshot, "snapshot", "snapshot.json").signed;
  const role = (name: string) => read(`${meta.get(`${name}.json`)?.version}.${name}.json`);
  return { timestamp, snapshot, targets: role("targets"), index: role("index") };
}
