/**
 * ggen-marketplace.lock: what is installed in a project, so that it can be verified and told from what
 * people put there by hand.
 *
 *     format = 1
 *     [roots]                 what was asked for: name = range
 *     [packages.<name>]       version, digest (of the release), content (of the files as installed),
 *                             adapted (of the files of the form that ggen loads, where it was made), registry (its
 *                             IRI), root (sha256 of the one it was trusted by), view (version of the registry's
 *                             snapshot that it was taken from), dependencies; publisher; statements,
 *                             publisher-statements: the last statement of the package's and of its publisher's
 *                             chain that was seen; consent: what was agreed that it may do
 *
 * Sorted, without times. History: format 1, the first.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Digest, isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { compareText } from "../base/order.ts";
import { count, list, matching, object, type Shape, text } from "../base/shape.ts";
import { visible } from "../base/visible.ts";
import { type PackageName, parsePackageName, parsePublisherName } from "../manifest/name.ts";
import { isTable, readToml } from "../manifest/toml-document.ts";
import { tomlLine, tomlList, tomlString } from "../manifest/toml-text.ts";
import { parseRange, parseVersion, type Range, type Version } from "../manifest/version.ts";
import { readRegularFile } from "./regular-file.ts";

export const LOCK_FILE = "ggen-marketplace.lock";
const LOCK_FORMAT = 1;
const LOCK_BYTES_MAX = 16 * 1024 * 1024;

export interface LockedPackage {
  readonly version: Version;
  readonly digest: Digest;
  readonly content: Digest;
  /** Of packs/<name>.adapted (content/adapt.ts); absent where there is none. */
  readonly adapted?: Digest;
  /** The registry's IRI. */
  readonly registry: string;
  /** Absent in a lock of an earlier program, as are the others: sha256 of the root that the registry was trusted by. */
  readonly root?: Digest;
  /** The version of the registry's snapshot that it was taken from. */
  readonly view?: number;
  /** Who signed it. */
  readonly publisher?: string;
  readonly dependencies: readonly PackageName[];
  readonly statements?: Digest;
  readonly "publisher-statements"?: Digest;
  /** Kinds of what it may do (content/consent.ts), which whoever installed it agreed to; absent where there are none. */
  readonly consent?: readonly string[];
}

export interface Lock {
  readonly roots: ReadonlyMap<PackageName, Range>;
  readonly packages: ReadonlyMap<PackageName, LockedPackage>;
}

const name = matching((value) => parsePackageName(value) !== undefined);
const digest = matching(isDigest);
const range = matching((value) => parseRange(value) !== undefined);
const locked = object(
  {
    version: matching((value) => parseVersion(value) !== undefined),
    digest,
    content: digest,
    registry: text,
    dependencies: list(name),
  },
  {
    ...{ adapted: digest, root: digest, view: count },
    ...{ publisher: matching((value) => parsePublisherName(value) !== undefined) },
    ...{ statements: digest, "publisher-statements": digest, consent: list(text) },
  },
);

/** The project's lock; empty where there is none. Throws LOCK_UNREADABLE, LOCK_NEWER. */
export function readLock(project: string): Lock {
  const path = join(project, LOCK_FILE);
  if (!existsSync(path)) return { roots: new Map(), packages: new Map() };
  const file = readRegularFile(path, LOCK_BYTES_MAX);
  if ("fault" in file) throw unreadable(path, `it ${file.what}`);
  const read = readToml(file.bytes, LOCK_FILE, { codes: "LOCK", bytesMax: LOCK_BYTES_MAX });
  if (!read.ok) throw unreadable(path, read.problems[0]?.message ?? "it is not TOML");
  const { format, roots = {}, packages = {} } = read.value.root;
  if (typeof format === "number" && format > LOCK_FORMAT)
    throw new RegistryError(
      "LOCK_NEWER",
      `"${visible(path)}" has format ${format}; this program reads format ${LOCK_FORMAT}`,
      "update ggen-marketplace",
    );
  if (format !== LOCK_FORMAT) throw unreadable(path, `it does not say format = ${LOCK_FORMAT}`);
  return {
    roots: entries<Range>(path, "roots", roots, range),
    packages: entries<LockedPackage>(path, "packages", packages, locked),
  };
}

function entries<T>(path: string, table: string, value: unknown, shape: Shape): Map<PackageName, T> {
  if (!isTable(value)) throw unreadable(path, `[${table}] is not a table`);
  const found = Object.entries(value);
  const wrong = found.find(([key, entry]) => !name(key) || !shape(entry));
  if (wrong !== undefined)
    throw unreadable(path, `[${table}] has an entry "${visible(wrong[0])}" that this program did not write`);
  return new Map(found as [PackageName, T][]);
}

/** What the roots lead to: everything in the lock that something still needs. */
export function reachable({ roots, packages }: Lock): ReadonlySet<PackageName> {
  const found = new Set<PackageName>();
  const open = [...roots.keys()];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const entry = packages.get(name);
    if (entry === undefined || found.has(name)) continue;
    found.add(name);
    open.push(...entry.dependencies);
  }
  return found;
}

const FIELDS = [
  ...(["version", "digest", "content", "adapted", "registry", "root", "view"] as const),
  ...(["publisher", "statements", "publisher-statements"] as const),
];

export function writeLock(lock: Lock): string {
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => compareText(a, b));
  const lines = [
    "# What is installed here. Written by ggen-marketplace; do not edit.",
    `format = ${LOCK_FORMAT}`,
    "",
    "[roots]",
  ];
  for (const [key, asked] of sorted(lock.roots)) lines.push(line(key, asked));
  for (const [key, entry] of sorted(lock.packages)) {
    lines.push("", `[packages.${key}]`);
    for (const field of FIELDS) if (entry[field] !== undefined) lines.push(line(field, entry[field]));
    if (entry.consent !== undefined && entry.consent.length > 0)
      lines.push(`consent = ${tomlList([...entry.consent].sort(compareText))}`);
    lines.push(`dependencies = ${tomlList([...entry.dependencies].sort(compareText))}`);
  }
  return `${lines.join("\n")}\n`;
}

function line(key: string, value: string | number): string {
  return tomlLine(key, typeof value === "number" ? String(value) : tomlString(value)).trimEnd();
}

function unreadable(path: string, why: string): RegistryError {
  return new RegistryError(
    "LOCK_UNREADABLE",
    `"${visible(path)}" cannot be read: ${why}; nothing was changed`,
    "restore it from version control, or remove it and install again",
  );
}
