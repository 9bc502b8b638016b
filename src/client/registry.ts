/**
 * A registry as its readers see it: one view, the one that signed metadata name, read part by part as
 * it is asked for, every part verified by the digest that led to it.
 *
 *     const view = await openTrustedView(store, policy, metadataOf(reader));
 *     const registry = await openRegistry({ reader, ports, inflate, view });
 *     const { hits } = await registry.search("sql");
 *     const record = await registry.show("owl-to-sql");
 *     const release = await registry.download("owl-to-sql", "1.0.0");   // verified, or it throws
 *
 * Runs in Node and in the browser; what differs (reading, native cryptography) is passed in.
 */
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { mapInOrder } from "../base/in-order.ts";
import { compareText } from "../base/order.ts";
import { LIMIT_CEILINGS } from "../manifest/limits.ts";
import type { PackageName } from "../manifest/name.ts";
import type { ReadFile } from "../search/family.ts";
import type { Searcher, SearchOptions, SearchResults } from "../search/query.ts";
import type { Inflate } from "../snapshot/deflate.ts";
import { type IndexRoot, parseIndexRoot, ROOT_BYTES_MAX } from "../snapshot/index-root.ts";
import { archivePath, type Ref, rootPath } from "../snapshot/layout.ts";
import type { PackageRecord, PublisherRecord, ResolveRecord, ResolveRelease } from "../snapshot/records.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import type { TrustRoot } from "../trust/statement.ts";
import type { Kept } from "./cache.ts";
import { openSearch, searchFiles } from "./open-search.ts";
import { readPointer } from "./pointer.ts";
import type { Reader } from "./reader.ts";
import { PACKAGE_FORM, PUBLISHER_FORM, RESOLVE_FORM } from "./record-shapes.ts";
import { type Packs, Section } from "./sections.ts";
import type { TrustedView } from "./trusted-view.ts";
import { type ReadPorts, readVerified } from "./verified-read.ts";

export interface Opening {
  readonly reader: Reader;
  readonly ports: TrustPorts;
  readonly inflate: Inflate;
  /** What of the view stays in memory, where that is bounded; else all that was read. */
  readonly keeping?: Keeping;
}

export interface Keeping {
  readonly packages: Kept<PackageRecord | null>;
  readonly publishers: Kept<PublisherRecord | null>;
  readonly versions: Kept<ResolveRecord | null>;
  /** Unpacked files of the search index. */
  readonly indexBytesMax: number;
}

export interface OpenOptions extends Opening {
  readonly view: TrustedView;
}

/** Packages that a resolution may look at. */
const CANDIDATE_PACKAGES_MAX = 10_000;
const RECORDS_AT_ONCE_MAX = 8;

/** A line of `list`. */
export interface PackageSummary {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly publisher: string;
  readonly kind: string;
  readonly category?: string;
  readonly license: string;
  readonly deprecated: boolean;
}

export interface OpenUnsignedOptions extends Opening {
  /** Else the one that registry.json names. */
  readonly root?: Ref;
  /** What statements are judged by, for who knows it; else what the tree itself says. */
  readonly trustRoot?: TrustRoot;
}

/** Opens the view that was signed. Throws OTHER_REGISTRY, and what the reader, readVerified and parseIndexRoot say. */
export async function openRegistry(options: OpenOptions): Promise<Registry> {
  const { view } = options;
  const root = await readRoot(view.indexRoot, options);
  if (root.registry.iri === view.registry) return new Registry(options, view.indexRoot, root, view);
  throw new RegistryError(
    "OTHER_REGISTRY",
    `The index is of the registry ${root.registry.iri}, and the root that you trust is of ${view.registry}`,
    "nothing of it was used; tell the registry's operator",
  );
}

/**
 * Opens a tree that nobody has signed: what a build on this machine has just made, for who signs it or
 * makes its pages. Never what came from elsewhere: maintainers and all else are what the tree says.
 */
export async function openUnsigned(options: OpenUnsignedOptions): Promise<Registry> {
  const ref = options.root ?? (await readPointer(options.reader));
  return new Registry(options, ref, await readRoot(ref, options), undefined, options.trustRoot);
}

async function readRoot(ref: Ref, { reader, ports }: Opening): Promise<IndexRoot> {
  const bytes = await readVerified(reader, rootPath(ref.sha256), ref, ports.hash, ROOT_BYTES_MAX);
  const root = parseIndexRoot(bytes, rootPath(ref.sha256));
  if (root.ok) return root.value;
  const [first] = root.problems;
  throw new RegistryError(first?.code ?? "ROOT_INVALID", first?.message ?? "", first?.remedy ?? "", {
    problems: root.problems,
  });
}

export class Registry {
  readonly root: IndexRoot;
  readonly rootRef: Ref;
  /** What was signed; absent for a tree that is not. */
  readonly view: TrustedView | undefined;
  readonly reader: Reader;
  readonly ports: TrustPorts;
  readonly read: ReadPorts;
  readonly #resolve: Section<ResolveRecord>;
  readonly #packages: Section<PackageRecord>;
  readonly #publishers: Section<PublisherRecord>;
  readonly #indexBytesMax: number | undefined;
  #searcher: Promise<Searcher> | undefined;
  #trustRoot: Promise<TrustRoot> | undefined;
  /** A file of the search index, verified and unpacked. */
  readonly readSearchFile: ReadFile;

