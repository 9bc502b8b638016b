/** What people wrote in the manifests of ggen's packages, field by field, as this registry's manifest takes it. */
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import { isLine } from "../manifest/fields.ts";
import { isSpdxExpression, NO_ASSERTION, suggestLicense } from "../manifest/license.ts";
import {
  AUTHOR_BYTES_MAX,
  AUTHORS_MAX,
  CATEGORY_CHARS_MAX,
  KEYWORD_BYTES_MAX,
  KEYWORDS_MAX,
} from "../manifest/package-schema.ts";
import { isTable, type TomlTable } from "../manifest/toml-document.ts";
import { isWebUrl } from "../manifest/web.ts";
import type { Notes } from "./notes.ts";

export function descriptionOf(found: unknown, name: string, bytesMax: number, notes: Notes): string {
  const text = typeof found === "string" ? withoutControls(found).trim() : "";
  if (text === "") {
    notes.warn(
      "IMPORT_NO_DESCRIPTION",
      "description",
      "There is no description; the name stands in its place",
      "write one: it is what people search",
    );
    return name;
  }
  const bytes = utf8(text);
  if (bytes.length <= bytesMax) return text;
  notes.warn(
    "IMPORT_DESCRIPTION_CUT",
    "description",
    `The description has ${bytes.length} bytes; its first ${bytesMax} are taken`,
    "shorten it; the whole stays in the package's own file",
  );
  let end = bytesMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return (decodeUtf8(bytes.subarray(0, end)) ?? "").trim();
}

/** Line feed and tab are the only controls of a text for people. */
function withoutControls(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

export function licenseOf(found: unknown, notes: Notes): string {
  if (typeof found !== "string" || found.trim() === "") return NO_ASSERTION;
  // "MIT/Apache-2.0" is how Cargo once wrote an alternative.
  const text = found.trim().replace(/\s*\/\s*/g, " OR ");
  if (isSpdxExpression(text)) return text;
  const meant = suggestLicense(text);
  if (meant?.toLowerCase() === text.toLowerCase()) return meant;
  notes.warn(
    "IMPORT_LICENSE",
    "license",
    `Licence "${found}" is not an SPDX expression; taken as ${NO_ASSERTION}`,
    `write ${meant ?? "an SPDX identifier such as MIT"}`,
  );
  return NO_ASSERTION;
}

export function categoryOf(found: unknown): { category?: string } {
  if (typeof found !== "string") return {};
  const words = found
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, CATEGORY_CHARS_MAX);
  const category = words.replace(/^-|-$/g, "");
  return category === "" ? {} : { category };
}

/** `keywords` and `tags`, as lists or nested one table deeper (`package.tags.tags`). */
export function keywordsOf(table: TomlTable, notes: Notes): string[] {
  const found = ["keywords", "tags"]
    .flatMap((key) => textsIn(table[key], key))
    .map((word) => word.trim().toLowerCase());
  const kept = [...new Set(found)].filter((word) => isLine(word, KEYWORD_BYTES_MAX));
  if (kept.length > KEYWORDS_MAX)
    notes.warn(
      "IMPORT_KEYWORDS_CUT",
      "keywords",
      `Of ${kept.length} keywords the first ${KEYWORDS_MAX} are taken`,
      "keep the ones people search for",
    );
  return kept.slice(0, KEYWORDS_MAX);
}

/** `author` and `authors`, each a text, a list of texts, or tables with a name and an e-mail address. */
export function authorsOf(table: TomlTable): string[] {
  const found = [table.authors, table.author]
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .map(authorText);
  return [...new Set(found)].filter((author) => isLine(author, AUTHOR_BYTES_MAX)).slice(0, AUTHORS_MAX);
}

function authorText(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (!isTable(value) || typeof value.name !== "string") return "";
  return typeof value.email === "string" ? `${value.name.trim()} <${value.email.trim()}>` : value.name.trim();
}

function textsIn(value: unknown, key: string): string[] {
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === "string");
  return isTable(value) ? textsIn(value[key], key) : [];
}

export function addressOf(
  key: "repository" | "homepage",
  found: unknown,
  notes: Notes,
): { repository?: string; homepage?: string } {
  if (typeof found !== "string" || found === "") return {};
  if (isWebUrl(found)) return { [key]: found };
  notes.warn(
    "IMPORT_ADDRESS",
    key,
    `The ${key} "${found}" is not a web address; left out`,
    "write the whole address, beginning with https://",
  );
  return {};
}
