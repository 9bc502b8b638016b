/**
 * `[packs]` entries in a project's ggen.toml: added as text, so that comments, order and line ends stay,
 * and only where the file then reads as it did before, with the entries and nothing else besides.
 */
import { isDeepStrictEqual } from "node:util";
import { parse } from "smol-toml";
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import { isTable, type TomlTable } from "../manifest/toml-document.ts";

export interface PackEntry {
  readonly name: string;
  readonly path: string;
}

export type GgenTomlEdit =
  | { readonly outcome: "unchanged"; readonly elsewhere: readonly string[] }
  | { readonly outcome: "changed"; readonly elsewhere: readonly string[]; readonly bytes: Uint8Array }
  | { readonly outcome: "left"; readonly elsewhere: readonly string[]; readonly why: string };

/**
 * The file with an entry for each pack that has none. An entry that is there is never touched:
 * `elsewhere` names those that lead to another place.
 */
export function addPackEntries(bytes: Uint8Array, entries: readonly PackEntry[]): GgenTomlEdit {
  const left = (why: string): GgenTomlEdit => ({ outcome: "left", elsewhere: [], why });
  const text = decodeUtf8(bytes);
  if (text === undefined) return left("it is not UTF-8");
  const before = tryParse(text);
  if (before === undefined) return left("it is not valid TOML");
  const packs = before.packs ?? {};
  if (!isTable(packs)) return left("its `packs` is not a table");
  const elsewhere = entries
    .filter(({ name, path }) => Object.hasOwn(packs, name) && !leadsTo(packs[name], path))
    .map(({ name }) => name);
  const fresh = entries.filter(({ name }) => !Object.hasOwn(packs, name));
  if (fresh.length === 0) return { outcome: "unchanged", elsewhere };
  const edited = insert(
    text,
    fresh.map(({ name, path }) => `${name} = { path = ${JSON.stringify(path)} }`),
  );
  const wanted = {
    ...before,
    packs: { ...packs, ...Object.fromEntries(fresh.map(({ name, path }) => [name, { path }])) },
  };
  if (!isDeepStrictEqual(plain(tryParse(edited)), plain(wanted)))
    return { ...left("its [packs] is written in a way this program does not edit"), elsewhere };
  return { outcome: "changed", elsewhere, bytes: utf8(edited) };
}

function leadsTo(entry: unknown, path: string): boolean {
  return isTable(entry) && typeof entry.path === "string" && entry.path.replace(/^\.\/|\/$/g, "") === path;
}

/** The file without the entries of these packs, where they lead to the place that is named: others are somebody else's. */
export function removePackEntries(bytes: Uint8Array, entries: readonly PackEntry[]): GgenTomlEdit {
  const left = (why: string): GgenTomlEdit => ({ outcome: "left", elsewhere: [], why });
  const text = decodeUtf8(bytes);
  const before = text === undefined ? undefined : tryParse(text);
  if (text === undefined || before === undefined) return left("it is not valid TOML");
  const packs = before.packs;
  if (!isTable(packs)) return { outcome: "unchanged", elsewhere: [] };
  const ours = entries.filter(({ name, path }) => Object.hasOwn(packs, name) && leadsTo(packs[name], path));
  if (ours.length === 0) return { outcome: "unchanged", elsewhere: [] };
  const names = new Set(ours.map(({ name }) => name));
  const edited = withoutLines(text, names);
  const rest = Object.fromEntries(Object.entries(packs).filter(([name]) => !names.has(name)));
  const now = tryParse(edited);
  const wanted = { ...before, packs: rest };
  if (!isDeepStrictEqual(plain({ packs: {}, ...now }), plain(wanted)))
    return left("its [packs] is written in a way this program does not edit");
  return { outcome: "changed", elsewhere: [], bytes: utf8(edited) };
}

/** Lines of `[packs]` that are the entry of one of `names`, and nothing besides. */
function withoutLines(text: string, names: ReadonlySet<string>): string {
  let inPacks = false;
  const kept = text.split(/(?<=\n)/).filter((line) => {
    if (/^[ \t]*\[/.test(line)) inPacks = /^[ \t]*\[[ \t]*packs[ \t]*\]/.test(line);
    const [, name = ""] =
      /^[ \t]*"?([a-z0-9-]+)"?[ \t]*=[ \t]*\{[^{}]*\}[ \t]*(?:#[^\n]*)?\r?\n?$/.exec(line) ?? [];
    return !(inPacks && names.has(name));
  });
  return kept.join("");
}

/** TOML's tables and dates have classes of their own; comparison wants plain values. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function tryParse(text: string): TomlTable | undefined {
  try {
    return parse(text);
  } catch {
    // Its syntax error is not ours to tell: ggen does, with the line.
    return undefined;
  }
}

/** After the last line of `[packs]` that says anything, or in a new table at the end. */
function insert(text: string, lines: readonly string[]): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const added = lines.map((line) => `${line}${eol}`).join("");
  const header = /^[ \t]*\[[ \t]*packs[ \t]*\][ \t]*(?:#[^\n]*)?(?:\r?\n|$)/m.exec(text);
  if (header === null) {
    const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
    return `${text}${gap}[packs]${eol}${added}`;
  }
  let at = header.index + header[0].length;
  let end = at;
  for (const line of text.slice(at).split(/(?<=\n)/)) {
    if (/^[ \t]*\[/.test(line)) break;
    end += line.length;
    if (!/^[ \t]*(?:#|\r?\n|$)/.test(line)) at = end;
  }
  const start = text.slice(0, at);
  return `${start}${start.endsWith("\n") ? "" : eol}${added}${text.slice(at)}`;
}