  constructor(
    options: Opening,
    rootRef: Ref,
    root: IndexRoot,
    view: TrustedView | undefined,
    trustRoot?: TrustRoot,
  ) {
    this.root = root;
    this.rootRef = rootRef;
    this.view = view;
    if (trustRoot !== undefined) this.#trustRoot = Promise.resolve(trustRoot);
    this.reader = options.reader;
    this.ports = options.ports;
    this.read = { reader: options.reader, hash: options.ports.hash, inflate: options.inflate };
    this.readSearchFile = searchFiles(this.read);
    const { keeping } = options;
    this.#indexBytesMax = keeping?.indexBytesMax;
    this.#resolve = new Section(root.sections.resolve, this.read, RESOLVE_FORM, keeping?.versions);
    this.#packages = new Section(root.sections.packages, this.read, PACKAGE_FORM, keeping?.packages);
    this.#publishers = new Section(root.sections.publishers, this.read, PUBLISHER_FORM, keeping?.publishers);
  }

  /** Reads every record to resolve with; `onFile` is told the length of each file, packed. */
  async readResolveRecords(onFile: (length: number) => void, packs?: Packs): Promise<void> {
    await this.#resolve.all(onFile, packs);
  }

  /** Reads every record to show and verify with. */
  async readPackageRecords(onFile: (length: number) => void, packs?: Packs): Promise<void> {
    for (const section of [this.#packages, this.#publishers]) await section.all(onFile, packs);
  }

  get rootDigest(): Digest {
    return this.rootRef.sha256;
  }

  /** What statements are judged by: what was ratified offline; of an unsigned tree, what it says itself. */
  trustRoot(): Promise<TrustRoot> {
    this.#trustRoot ??= this.#readTrustRoot().catch((error) => {
      this.#trustRoot = undefined;
      throw error;
    });
    return this.#trustRoot;
  }

  async #readTrustRoot(): Promise<TrustRoot> {
    const { view, reader, ports } = this;
    if (view !== undefined) {
      const { readRatification, trustRootOf } = await import("./ratified.ts");
      return trustRootOf(await readRatification(view, reader, ports.hash));
    }
    const { readTrustRoot } = await import("../trust/trust-root.ts");
    const said = readTrustRoot(this.root.registry.iri, this.root.maintainers, "index root");
    if (said.ok) return said.value;
    throw new RegistryError(
      "ROOT_INVALID",
      "The index root lists maintainers that are no keys",
      "build the registry again",
      {
        problems: said.problems,
      },
    );
  }

  /** Everything known of a package; `undefined` where there is none of that name. */
  show(name: string): Promise<PackageRecord | undefined> {
    return this.#packages.find(name);
  }

  /** Everything known of every package. */
  packageRecords(): Promise<PackageRecord[]> {
    return this.#packages.all();
  }

  publisher(name: string): Promise<PublisherRecord | undefined> {
    return this.#publishers.find(name);
  }

  publishers(): Promise<PublisherRecord[]> {
    return this.#publishers.all();
  }

  resolveRecord(name: string): Promise<ResolveRecord | undefined> {
    return this.#resolve.find(name);
  }

  resolveRecords(): Promise<ResolveRecord[]> {
    return this.#resolve.all();
  }

  async search(query: string, options: SearchOptions = {}): Promise<SearchResults> {
    this.#searcher ??= openSearch(this.root.sections.search, this.read, this.#indexBytesMax).catch(
      (error) => {
        this.#searcher = undefined;
        throw error;
      },
    );
    return (await this.#searcher).search(query, options);
  }

  /** Every package, one line each, by name. */
  async list(): Promise<PackageSummary[]> {
    const { hits } = await this.search("", { limit: Number.MAX_SAFE_INTEGER });
    return [...hits].sort((a, b) => compareText(a.name, b.name));
  }

  /** Releases of `names` and of everything they can lead to, as the resolver wants them. Throws TOO_MANY_PACKAGES. */
  async candidates(
    names: readonly PackageName[],
  ): Promise<ReadonlyMap<PackageName, readonly ResolveRelease[]>> {
    const found = new Map<PackageName, readonly ResolveRelease[]>();
    const asked = new Set<PackageName>();
    for (let open = [...new Set(names)]; open.length > 0; ) {
      for (const name of open) asked.add(name);
      if (asked.size > CANDIDATE_PACKAGES_MAX)
        throw new RegistryError(
          "TOO_MANY_PACKAGES",
          `What you asked for leads to more than ${CANDIDATE_PACKAGES_MAX} packages`,
          "ask for fewer packages at once",
        );
      const records = await mapInOrder(open, RECORDS_AT_ONCE_MAX, (name) => this.#resolve.find(name));
      const there = records.filter((record) => record !== undefined);
      for (const record of there) found.set(record.name, record.releases);
      const next = there
        .flatMap((record) => record.releases)
        .flatMap((release) => release.dependencies.map(([name]) => name));
      open = [...new Set(next)].filter((name) => !asked.has(name));
    }
    return found;
  }

  /** The release, fetched and verified from the publisher's key down; throws where anything does not hold. */
  async download(name: string, version: string): Promise<VerifiedRelease> {
    const { verifyArchive } = await import("./verify-archive.ts");
    return (await verifyArchive(this, name, version)).release;
  }

  /** The archive's bytes, equal to what the record commits to. */
  archive(ref: { readonly sha256: Digest; readonly size: number }): Promise<Uint8Array> {
    return readVerified(
      this.reader,
      archivePath(ref.sha256),
      { sha256: ref.sha256, length: ref.size },
      this.ports.hash,
      LIMIT_CEILINGS.releaseBytesMax,
    );
  }
}
