/**
 * The public library, `ggen-marketplace/client`: everything that a program which uses a registry may count on.
 *
 *     import { openRegistry } from "ggen-marketplace/client";
 *
 * Types alone, and none of another module: they are shipped as they stand here (scripts/client-bundle.ts), in Node
 * and for the browser the same, and the compiler holds client/library.ts to them. Records have more members than are
 * named here; those may change.
 */

/**
 * Opens the registry at `location`: an address, or in Node a folder (a path or a `file:` URL). In a page an address
 * may be relative to it. Verifies everything from `root` down. Throws RegistryError.
 */
export declare function openRegistry(location: string | URL, options: OpenOptions): Promise<Registry>;

/** What stopped the work, for a person: what happened, and what to do. Misuse in code is a plain TypeError or RangeError. */
export declare class RegistryError extends Error {
  /** Stable, upper-case, such as `UNREACHABLE`. */
  readonly code: string;
  /** What to do next; of a command line where it names commands. */
  readonly hint: string;
  /** Every fault that was found, where there may be several. */
  readonly problems: readonly Problem[];
  /** How it came about, where that takes more than a sentence: of an unanswerable `resolve`, the proof. */
  readonly reasons: { readonly lines: readonly string[]; readonly steps: readonly object[] } | undefined;
}

export interface Problem {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly file: string;
  readonly message: string;
  /** What to do next. */
  readonly remedy: string;
}

export interface OpenOptions {
  /**
   * The root that you trust: its bytes, or the sha256 of one that the registry has (64 hex digits). Get it from the
   * registry's operator, and not from where the registry is.
   */
  readonly root: Uint8Array | string;
  /** Where is kept what was seen, so that nobody can show an older view next time; else in memory. A folder: in Node. */
  readonly trust?: TrustStore | { readonly folder: string };
  /** How much is kept in memory, and for how long; what is not named stays as it is. */
  readonly caches?: { readonly [Name in CacheName]?: CacheLimits };
  /** How long a view is used before the registry is asked for a newer one: an hour. 0: at each call. */
  readonly refreshMs?: number;
  /** Whether a view may be used whose signatures ran out more than 30 days ago. */
  readonly allowStale?: boolean;
  /** Whether plain http may be used to other machines than this one. */
  readonly allowHttp?: boolean;
  /** The clock, in milliseconds since 1970: of lifetimes, and of signatures that run out. `Date.now`. */
  readonly now?: () => number;
}

/** Keeps files by name; a `Map` is one. Several registries may share it. It has to be as safe as the program itself. */
export interface TrustStore {
  get(name: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  set(name: string, bytes: Uint8Array): unknown;
  delete(name: string): unknown;
}

export interface Registry {
  /** The address or folder that it is read from. */
  readonly location: string;
  /** The view that answers now. */
  readonly view: View;
  /** Packages that answer the query, best first. Throws RangeError for a limit or offset that is no whole number. */
  search(query: string, options?: SearchOptions): Promise<SearchResults>;
  /** Everything known of a package; `undefined` where there is none of that name. */
  show(name: string): Promise<PackageRecord | undefined>;
  /**
   * One version of each package in `wanted` (name → range, in npm's words) and of all that they need, by name. What
   * is named first gets the newest that is possible. Throws BAD_NAME, BAD_RANGE, BAD_VERSION, and RESOLVE_… where no
   * set of releases goes together, with the proof in `reasons`.
   */
  resolve(wanted: Readonly<Record<string, string>>, options?: ResolveOptions): Promise<readonly Resolved[]>;
  /**
   * The files of a release, each verified here: archive, publisher's signature, statements, and that the registry's
   * records say the same. Throws UNKNOWN_PACKAGE, UNKNOWN_VERSION, RELEASE_FALLEN, and the code of what does not verify.
   */
  download(name: string, version: string): Promise<Download>;
  /** The chain from the root that you trust to the files of a release, each link proven anew. Throws as `download`. */
  whyTrusted(name: string, version: string): Promise<WhyTrusted>;
  /** Asks for the current view now. Whether it is another one. Throws where nobody answers. */
  refresh(): Promise<boolean>;
  /** What is kept in memory, and how often it answered, since the registry was opened. */
  caches(): Readonly<Record<CacheName, CacheReport>>;
}

/** A view: what the registry's keys have signed as current. */
export interface View {
  /** The registry's IRI, as its root has it. */
  readonly registry: string;
  /** sha256 of the index root: two views with the same are the same. */
  readonly indexRoot: string;
  /** Of the source that it was built from, where the signer knew it. */
  readonly commit?: string;
  /** Signed by a build on this machine, for this machine. */
  readonly development: boolean;
  /** When its signatures run out, or did, in milliseconds since 1970. */
  readonly expires: number;
  /** Stale: they ran out, up to 30 days ago. Expired: longer ago. What is newer, and was yanked since, is not seen. */
  readonly state: "fresh" | "stale" | "expired";
  /** When the registry last answered, in milliseconds since 1970. */
  readonly askedAt: number;
  /** The folder of `trust` where it could not be written: an older view would not be noticed after a restart. */
  readonly notKept?: string;
}

export interface SearchOptions {
  /** Results to return; 10. */
  readonly limit?: number;
  /** Results to pass over. */
  readonly offset?: number;
}

export interface SearchResults {
  /** Packages that answer the query. */
  readonly total: number;
  readonly hits: readonly SearchHit[];
  /** Words that nothing answered, and the words that were looked for instead. */
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
  /** Words that no package has, nor anything like them. */
  readonly missing: readonly string[];
}

export interface SearchHit {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly publisher: string;
  readonly category?: string;
  readonly kind: string;
  readonly license: string;
  readonly deprecated: boolean;
  readonly score: number;
  /** Words of the package that answered the query: what to highlight. */
  readonly matched: readonly string[];
}

export interface PackageRecord {
  /** The highest version that is neither withheld nor a pre-release. */
  readonly latest: string;
  readonly package: {
    readonly name: string;
    readonly owners: readonly string[];
    /** Newest first. */
    readonly versions: readonly PackageVersion[];
    readonly deprecated?: Deprecation;
    /** Why no further releases are to be expected. */
    readonly archived?: string;
    readonly advisories: readonly Advisory[];
    /** Packages that need it. */
    readonly dependents: readonly string[];
  };
  /** Newest first. */
  readonly releases: readonly Release[];
}

export interface PackageVersion {
  readonly version: string;
  /** The release digest: sha256 of its SHA256SUMS. */
  readonly digest: string;
  /** The reason of the yank. */
  readonly yanked?: string;
  /** Its key was revoked, or its publisher owns the package no more: there is nothing to download. */
  readonly fallen: boolean;
  readonly deprecated?: Deprecation;
  /** Ids of the advisories that are about this version. */
  readonly advisories?: readonly string[];
}

export interface Deprecation {
  readonly reason: string;
  readonly replacement?: string;
}

export interface Advisory {
  readonly id: string;
  readonly severity: "low" | "moderate" | "high" | "critical";
  readonly versions: string;
  readonly summary: string;
  readonly url?: string;
}

export interface Release {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly publisher: string;
  /** The fingerprint of the key that signed it. */
  readonly keyId: string;
  readonly summary: string;
  readonly description: string;
  readonly license: string;
  readonly kind: string;
  readonly category?: string;
  readonly keywords: readonly string[];
  readonly authors: readonly string[];
  readonly repository?: string;
  readonly homepage?: string;
  /** Name and range of each. */
  readonly dependencies: readonly (readonly [name: string, range: string])[];
  readonly optionalDependencies: readonly (readonly [name: string, range: string])[];
  /** The ggen that it is made for, as a range. */
  readonly requiresGgen?: string;
  readonly content: {
    readonly files: readonly ContentFile[];
    readonly permissions: Permissions;
  };
}

export interface ContentFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly mediaType: string;
  /** Such as `ontology`, `template` or `readme`. */
  readonly role: string;
}

