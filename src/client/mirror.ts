/**
 * A copy of a registry that is a registry itself: every file of the view, read through a reader that keeps them, and
 * the trust metadata as they were signed. Whoever copies vouches for nothing: the copy is verified like the original.
 */
import { RegistryError } from "../base/error.ts";
import { V1_FILE } from "../snapshot/layout.ts";
import { INDEX_ROLE, rootByDigestPath, TRUST_FOLDER } from "../trust/trust-paths.ts";
import { METADATA_BYTES_MAX } from "../trust/tuf/roles.ts";
import { TrustedSet } from "../trust/tuf/trusted-set.ts";
import type { PlannedRelease } from "./install-plan.ts";
import { readRatification } from "./ratified.ts";
import type { Reader } from "./reader.ts";
import type { Registry } from "./registry.ts";
import type { Packs } from "./sections.ts";
import { readGraph, readV1Index, syncArchives, syncView } from "./sync.ts";
import { type TrustedView, trustOf } from "./trusted-view.ts";

export interface MirrorProgress {
  readonly files: (done: number) => void;
  readonly archives: (done: number, total: number) => void;
  /** "take" for a copy that is begun anew, "make" for one that is brought up to date. */
  readonly packs: Packs;
}

/** Reads everything of the view, each file verified, and the archives of `releases`. */
export async function readWhole(
  registry: Registry,
  releases: readonly PlannedRelease[] | "all",
  progress: MirrorProgress,
): Promise<void> {
  const { view, reader, ports } = registry;
  if (view !== undefined) await readRatification(view, reader, ports.hash);
  await syncView(registry, { onFile: progress.files, packs: progress.packs });
  await readGraph(registry, false);
  await syncArchives(registry, releases, progress.archives);
}

/** The files of a copy that no digest names, in the order in which they are written: what makes the others current is last. */
export async function pointersOf(registry: Registry, origin: Reader): Promise<Map<string, Uint8Array>> {
  const { view } = registry;
  if (view === undefined)
    throw new RegistryError(
      "NOT_SIGNED",
      "A registry that nobody signed is not copied",
      "sign it: trust publish",
    );
  const files = new Map<string, Uint8Array>();
  files.set(V1_FILE, await readV1Index(registry));
  for (const [path, bytes] of await rootsOf(view, origin)) files.set(path, bytes);
  const { set } = trustOf(view);
  for (const [role, metadata] of [
    ["targets", set.targets],
    [INDEX_ROLE, set.delegated(INDEX_ROLE)],
    ["snapshot", set.snapshot],
  ] as const)
    if (metadata !== undefined)
      files.set(`${TRUST_FOLDER}/${metadata.signed.version}.${role}.json`, metadata.bytes);
  if (set.timestamp !== undefined) files.set(`${TRUST_FOLDER}/timestamp.json`, set.timestamp.bytes);
  files.set("registry.json", await origin.read("registry.json", { bytesMax: METADATA_BYTES_MAX }));
  return files;
}

/** Every root from the first on, since others may have pinned an earlier one; each signed by the one before. */
async function rootsOf(view: TrustedView, origin: Reader): Promise<Map<string, Uint8Array>> {
  const { set } = trustOf(view);
  const files = new Map<string, Uint8Array>();
  let walked: TrustedSet | undefined;
  for (let version = 1; version <= set.root.signed.version; version++) {
    const path = `${TRUST_FOLDER}/${version}.root.json`;
    const bytes = await origin.read(path, { bytesMax: METADATA_BYTES_MAX });
    if (walked === undefined) walked = new TrustedSet(bytes, set.policy);
    else walked.updateRoot(bytes);
    files.set(rootByDigestPath(set.policy.hash(bytes)), bytes);
    files.set(path, bytes);
  }
  if (walked !== undefined && set.policy.hash(walked.root.bytes) === set.policy.hash(set.root.bytes))
    return files;
  throw new RegistryError(
    "BAD_ROOT",
    `The roots of ${origin.location} do not lead to the one that you trust`,
    "nothing was made current; ask another mirror, or tell the registry's operator",
  );
}
