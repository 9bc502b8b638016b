/** Opens the registry that a client command reads: a folder, or an address by way of the cache. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import type { Reader } from "../client/reader.ts";
import { openRegistry, type Registry } from "../client/registry.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { directoryReader } from "../node/directory-reader.ts";
import { nativeInflate } from "../node/inflate.ts";
import { ROOT_BYTES_MAX } from "../snapshot/index-root.ts";
import { type Context, type Options, UsageError } from "./command.ts";

export const REGISTRY_VARIABLE = "GGEN_MARKETPLACE_REGISTRY";

export async function openClientRegistry(options: Options, context: Context): Promise<Registry> {
  const location = registryLocation(options, context);
  const reader = await readerOf(location, options.flag("offline"), context);
  const pinned = pinnedRoot(options);
  const registry = await openRegistry({
    reader,
    ports: nodeTrustPorts,
    inflate: nativeInflate,
    ...(pinned === undefined ? {} : { root: pinned, pinned: true }),
  });
  if (!registry.pinned)
    context.terminal.notice("note: this view of the registry is not pinned (no --root): signatures are checked, but not whether it is the newest view");
  return registry;
}

export function registryLocation(options: Options, context: Context): string {
  const location = options.text("registry") ?? context.environment[REGISTRY_VARIABLE];
  if (location !== undefined && location !== "") return location;
  throw new UsageError(`Which registry? Give --registry PATH|URL, or set ${REGISTRY_VARIABLE}`);
}

export function isAddress(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

async function readerOf(location: string, offline: boolean, context: Context): Promise<Reader> {
  if (isAddress(location)) {
    const { openCachedView } = await import("./cached-view.ts");
    return openCachedView(location, { offline }, context);
  }
  return folderReader(location);
}

/** The published tree in a folder, whatever --registry says. */
export function openFolderRegistry(folder: string): Promise<Registry> {
  return openRegistry({ reader: folderReader(folder), ports: nodeTrustPorts, inflate: nativeInflate });
}

export function folderReader(location: string): Reader {
  const folder = resolve(location);
  if (!existsSync(join(folder, "registry.json")) && existsSync(join(folder, "registry.toml")))
    throw new RegistryError(
      "SOURCE_NOT_PUBLISHED",
      `"${location}" is a registry source (it has registry.toml); this command reads a published tree`,
      `build it first: ggen-marketplace build --registry ${location} --out DIR, then give --registry DIR`,
    );
  return directoryReader(folder);
}

/** --root names a copy of the index root that the user trusts: its digest is the only view that is accepted. */
function pinnedRoot(options: Options) {
  const file = options.text("root");
  if (file === undefined) return undefined;
  const { size } = statSync(file);
  if (size > ROOT_BYTES_MAX)
    throw new RegistryError("BAD_ROOT", `"${file}" has ${size} bytes; an index root has at most ${ROOT_BYTES_MAX}`, "give a copy of the registry's index/<sha256>.root.json");
  const bytes = readFileSync(file);
  return { sha256: nodeTrustPorts.hash(bytes), length: bytes.length };
}
