/** Opens the registry that a client command reads: a folder, or an address by way of the cache. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { quoted } from "../base/shell-word.ts";
import { visible } from "../base/visible.ts";
import { onCurrentView } from "../client/current-view.ts";
import { isAddress, type Reader } from "../client/reader.ts";
import { openRegistry, type Registry } from "../client/registry.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import { directoryReader } from "../node/directory-reader.ts";
import { nativeInflate } from "../node/inflate.ts";
import { readRegularFile } from "../node/regular-file.ts";
import { parseIndexRoot, ROOT_BYTES_MAX } from "../snapshot/index-root.ts";
import type { Ref } from "../snapshot/layout.ts";
import type { Asking, CachedView } from "./cached-view.ts";
import { type Context, type Options, UsageError } from "./command.ts";

export const REGISTRY_VARIABLE = "GGEN_MARKETPLACE_REGISTRY";

const NOT_PINNED =
  "the view is not pinned: signatures are checked, its age is not; to pin it, give a copy of its index/<sha256>.root.json that you trust with --root";

export interface Opening {
  readonly asking?: Asking;
  /** Called with the view once `work` is done with it. */
  readonly onDone?: (view: CachedView) => void;
}

/**
 * Gives what `work` gives on the registry that the call names; it may run twice (client/current-view.ts), so
 * that it has no effect but its result.
 */
export async function onRegistry<T>(
  options: Options,
  context: Context,
  work: (registry: Registry) => Promise<T>,
  opening: Opening = {},
): Promise<T> {
  const location = registryLocation(options, context);
  const pinned = pinnedRoot(options);
  // A folder is what the one who names it has; an address answers with what its host likes.
  if (pinned === undefined && isAddress(location)) context.terminal.note(NOT_PINNED);
  if (!isAddress(location)) {
    const reader = folderReader(location);
    return onCurrentView(() => openView(reader, pinned), work);
  }
  const { openCachedView } = await import("./cached-view.ts");
  const view = openCachedView(location, opening.asking ?? "hourly", options, context);
  const open = async (again: boolean) => {
    if (pinned !== undefined) return openView(view.reader, pinned);
    const registry = await openView(view.reader, undefined, await view.root(again));
    view.keep();
    return registry;
  };
  const result = await onCurrentView(open, work);
  opening.onDone?.(view);
  return result;
}

/** The registry that the call names. Throws UsageError where it names none. */
export function registryLocation(options: Options, context: Context): string {
  const location = options.text("registry") ?? context.environment[REGISTRY_VARIABLE];
  if (location !== undefined && location !== "") return location;
  throw new UsageError(
    "Which registry? None is named",
    `give --registry PATH|URL, the folder or address of a published registry, or set ${REGISTRY_VARIABLE} to it`,
  );
}

/** The options that say which registry, as this call gave them, for a command that is to read the same. */
export function sameRegistry(options: Options): string {
  const values = ["registry", "root"].flatMap((name) => {
    const value = options.text(name);
    return value === undefined ? [] : [` --${name} ${quoted(visible(value))}`];
  });
  return [...values, ...(options.flag("allow-http") ? [" --allow-http"] : [])].join("");
}

function openView(reader: Reader, pinned: Ref | undefined, root?: Ref): Promise<Registry> {
  const ref = pinned ?? root;
  return openRegistry({
    reader,
    ports: clientTrustPorts,
    inflate: nativeInflate,
    ...(ref === undefined ? {} : { root: ref }),
    pinned: pinned !== undefined,
  });
}

function folderReader(location: string): Reader {
  const folder = resolve(location);
  if (!existsSync(folder))
    throw new RegistryError(
      "NOT_A_REGISTRY",
      `There is no folder "${location}"`,
      "give the folder or the address of a published registry",
    );
  if (!existsSync(join(folder, "registry.json")) && existsSync(join(folder, "registry.toml")))
    throw new RegistryError(
      "SOURCE_NOT_PUBLISHED",
      `"${location}" is a registry source (it has registry.toml); this command reads a published tree`,
      `build it first: ggen-marketplace build --registry ${quoted(location)} --out DIR, then give --registry DIR`,
    );
  return directoryReader(folder);
}

/** --root names a copy of the index root that the user trusts: its digest is the only view that is accepted. */
function pinnedRoot(options: Options): Ref | undefined {
  const file = options.text("root");
  if (file === undefined) return undefined;
  const refuse = (why: string, problems: readonly Problem[] = []) =>
    new RegistryError(
      "BAD_ROOT",
      `"${file}" is no index root${why}`,
      "give a copy of the registry's index/<sha256>.root.json",
      { problems },
    );
  const read = readRegularFile(file, ROOT_BYTES_MAX);
  if ("fault" in read) throw refuse(`: it ${read.what}`);
  const { bytes } = read;
  const parsed = parseIndexRoot(bytes, file);
  if (!parsed.ok) throw refuse("", parsed.problems);
  return { sha256: clientTrustPorts.hash(bytes), length: bytes.length };
}
