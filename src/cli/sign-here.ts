/** Signs what was built with this machine's development root, so that client commands work on it at once. */
import { RegistryError } from "../base/error.ts";
import type { Snapshot } from "../build/build.ts";
import type { SourceTree } from "../build/source.ts";
import { metadataOf } from "../client/trusted-view.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { DEVELOPMENT_UNTIL, developmentRoot } from "../node/development-root.ts";
import { directoryReader } from "../node/directory-reader.ts";
import { type DevelopmentView, signForDevelopment } from "../publish/development.ts";
import { everythingRatified } from "../publish/ratify.ts";
import type { SnapshotFile } from "../snapshot/snapshot-files.ts";
import { RATIFIED_FILE } from "../trust/ceremony.ts";
import { writeRatification } from "../trust/ratification.ts";
import { namedView } from "../trust/registry-trust.ts";
import { memoryStore } from "../trust/tuf/memory-store.ts";
import { verifyEd25519 } from "../trust/tuf/threshold.ts";
import { updateTrust } from "../trust/tuf/update.ts";
import { CI_VARIABLE, isCi } from "./ci.ts";
import type { Context } from "./command.ts";

/** Set by every common CI service. */
export const ONLINE_KEY_VARIABLE = "GGEN_MARKETPLACE_ONLINE_KEY";

/** The snapshot's files with the trust metadata, for the folder `out`. */
export async function signedHere(
  out: string,
  { files, root, source }: Snapshot,
  tree: SourceTree,
  { environment }: Context,
): Promise<ReadonlyMap<string, SnapshotFile>> {
  const { hash } = nodeTrustPorts;
  const { signer, root: tufRoot } = await developmentRoot(environment, source.config.iri);
  const ratified =
    source.ratified === undefined
      ? writeRatification(everythingRatified(source, tree, hash))
      : tree.read(RATIFIED_FILE);
  const previous = await publishedIn(out, tufRoot);
  const signed = signForDevelopment(
    {
      ...{ root: tufRoot, signer, ratified, indexRoot: root },
      ...(previous === undefined ? {} : { previous }),
      until: DEVELOPMENT_UNTIL,
      now: Date.now(),
    },
    hash,
  );
  const added = [...signed.files].map(([path, bytes]): [string, SnapshotFile] => [
    path,
    { sha256: hash(bytes), length: bytes.length, bytes: () => bytes },
  ]);
  return new Map([...files, ...added]);
}

/** What the last build here signed, where it still verifies; else the versions begin anew, which this machine alone would see. */
async function publishedIn(out: string, root: Uint8Array): Promise<DevelopmentView["previous"]> {
  const store = memoryStore(root);
  const policy = {
    verify: verifyEd25519(nodeTrustPorts.ed25519),
    hash: nodeTrustPorts.hash,
    now: Date.now(),
    graceMs: Number.POSITIVE_INFINITY,
  };
  try {
    await namedView(await updateTrust(store, policy, metadataOf(directoryReader(out))));
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
  const [targets, index, snapshot, timestamp] = await Promise.all(
    ["targets", "index", "snapshot", "timestamp"].map((role) => store.recall(role)),
  );
  if (!targets || !index || !snapshot || !timestamp) return undefined;
  return { targets, index, snapshot, timestamp };
}

/** A tree of CI is for others, and a key that CI makes for itself is nobody's. */
export function refuseInCi({ environment }: Context): void {
  if (!isCi(environment)) return;
  throw new RegistryError(
    "NO_ONLINE_KEY",
    `This is CI (${CI_VARIABLE} is set), where no development root is made, and \`build\` takes no key: nothing was built`,
    `build with --unsigned, and sign in a job of its own: trust publish, which takes ${ONLINE_KEY_VARIABLE}`,
  );
}
