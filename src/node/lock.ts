/**
 * ggen-marketplace.lock: what is installed in a project, so that it can be verified and told from what
 * people put there by hand.
 *
 *     format = 1
 *     [roots]                 what was asked for: name = range
 *     [packages.<name>]       version, digest (of the release), content (of the files as installed),
 *                             registry (its IRI), dependencies
 *
 * Sorted, without times. History: format 1, the first.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { Digest } from "../base/digest.ts";
import { isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { compareText } from "../base/order.ts";
import { readToml } from "../manifest/toml-document.ts";
import { tomlLine, tomlList, tomlString } from "../manifest/toml-text.ts";

export const LOCK_FILE = "ggen-marketplace.lock";
const LOCK_BYTES_MAX = 16 * 1024 * 1024;

export interface LockedPackage {
  readonly version: string;
  readonly digest: Digest;
  readonly content: Digest;
  readonly registry: string;
  readonly dependencies: readonly string[];
}

export interface Lock {
  readonly roots: ReadonlyMap<string, string>;
  readonly packages: ReadonlyMap<string, LockedPackage>;
}

const digest = v.pipe(v.string(), v.check(isDigest), v.transform((text) => text as Digest));
const lockSchema = v.object({
  format: v.literal(1),
  roots: v.record(v.string(), v.string()),
  packages: v.record(v.string(), v.object({ version: v.string(), digest, content: digest, registry: v.string(), dependencies: v.array(v.string()) })),
});

/** The project's lock; empty where there is none. Throws LOCK_UNREADABLE. */
export function readLock(project: string): Lock {
  const path = join(project, LOCK_FILE);
  if (!existsSync(path)) return { roots: new Map(), packages: new Map() };
  const read = readToml(readFileSync(path), LOCK_FILE, { codes: "LOCK", bytesMax: LOCK_BYTES_MAX });
  if (!read.ok) throw unreadable(path, read.problems[0]?.message ?? "");
  if (typeof read.value.root.format === "number" && read.value.root.format > 1)
    throw new RegistryError("LOCK_NEWER", `"${path}" has format ${read.value.root.format}; this program reads format 1`, "update ggen-marketplace");
  const parsed = v.safeParse(lockSchema, { roots: {}, packages: {}, ...read.value.root });
  if (!parsed.success) throw unreadable(path, parsed.issues[0]?.message ?? "");
  return { roots: new Map(Object.entries(parsed.output.roots)), packages: new Map(Object.entries(parsed.output.packages)) };
}

export function writeLock(lock: Lock): string {
  const sorted = <T>(entries: ReadonlyMap<string, T>) => [...entries].sort(([a], [b]) => compareText(a, b));
  const lines = ["# What is installed here. Written by ggen-marketplace; do not edit.", "format = 1", "", "[roots]"];
  for (const [name, range] of sorted(lock.roots)) lines.push(tomlLine(name, tomlString(range)).trimEnd());
  for (const [name, locked] of sorted(lock.packages)) {
    lines.push("", `[packages.${name}]`);
    for (const key of ["version", "digest", "content", "registry"] as const) lines.push(tomlLine(key, tomlString(locked[key])).trimEnd());
    lines.push(`dependencies = ${tomlList([...locked.dependencies].sort(compareText))}`);
  }
  return `${lines.join("\n")}\n`;
}

function unreadable(path: string, why: string): RegistryError {
  return new RegistryError("LOCK_UNREADABLE", `"${path}" cannot be read: ${why}`, "restore it from version control, or remove it and install again");
}
