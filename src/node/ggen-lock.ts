/**
 * ggen.lock: which packs the engine has seen, and the hash of each one's files. The engine writes it, adds packs that
 * are new to it, and stops where a pack has another hash than it remembers: so what is installed anew is brought up
 * to date here, and what is removed goes.
 *
 *     [packs.<name>]
 *     source = "path:packs/<name>"
 *     content_hash = "blake3:<64 hex>"
 *
 * The hash is one BLAKE3 over the path (UTF-8) and the bytes of every file, in the byte order of the paths, with
 * nothing in between.
 */
import { blake3 } from "@noble/hashes/blake3.js";
import { parse } from "smol-toml";
import { decodeUtf8, toHex, utf8 } from "../base/bytes.ts";
import { sortedBy } from "../base/order.ts";
import { isTable, type TomlTable } from "../manifest/toml-document.ts";

/** As the engine writes it: `blake3:<64 hex>`. */
export function packContentHash(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = blake3.create();
  for (const [path, bytes] of sortedBy(files, ([path]) => path)) hash.update(utf8(path)).update(bytes);
  return `blake3:${toHex(hash.digest())}`;
}

export interface PackLocking {
  /** Where packs whose files are others now lie, and their content hash. */
  readonly changed: ReadonlyMap<string, { readonly path: string; readonly hash: string }>;
  readonly gone: ReadonlySet<string>;
}

/**
 * The file with the hashes that are right now, and without the packs that are gone; `undefined` where nothing of it is
 * ours to change. Entries of other sources, and packs that it does not have, are left to the engine. Where it is not
 * written as the engine writes it, it is left too: `why`.
 */
export function editGgenLock(
  bytes: Uint8Array,
  { changed, gone }: PackLocking,
): { readonly bytes?: Uint8Array; readonly why?: string } {
  const text = decodeUtf8(bytes);
  const before = text === undefined ? undefined : packsIn(text);
  if (text === undefined || before === undefined) return { why: "it is not valid TOML" };
  const isOurs = (name: string) => isTable(before[name]) && leadsToPack(before[name].source, name);
  const wanted: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(before)) {
    const now = changed.get(name);
    if (gone.has(name) && isOurs(name)) continue;
    wanted[name] = now !== undefined && isOurs(name) ? entryNow(entry as TomlTable, now) : entry;
  }
  const edited = text
    .split(/(?=^\[)/m)
    .flatMap((block) => editBlock(block, wanted))
    .join("");
  if (JSON.stringify(before) === JSON.stringify(wanted)) return {};
  if (JSON.stringify(packsIn(edited)) !== JSON.stringify(wanted))
    return { why: "it is not written as ggen writes it" };
  return { bytes: utf8(edited) };
}

/** The engine notes the path as ggen.toml has it. */
function leadsToPack(source: unknown, name: string): boolean {
  return [`packs/${name}`, `packs/${name}.adapted`].includes(pathOf(source) ?? "");
}

function pathOf(source: unknown): string | undefined {
  return typeof source === "string" ? source.replace(/^path:(?:\.\/)?|\/$/g, "") : undefined;
}

/** A source that leads there already stays as it is written. */
function entryNow(entry: TomlTable, { path, hash }: { path: string; hash: string }): TomlTable {
  const source = pathOf(entry.source) === path ? entry.source : `path:${path}`;
  return { ...entry, ...(source === undefined ? {} : { source }), content_hash: hash };
}

/** A block begins with its `[packs.<name>]`; what stands before the first is no pack's. */
function editBlock(block: string, wanted: Readonly<Record<string, unknown>>): string[] {
  const [, name] = /^\[packs\.([A-Za-z0-9_-]+)\]/.exec(block) ?? [];
  if (name === undefined) return [block];
  const entry = wanted[name];
  if (!isTable(entry)) return [];
  return [
    block
      .replace(/^source = "[^"]*"/m, `source = "${String(entry.source)}"`)
      .replace(/^content_hash = "[^"]*"/m, `content_hash = "${String(entry.content_hash)}"`),
  ];
}

function packsIn(text: string): TomlTable | undefined {
  try {
    const { packs = {} } = parse(text);
    return isTable(packs) ? packs : undefined;
  } catch {
    // Told as what it means: the file is left as it is.
    return undefined;
  }
}
