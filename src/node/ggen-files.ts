/**
 * What ggen itself keeps in a project, brought up to date with what is installed: the `[packs]` of ggen.toml, its
 * ggen.lock, and .ggen/packs.lock. None of them is made here; entries that are not ours are never touched.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { editGgenLock, packContentHash } from "./ggen-lock.ts";
import { editPacksLock, type PackRecord } from "./ggen-packs-lock.ts";
import { addPackEntries, type GgenTomlEdit, type PackEntry, removePackEntries } from "./ggen-toml.ts";
import { adaptedFolder, packFolder } from "./installed-pack.ts";
import { readRegularFile } from "./regular-file.ts";

const GGEN_TOML = "ggen.toml";
const GGEN_LOCK = "ggen.lock";
const PACKS_LOCK = ".ggen/packs.lock";
/** People write it by hand. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

export interface PacksChange {
  /** What is in packs/ now, of what was installed. */
  readonly installed: ReadonlyMap<string, PackRecord & { readonly files: ReadonlyMap<string, Uint8Array> }>;
  /** Those of them that ggen can load, and the folder it loads each from: a pack that it cannot load would stop it. */
  readonly loadable: ReadonlyMap<string, string>;
  readonly gone: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface GgenFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly ggenToml: "changed" | "unchanged" | "absent";
  /** What was left as it was, and why. */
  readonly notes: readonly string[];
}

/** Throws GGEN_TOML_UNREADABLE for a file of ggen's that is none, or too large. */
export function editGgenFiles(project: string, change: PacksChange): GgenFiles {
  const files = new Map<string, Uint8Array>();
  const notes: string[] = [];
  const edit = (path: string, change: (bytes: Uint8Array) => { bytes?: Uint8Array; why?: string }) => {
    const before = readGgenFile(project, path);
    if (before === undefined) return "absent" as const;
    const { bytes, why } = change(before);
    if (bytes !== undefined) files.set(path, bytes);
    const what = path === GGEN_TOML ? "add the packs to its [packs] table" : "bring it up to date";
    if (why !== undefined) notes.push(`${path} was left as it is: ${why}; ${what} by hand`);
    return bytes === undefined ? ("unchanged" as const) : ("changed" as const);
  };
  const ggenToml = edit(GGEN_TOML, (bytes) => editToml(bytes, change, notes));
  const packs = [...change.installed].map(([name, { files }]) => {
    const path = change.loadable.get(name) ?? packFolder(name);
    return [name, { path, hash: packContentHash(files) }] as const;
  });
  edit(GGEN_LOCK, (bytes) => editGgenLock(bytes, { changed: new Map(packs), gone: change.gone }));
  edit(PACKS_LOCK, (bytes) => editPacksLock(bytes, change));
  return { files, ggenToml, notes };
}

function editToml(bytes: Uint8Array, { installed, loadable, gone }: PacksChange, notes: string[]) {
  const removed = removePackEntries(bytes, [...leftEntries(gone, installed.keys(), loadable)]);
  const added = addPackEntries(bytesOf(removed) ?? bytes, entriesOf(loadable));
  for (const name of added.elsewhere)
    notes.push(
      `${GGEN_TOML} has "${name}" at another place, and that was left: ggen will not use ${loadable.get(name)}`,
    );
  const after = bytesOf(added) ?? bytesOf(removed);
  const [left] = [removed, added].filter((edit) => edit.outcome === "left");
  return {
    ...(after === undefined ? {} : { bytes: after }),
    ...(left?.outcome === "left" ? { why: left.why } : {}),
  };
}

/** Entries of what is gone, and those that lead to a pack's other form than the one that is to be loaded. */
function* leftEntries(
  gone: Iterable<string>,
  installed: Iterable<string>,
  loadable: ReadonlyMap<string, string>,
): Generator<PackEntry> {
  for (const name of gone) for (const path of [packFolder(name), adaptedFolder(name)]) yield { name, path };
  for (const name of installed) {
    const path = loadable.get(name);
    if (path !== adaptedFolder(name)) yield { name, path: adaptedFolder(name) };
    else yield { name, path: packFolder(name) };
  }
}

function bytesOf(edit: GgenTomlEdit): Uint8Array | undefined {
  return edit.outcome === "changed" ? edit.bytes : undefined;
}

function entriesOf(folders: ReadonlyMap<string, string>): PackEntry[] {
  return [...folders].map(([name, path]) => ({ name, path }));
}

function readGgenFile(project: string, path: string): Uint8Array | undefined {
  const at = join(project, path);
  if (!existsSync(at)) return undefined;
  const file = readRegularFile(at, FILE_BYTES_MAX);
  if (!("fault" in file)) return file.bytes;
  throw new RegistryError(
    "GGEN_TOML_UNREADABLE",
    `"${path}" cannot be read: it ${file.what}; nothing was changed`,
    "put the project's own file in its place, or move it away",
  );
}

/** Whether there is a ggen.toml in which an entry for this pack, at this folder, could be made. */
export function lacksPackEntry(project: string, name: string, folder: string): boolean {
  const path = join(project, GGEN_TOML);
  if (!existsSync(path)) return false;
  const file = readRegularFile(path, FILE_BYTES_MAX);
  return !("fault" in file) && addPackEntries(file.bytes, [{ name, path: folder }]).outcome === "changed";
}
