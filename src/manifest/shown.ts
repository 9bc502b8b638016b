/** What was found in a file, as messages show it: one line, bounded, nothing invisible. */
import { visible } from "../base/visible.ts";
import type { TomlPath } from "./toml-source.ts";

/** Characters of a stranger's text shown in a message. */
export const SHOWN_CHARS_MAX = 80;

/** A date or time as smol-toml gives it (its own kind of Date, which keeps the offset), as RFC 3339 text; whole seconds carry no fraction. */
export function dateText(date: Date): string {
  return date.toISOString().replace(/\.000(?=Z|[+-]|$)/, "");
}

/** A parsed value as a message shows it: one line, bounded, nothing invisible. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    const cut = value.length > SHOWN_CHARS_MAX ? `${value.slice(0, SHOWN_CHARS_MAX).toWellFormed()}…` : value;
    return `"${visible(cut)}"`;
  }
  if (value instanceof Date) return dateText(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "a table" : String(value);
}

/** A key path as a person would write it; keys that are not bare are quoted. */
export function placeOf(path: TomlPath): string {
  let out = "";
  for (const part of path) {
    if (typeof part === "number") out += `[${part}]`;
    else out += (out === "" ? "" : ".") + (/^[A-Za-z0-9_-]{1,80}$/.test(part) ? part : shown(part));
  }
  return out;
}
