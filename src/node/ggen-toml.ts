/**
 * `[packs]` entries in a project's ggen.toml: added as text, so that comments and order stay, and only
 * where the file then reads as it did before, with the entries and nothing else besides.
 */
import { isDeepStrictEqual } from "node:util";
import { parse } from "smol-toml";

export interface PackEntry {
  readonly name: string;
  readonly path: string;
}

export type GgenTomlEdit =
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "changed"; readonly text: string }
  | { readonly outcome: "left"; readonly why: string };

/** The text with an entry for each pack that has none. An entry that is there is never touched. */
export function addPackEntries(text: string, entries: readonly PackEntry[]): GgenTomlEdit {
  const before = tryParse(text);
  if (before === undefined) return { outcome: "left", why: "it is not valid TOML" };
  const packs = before.packs ?? {};
  if (typeof packs !== "object" || packs === null || Array.isArray(packs)) return { outcome: "left", why: "its `packs` is not a table" };
  const fresh = entries.filter((entry) => !Object.hasOwn(packs, entry.name));
  if (fresh.length === 0) return { outcome: "unchanged" };
  const edited = insert(text, fresh.map((entry) => `${entry.name} = { path = ${JSON.stringify(entry.path)} }`));
  const wanted = { ...before, packs: { ...packs, ...Object.fromEntries(fresh.map((entry) => [entry.name, { path: entry.path }])) } };
  if (!isDeepStrictEqual(plain(tryParse(edited)), plain(wanted))) return { outcome: "left", why: "its [packs] is written in a way this program does not edit" };
  return { outcome: "changed", text: edited };
}

/** TOML tables have no prototype; comparison wants plain values. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function tryParse(text: string): Record<string, unknown> | undefined {
  try {
    return parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** After the last entry of `[packs]`, or in a new table at the end. */
function insert(text: string, lines: readonly string[]): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const rows = text.split(/\r?\n/);
  const header = rows.findIndex((row) => /^\s*\[\s*packs\s*\]\s*(?:#.*)?$/.test(row));
  if (header < 0) {
    const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
    return `${text}${gap}[packs]${eol}${lines.join(eol)}${eol}`;
  }
  let end = rows.findIndex((row, at) => at > header && /^\s*\[/.test(row));
  if (end < 0) end = rows.length;
  while (end > header + 1 && (rows[end - 1] ?? "").trim() === "") end--;
  rows.splice(end, 0, ...lines);
  const edited = rows.join(eol);
  return edited.endsWith(eol) ? edited : `${edited}${eol}`;
}
