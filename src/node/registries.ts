/**
 * The registries that this person has added, each with the root that they trust it by.
 *
 *   <data>/trust/registries.json   { "format": 1, "registries": [{ "name", "location", "iri", "root": "<sha256>", "development" }] }
 *   <data>/trust/<sha256>/pinned.json     the root itself
 *
 * A project's files never add one. History: format 1, the first.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeUtf8 } from "../base/bytes.ts";
import { type Digest, isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { flag, list, matching, object, text } from "../base/shape.ts";
import { METADATA_BYTES_MAX } from "../trust/tuf/roles.ts";
import { startHash } from "./crypto.ts";
import { readRegularFile } from "./regular-file.ts";

export interface AddedRegistry {
  readonly name: string;
  /** An address as the reader has it, or the absolute path of a folder. */
  readonly location: string;
  /** The registry's IRI, as its root has it. */
  readonly iri: string;
  /** sha256 of the root that was pinned. */
  readonly root: Digest;
  /** Made by a build on somebody's own machine. */
  readonly development: boolean;
}

const FILE_BYTES_MAX = 1024 * 1024;
const REGISTRIES_MAX = 100;
const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

const shape = object({
  registries: list(
    object({
      name: matching(isRegistryName),
      location: text,
      iri: text,
      root: matching(isDigest),
      development: flag,
    }),
  ),
});

/** What a person may call a registry: never to be mistaken for a path or an address. */
export function isRegistryName(name: string): boolean {
  return name.length <= 64 && NAME.test(name);
}

/** Those that were added, in that order. Throws REGISTRIES_UNREADABLE where the file is damaged: nothing is trusted by guess. */
export function addedRegistries(trust: string): readonly AddedRegistry[] {
  const file = join(trust, "registries.json");
  const bytes = readOwn(file, FILE_BYTES_MAX);
  if (bytes === undefined) return [];
  const value = parseJson(bytes);
  const { format } = (value ?? {}) as { format?: unknown };
  if (format === 1 && shape(value)) return (value as { registries: AddedRegistry[] }).registries;
  throw new RegistryError(
    "REGISTRIES_UNREADABLE",
    `The list of registries that you trust, "${file}", cannot be read`,
    "bring it back from a copy, or delete it and add them again: registry add",
  );
}

/** Each registry once, in the place that was added first: a mirror of one is no other, and is read where it is named. */
export function distinctRegistries(trust: string): readonly AddedRegistry[] {
  const all = addedRegistries(trust);
  return all.filter((one, at) => all.findIndex((other) => isSameRegistry(one, other)) === at);
}

function isSameRegistry(one: AddedRegistry, other: AddedRegistry): boolean {
  return one.iri === other.iri && one.root === other.root;
}

/** The root by its sha256, as it was pinned; `undefined` where it is not there or damaged. */
export function pinnedRoot(trust: string, root: Digest): Uint8Array | undefined {
  const bytes = readOwn(join(trust, root, "pinned.json"), METADATA_BYTES_MAX);
  return bytes !== undefined && startHash(bytes) === root ? bytes : undefined;
}

/** Throws REGISTRY_KNOWN where another one has the name, OTHER_ROOT where the registry is trusted by another root. */
export function addRegistry(trust: string, added: AddedRegistry, root: Uint8Array): void {
  const others = addedRegistries(trust).filter(({ location }) => location !== added.location);
  const named = others.find(({ name }) => name === added.name);
  if (named !== undefined)
    throw new RegistryError(
      "REGISTRY_KNOWN",
      isSameRegistry(named, added)
        ? `You have this registry already, as "${named.name}" at ${named.location}`
        : `You have another registry that is called "${named.name}", at ${named.location}`,
      "give this place a name of its own: --name NAME; or remove the other first: registry remove",
    );
  const trusted = others.find(({ iri, root }) => iri === added.iri && root !== added.root);
  if (trusted !== undefined && !added.development)
    throw new RegistryError(
      "OTHER_ROOT",
      `You trust ${added.iri} by the root ${trusted.root} already, as "${trusted.name}": one of the two roots would be believed for the other`,
      `for another place of the same registry give that root: --root ${trusted.root}; to trust it by the new one: registry remove ${trusted.name}`,
    );
  if (others.length >= REGISTRIES_MAX)
    throw new RegistryError("TOO_MANY_REGISTRIES", `There are ${REGISTRIES_MAX} already`, "remove one first");
  pin(trust, added.root, root);
  write(trust, [...others, added]);
}

/** Keeps a root that the user trusts. */
export function pin(trust: string, id: Digest, root: Uint8Array): void {
  mkdirSync(join(trust, id), { recursive: true, mode: 0o700 });
  replace(join(trust, id, "pinned.json"), root);
}

/** What was seen under its root stays: adding it again allows no rollback. */
export function removeRegistry(trust: string, name: string): void {
  const all = addedRegistries(trust);
  const left = all.filter((registry) => registry.name !== name);
  if (left.length < all.length) write(trust, left);
}

function write(trust: string, registries: readonly AddedRegistry[]): void {
  mkdirSync(trust, { recursive: true, mode: 0o700 });
  replace(join(trust, "registries.json"), JSON.stringify({ format: 1, registries }, null, 2));
}

function replace(file: string, content: string | Uint8Array): void {
  const aside = `${file}.${process.pid}.new`;
  try {
    writeFileSync(aside, content, { mode: 0o600, flush: true });
    renameSync(aside, file);
  } catch (cause) {
    rmSync(aside, { force: true });
    throw new RegistryError(
      "TRUST_NOT_KEPT",
      `Cannot write "${file}"`,
      "make the folder writable and see that the disk is not full; nothing was changed",
      { cause },
    );
  }
}

function readOwn(file: string, bytesMax: number): Uint8Array | undefined {
  try {
    const read = readRegularFile(file, bytesMax);
    return "fault" in read ? new Uint8Array() : read.bytes;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // Damaged: the caller says so.
    return undefined;
  }
}
