/** Opens the registry that a client command reads: a folder, an address by way of the cache, or one that was added. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { visible } from "../base/visible.ts";
import { onCurrentView } from "../client/current-view.ts";
import { storeId } from "../client/place.ts";
import { isAddress, type Reader } from "../client/reader.ts";
import { openRegistry, type Registry } from "../client/registry.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import { directoryReader } from "../node/directory-reader.ts";
import { homeFolders } from "../node/home.ts";
import { nativeInflate } from "../node/inflate.ts";
import {
  type AddedRegistry,
  addedRegistries,
  distinctRegistries,
  isRegistryName,
} from "../node/registries.ts";
import { variableOf } from "../node/setting-keys.ts";
import { TrustStore } from "../node/trust-store.ts";
import { memoryStore } from "../trust/tuf/memory-store.ts";
import { type Asking, DAY_MS, type ViewRequest, viewToRead } from "./cached-view.ts";
import { type Context, type Options, UsageError } from "./command.ts";
import { resolveSetting, wholeSetting } from "./settings.ts";
import { findTrustedRoot, type TrustedRootFile } from "./trusted-root.ts";

const DEVELOPMENT = "signed with this machine's development root: good on this machine only";

export interface Opening {
  readonly asking?: Asking;
  /** Something new is to be taken from the view: one that has expired is refused. */
  readonly forNew?: boolean;
  /** The trust metadata themselves are wanted, and not only what they lead to. */
  readonly whole?: boolean;
  /** Called with the registry once `work` is done with it, and what its trust is kept in. */
  readonly onDone?: (registry: Registry, kept: TrustStore | undefined) => void;
}

export type OnRegistry<T> = (
  registry: Registry,
  kept: TrustStore | undefined,
  root: TrustedRootFile,
) => Promise<T>;

/** A registry that can be read, before anything of it was. */
export interface Place {
  readonly location: string;
  readonly added: AddedRegistry | undefined;
  /** What reads the files of a view. */
  readonly reader: Reader;
  /** What reads the trust metadata: of an address the network itself. */
  readonly origin: Reader;
}

/**
 * Gives what `work` gives on the registry that the call names; it may run twice (client/current-view.ts), so
 * that it has no effect but its result.
 */
export async function onRegistry<T>(
  options: Options,
  context: Context,
  work: OnRegistry<T>,
  opening: Opening = {},
): Promise<T> {
  return onPlace(
    await openPlace(registryLocation(options, context), options, context),
    options,
    context,
    work,
    opening,
  );
}

export async function onPlace<T>(
  place: Place,
  options: Options,
  context: Context,
  work: OnRegistry<T>,
  { asking = "hourly", forNew = false, whole = false, onDone }: Opening = {},
): Promise<T> {
  const { reader, origin } = place;
  const offline = options.flag("offline") && isAddress(reader.location);
  const root = await findTrustedRoot(place, options, context);
  if (root.development) context.terminal.note(DEVELOPMENT);
  const kept = storeOf(root, origin.location, context);
  const store = kept ?? memoryStore(root.read());
  const allowStale = options.flag("allow-stale");
  // A folder answers at once: there is no reason to read what it said an hour ago.
  const when = asking === "hourly" && !isAddress(origin.location) ? "now" : asking;
  const request: ViewRequest = {
    ...{ reader: origin, store, kept, asking: when },
    ...{ offline, forNew, allowStale, whole },
    graceMs: wholeSetting("grace-days", options, context) * DAY_MS,
  };
  let opened: Registry | undefined;
  const open = async (again: boolean) => {
    const view = await viewToRead(request, again, context);
    opened = await openRegistry({ reader, ports: clientTrustPorts, inflate: nativeInflate, view });
    return opened;
  };
  const result = await onCurrentView(open, (registry) => work(registry, kept, root));
  if (opened !== undefined) onDone?.(opened, kept);
  return result;
}

/** Where what was seen is kept; of a development root's folder, which is always there to be read, nowhere. */
function storeOf(root: TrustedRootFile, location: string, { environment }: Context): TrustStore | undefined {
  if (root.development && !isAddress(location)) return undefined;
  return new TrustStore(
    homeFolders(environment).trust,
    storeId(root, location, clientTrustPorts.hash),
    root.read,
  );
}

/** What reads the registry at `location`: a path, an address, or the name of one that was added. */
export async function openPlace(
  location: string,
  options: Options,
  context: Context,
  /** The token of a registry that is about to be added. */
  token?: () => string | undefined,
): Promise<Place> {
  const all = addedRegistries(homeFolders(context.environment).trust);
  const named = isRegistryName(location) ? all.find(({ name }) => name === location) : undefined;
  const at = named?.location ?? location;
  if (!isAddress(at)) {
    const reader = folderReader(at);
    const added = named ?? all.find((registry) => registry.location === reader.location);
    return { location: at, added, reader, origin: reader };
  }
  const { addressReader } = await import("./address-reader.ts");
  const { cachedReader } = await import("../node/disk-cache.ts");
  const origin = await addressReader(at, options, context, token);
  const { cache } = homeFolders(context.environment);
  return {
    location: at,
    added: named ?? all.find((registry) => registry.location === origin.location),
    reader: cachedReader(origin, { folder: cache, offline: options.flag("offline") }),
    origin,
  };
}

/** The registry that the call names. Throws UsageError where it names none. */
export function registryLocation(options: Options, context: Context): string {
  const { text: location, level, from } = resolveSetting("registry", options, context);
  const all = addedRegistries(homeFolders(context.environment).trust);
  if (location !== undefined && level === "user" && !all.some(({ name }) => name === location))
    throw new RegistryError(
      "UNKNOWN_REGISTRY",
      `Your settings, "${from}", name the registry "${visible(location)}", which you have not added`,
      "add it (registry add), or take the setting back: ggen-marketplace config unset registry",
    );
  if (location !== undefined) return location;
  const distinct = distinctRegistries(homeFolders(context.environment).trust);
  const [only] = distinct;
  if (only !== undefined && distinct.length === 1) return only.name;
  throw new UsageError(
    only === undefined
      ? "Which registry? None is named, and none was added"
      : `Which registry? There are ${all.map(({ name }) => name).join(", ")}`,
    `give --registry NAME|PATH|URL, or set ${variableOf("registry")} to it; \`registry add\` adds one for good`,
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

function folderReader(location: string): Reader {
  const folder = resolve(location);
  if (!existsSync(folder))
    throw new RegistryError(
      "NOT_A_REGISTRY",
      `There is no folder "${location}"${isRegistryName(location) ? ", and no registry of that name was added" : ""}`,
      "give the folder, the address or the name of a published registry",
    );
  if (!existsSync(join(folder, "registry.json")) && existsSync(join(folder, "registry.toml")))
    throw new RegistryError(
      "SOURCE_NOT_PUBLISHED",
      `"${location}" is a registry source (it has registry.toml); this command reads a published tree`,
      `build it first: ggen-marketplace build --registry ${quoted(location)} --out DIR, then give --registry DIR`,
    );
  return directoryReader(folder);
}
