/**
 * The public library (index.ts says what it has) on the read side of this folder, for any host.
 *
 *     root given ─► place allowed ─► trust store ─► live view ─► search, show, resolve, download, whyTrusted
 *                                                      caches ┘
 */
import { type Digest, isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { explainName, type PackageName, parsePackageName } from "../manifest/name.ts";
import { parseRange, parseVersion, type Version } from "../manifest/version.ts";
import type { Inflate } from "../snapshot/deflate.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { verifyEd25519 } from "../trust/tuf/threshold.ts";
import type { MetadataStore } from "../trust/tuf/update.ts";
import { Caches } from "./caches.ts";
import { onCurrentView } from "./current-view.ts";
import { type GivenRoot, givenRoot, rootByDigest } from "./given-root.ts";
import type * as Public from "./index.ts";
import { planInstall, unresolved, type Wanted } from "./install-plan.ts";
import { freshnessNow, LiveView } from "./live-view.ts";
import { namedStore } from "./named-store.ts";
import { openTrustedView } from "./open-trusted-view.ts";
import { checkedPlace, storeId } from "./place.ts";
import type { Reader } from "./reader.ts";
import { openRegistry, type Registry } from "./registry.ts";
import { GRACE_MS_DEFAULT, metadataOf } from "./trusted-view.ts";

const REFRESH_MS = 60 * 60 * 1000;

/** What keeps trusted metadata, and may have failed to. */
export interface FolderStore extends MetadataStore {
  readonly notKept: string | undefined;
}

/** What a library needs of where it runs. */
export interface Host {
  /** Of the place that is opened. */
  readonly reader: Reader;
  readonly ports: TrustPorts;
  readonly inflate: Inflate;
  /** Keeps in a folder what was seen of a place; absent where there are no folders. */
  readonly folderStore?: (folder: string, id: Digest, root: Uint8Array) => FolderStore;
}

/** Throws BAD_ROOT, DEVELOPMENT_ROOT, NO_FOLDERS, what verifying throws, RangeError and TypeError for options. */
export async function openLibrary(host: Host, options: Public.OpenOptions): Promise<Public.Registry> {
  const { reader: origin, ports, inflate } = host;
  const { now = Date.now, refreshMs = REFRESH_MS, allowStale = false } = options;
  if (!(refreshMs >= 0)) throw new RangeError(`refreshMs is a number from 0 up, got ${refreshMs}`);
  const caches = new Caches(options.caches, now);
  const root = checkedPlace(await rootOf(options.root, origin, ports), origin);
  const store = storeFor(options.trust, root, host);
  const reader = caches.reading(origin, ports.hash);
  const open = async () => {
    const graceMs = allowStale ? Number.POSITIVE_INFINITY : GRACE_MS_DEFAULT;
    const { verify, hash } = verifying(ports);
    const view = await openTrustedView(store, { verify, hash, now: now(), graceMs }, metadataOf(origin));
    return openRegistry({ reader, ports, inflate, view, keeping: caches.of(view.indexRoot.sha256) });
  };
  const live = new LiveView({ open, now, refreshMs, allowStale, onChange: () => caches.forgetViews() });
  const library = new Library(live, caches, store, now);
  await library.opened();
  return library;
}

async function rootOf(given: unknown, reader: Reader, { hash }: TrustPorts): Promise<GivenRoot> {
  // Its own copy: whoever gave it may use the memory for something else.
  if (given instanceof Uint8Array) return givenRoot(new Uint8Array(given), "root", hash);
  if (typeof given === "string" && isDigest(given)) return rootByDigest(given, reader, hash);
  throw new RegistryError(
    "BAD_ROOT",
    "A registry is opened by a root that you trust: its bytes, or its sha256 (64 hex digits)",
    "give the one that the registry's operator publishes",
  );
}

function storeFor(
  trust: Public.OpenOptions["trust"],
  root: GivenRoot,
  { reader, ports, folderStore }: Host,
): MetadataStore & { readonly notKept?: string | undefined } {
  const id = storeId(root, reader.location, ports.hash);
  if (trust === undefined || !("folder" in trust))
    return namedStore(trust ?? new Map<string, Uint8Array>(), id, root.bytes, verifying(ports));
  if (folderStore !== undefined) return folderStore(trust.folder, id, root.bytes);
  throw new RegistryError(
    "NO_FOLDERS",
    "There are no folders here to keep trust in",
    "give a store of your own in `trust`",
  );
}

function verifying({ ed25519, hash }: TrustPorts) {
  return { verify: verifyEd25519(ed25519), hash };
}

class Library implements Public.Registry {
  readonly #live: LiveView;
  readonly #caches: Caches;
  readonly #store: { readonly notKept?: string | undefined };
  readonly #now: () => number;

  constructor(live: LiveView, caches: Caches, store: { notKept?: string | undefined }, now: () => number) {
    this.#live = live;
    this.#caches = caches;
    this.#store = store;
    this.#now = now;
  }

  /** Opens the first view. */
  async opened(): Promise<void> {
    await this.#on(async () => undefined);
  }

  get location(): string {
    return this.#live.last.reader.location;
  }

  get view(): Public.View {
    const registry = this.#live.last;
    const { view, rootDigest } = registry;
    if (view === undefined) throw new Error("a library opens signed views only");
    const { notKept } = this.#store;
    return {
      ...{ registry: view.registry, indexRoot: rootDigest, development: view.development },
      ...(view.commit === undefined ? {} : { commit: view.commit }),
      ...{ expires: view.expires, state: freshnessNow(registry, this.#now()).state },
      askedAt: this.#live.askedAt,
      ...(notKept === undefined ? {} : { notKept }),
    };
  }

  search(query: string, { limit, offset }: Public.SearchOptions = {}): Promise<Public.SearchResults> {
    const asked = {
      ...(limit === undefined ? {} : { limit }),
      ...(offset === undefined ? {} : { offset }),
    };
    return this.#on((registry) =>
      this.#caches.searches
        .below(registry.rootDigest)
        .through(JSON.stringify([query, limit, offset]), () => registry.search(query, asked)),
    );
  }

  show(name: string): Promise<Public.PackageRecord | undefined> {
    return this.#on((registry) => registry.show(name));
  }

  async resolve(
    wanted: Readonly<Record<string, string>>,
    { locked = {}, ggen }: Public.ResolveOptions = {},
  ): Promise<readonly Public.Resolved[]> {
    const kept = Object.entries(wanted).map(wantedOf);
    const held = new Map(Object.entries(locked).map(([name, version]) => [nameOf(name), versionOf(version)]));
    const engine = ggen === undefined ? undefined : versionOf(ggen);
    const plan = await this.#on((registry) =>
      // As what was asked for before: then what is locked stays.
      planInstall(registry, { wanted: [], kept, locked: held, ggen: engine }),
    );
    if (plan.ok) return plan.releases;
    throw unresolved(plan.failure, "nothing was chosen");
  }

  async download(name: string, version: string): Promise<Public.Download> {
    const { release, content, notices } = await this.#on(async (registry) => {
      const { verifyArchive } = await import("./verify-archive.ts");
      return verifyArchive(registry, name, version);
    });
    return {
      ...{ name: release.manifest.name, version: release.manifest.version, digest: release.digest },
      publisher: release.signature.publisher,
      ...{ files: release.content, signed: release.files },
      ...{ permissions: content.permissions, notices },
    };
  }

  whyTrusted(name: string, version: string): Promise<Public.WhyTrusted> {
    return this.#on(async (registry) => {
      const { whyTrusted } = await import("./why-trusted.ts");
      return whyTrusted(registry, name, version);
    });
  }

  async refresh(): Promise<boolean> {
    const before = this.#live.last.rootDigest;
    return (await this.#live.current(true)).rootDigest !== before;
  }

  caches(): Readonly<Record<Public.CacheName, Public.CacheReport>> {
    return this.#caches.report();
  }

  #on<T>(work: (registry: Registry) => Promise<T>): Promise<T> {
    return onCurrentView((again) => this.#live.current(again), work);
  }
}

function wantedOf([name, range]: readonly [string, string]): Wanted {
  const parsed = parseRange(range);
  if (parsed !== undefined) return { name: nameOf(name), range: parsed };
  throw new RegistryError(
    "BAD_RANGE",
    `"${visible(range)}" is not a range of versions`,
    "write ^1.0.0, 1.2.3 or *",
  );
}

function nameOf(text: string): PackageName {
  const name = parsePackageName(text);
  if (name !== undefined) return name;
  throw new RegistryError(
    "BAD_NAME",
    `"${visible(text)}" cannot be the name of a package: ${explainName(text)}`,
    "look for it with `search`",
  );
}

function versionOf(text: string): Version {
  const version = parseVersion(text);
  if (version !== undefined) return version;
  throw new RegistryError("BAD_VERSION", `"${visible(text)}" is not a version`, "write one such as 1.2.3");
}
