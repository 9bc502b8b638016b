/** A registry source as those who hold its keys see it: what was signed, what waits, and where to write. */
import { join } from "node:path";
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { ceremonyOf } from "../build/ceremony-check.ts";
import { type RegistrySource, readRegistrySource } from "../build/registry-source.ts";
import type { SourceTree } from "../build/source.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { takeLock } from "../node/process-lock.ts";
import { replaceFiles } from "../node/replace-files.ts";
import { openSourceTree } from "../node/source-tree.ts";
import type { CeremonyFiles } from "../publish/ceremony.ts";
import type { CeremonyState } from "../trust/ceremony.ts";
import { type Options, UsageError } from "./command.ts";
import { refused } from "./refused.ts";

export interface TrustSource {
  readonly folder: string;
  readonly tree: SourceTree;
  readonly source: RegistrySource;
  readonly state: CeremonyState | undefined;
}

const LOCK = ".ggen-marketplace-trust-lock";

/** Opens the source that --registry names; what is wrong with other files of it is not asked here. */
export async function openTrustSource(options: Options): Promise<TrustSource> {
  const folder = options.text("registry") ?? ".";
  const tree = await openSourceTree(folder);
  const source = readRegistrySource(tree);
  if (!source.ok) throw refused("The registry has", source.problems);
  const problems: Problem[] = [];
  const state = ceremonyOf(tree, source.value.config.iri, nodeTrustPorts, problems);
  if (problems.some(({ severity }) => severity === "error"))
    throw refused("The registry's trust/ has", problems);
  return { folder, tree, source: source.value, state };
}

export function requireCeremony({ state, folder }: TrustSource): CeremonyState {
  if (state !== undefined) return state;
  throw new RegistryError(
    "NO_CEREMONY",
    `"${folder}" has no root yet: nobody can sign for it`,
    "make one: ggen-marketplace trust init",
  );
}

/** Works alone on the ceremony's files, and writes what comes of it; two signers at once would lose a signature. */
export async function changeCeremony(
  options: Options,
  change: (source: TrustSource) => Promise<CeremonyFiles> | CeremonyFiles,
): Promise<CeremonyFiles> {
  const release = takeLock(join(options.text("registry") ?? ".", LOCK), "change the registry's trust/");
  try {
    const source = await openTrustSource(options);
    const files = await change(source);
    replaceFiles(source.folder, files);
    return files;
  } finally {
    release();
  }
}

export function noWords(action: string, words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`trust ${action} takes no further words, got "${words[0]}"`);
}
