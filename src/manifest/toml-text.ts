/** TOML as this project writes it: one spelling for each value, readable in a diff, TOML 1.0. */
import { UNSEEN_BEYOND_ASCII } from "../base/visible.ts";

const SHORT_ESCAPES = new Map([
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

const ESCAPED = new RegExp(`["\\\\\\u0000-\\u001f${UNSEEN_BEYOND_ASCII}]`, "gu");

/** A basic string on one line. What nobody would see is escaped, so that a diff shows it. */
export function tomlString(text: string): string {
  return `"${text.replace(ESCAPED, escapeChar)}"`;
}

function escapeChar(char: string): string {
  const short = SHORT_ESCAPES.get(char);
  if (short !== undefined) return short;
  const code = (char.codePointAt(0) as number).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
}

/** A string of several lines between `"""`; one line is a plain basic string. */
export function tomlText(text: string): string {
  if (!text.includes("\n")) return tomlString(text);
  const lines = text.split("\n").map((line) => tomlString(line).slice(1, -1));
  return `"""\n${lines.join("\n")}"""`;
}

/** A list of strings: on one line where it is short, else an item a line. */
export function tomlList(items: readonly string[]): string {
  const written = items.map(tomlString);
  const line = `[${written.join(", ")}]`;
  return line.length <= 80 ? line : `[\n${written.map((item) => `  ${item},\n`).join("")}]`;
}

/** `key = value` and a line feed; `value` is TOML already. Bare keys stay bare. */
export function tomlLine(key: string, value: string | number | boolean): string {
  return `${/^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key)} = ${value}\n`;
}