/** What the package may do on the machine of whoever runs it, derived from its files. What cannot be known is in `anything`. */
export interface Permissions {
  readonly shell: readonly {
    readonly file: string;
    readonly line: number;
    readonly when: "before" | "after";
    readonly command: string;
  }[];
  /** Files that stand already may be replaced. */
  readonly overwrite: readonly { readonly file: string; readonly to: string }[];
  /** Files that stand already are edited. */
  readonly inject: readonly { readonly file: string; readonly to: string }[];
  readonly outputs: readonly string[];
  readonly anything: readonly { readonly file: string; readonly why: string }[];
}

export interface ResolveOptions {
  /** Versions to stay with where they still fit, yanked ones too: name → version. */
  readonly locked?: Readonly<Record<string, string>>;
  /** The version of ggen: releases that are made for another are left out. */
  readonly ggen?: string;
}

export interface Resolved {
  readonly name: string;
  readonly version: string;
}

export interface Download {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly publisher: string;
  /** The files of the package, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What was signed, and the signature: package.toml, SHA256SUMS, SHA256SUMS.sig, and the files below `content/`. */
  readonly signed: ReadonlyMap<string, Uint8Array>;
  /** Derived from these bytes, here. */
  readonly permissions: Permissions;
  /** Warnings: that it was yanked, is deprecated, that an advisory is about it, that its name is not ratified. */
  readonly notices: readonly Problem[];
}

export interface WhyTrusted {
  readonly package: string;
  readonly version: string;
  /** The registry's IRI. */
  readonly registry: string;
  readonly development: boolean;
  /** From the root to the index: who signed what. */
  readonly roles: readonly SignedRole[];
  /** sha256 of the index root. */
  readonly indexRoot: string;
  /** The statement that claimed the name: by whom, with which key, and whether the maintainers ratified it. */
  readonly claim: {
    readonly digest: string;
    readonly by: string;
    readonly key: string;
    readonly ratified: boolean;
  };
  readonly owner: { readonly name: string; readonly registration: string; readonly ratified: boolean };
  /** Which key signed the release, and whether it is active, retired or revoked. */
  readonly key: { readonly id: string; readonly state: string };
  /** The release digest. */
  readonly release: string;
  readonly standing: "good" | "fallen";
  /** How many files have the sha256 that the release gives them. */
  readonly files: number;
  readonly notices: readonly Problem[];
}

export interface SignedRole {
  readonly role: string;
  readonly version: number;
  /** Fingerprints of the keys whose signatures verify. */
  readonly signedBy: readonly string[];
  /** How many had to sign, */
  readonly threshold: number;
  /** of how many. */
  readonly keys: number;
  /** Until when it holds, as ISO 8601. */
  readonly expires: string;
}

/** Records of packages and of publishers; what `resolve` reads; results of `search`; files, as they are served. */
export type CacheName = "packages" | "versions" | "searches" | "files";

export interface CacheLimits {
  readonly entriesMax?: number;
  /** Of records and results: as JSON. */
  readonly bytesMax?: number;
  /** From when an entry was made. */
  readonly lifetimeMs?: number;
  /** From when it was last used. */
  readonly idleMs?: number;
}

export interface CacheReport {
  /** Who asked while the answer was on its way is counted here. */
  readonly hits: number;
  readonly misses: number;
  /** Of all that was asked, 0 to 1; `undefined` where nothing was. */
  readonly rate: number | undefined;
  readonly entries: number;
  readonly bytes: number;
  readonly limits: Required<CacheLimits>;
}
