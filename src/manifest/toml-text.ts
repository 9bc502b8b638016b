/** TOML as this project writes it: one spelling for each value, readable in a diff, TOML 1.0. */

const SHORT_ESCAPES = new Map([
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

/** A basic string on one line. Control, bidirectional and zero-width characters are escaped, so that a diff shows them. */
export function tomlString(text: string): string {
  return `"${text.replace(/["\\\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, escapeChar)}"`;
}

function escapeChar(char: string): string {
  return SHORT_ESCAPES.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
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
