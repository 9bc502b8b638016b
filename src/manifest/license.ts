/**
 * Licences as SPDX expressions (https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/), or
 * `NOASSERTION` where the publisher says nothing.
 */
import parse from "spdx-expression-parse";
import deprecatedIds from "spdx-license-ids/deprecated.json" with { type: "json" };
import currentIds from "spdx-license-ids/index.json" with { type: "json" };
import { nearest } from "../base/nearest.ts";

export const NO_ASSERTION = "NOASSERTION";
export const LICENSE_CHARS_MAX = 256;

const DEPRECATED: ReadonlySet<string> = new Set(deprecatedIds);
const OPERATORS = new Set(["AND", "OR", "WITH", "and", "or", "with"]);

/** Whether `text` is an SPDX expression of known identifiers, or `NOASSERTION`. */
export function isSpdxExpression(text: string): boolean {
  if (text === NO_ASSERTION) return true;
  if (text.length > LICENSE_CHARS_MAX || text.trim() !== text) return false;
  // The parser takes "MIT ORApache-2.0" and "Or"; the specification takes neither.
  for (const word of text.split(/[\s()]+/))
    if (/^(?:and|or|with)/i.test(word) && !OPERATORS.has(word)) return false;
  try {
    parse(text);
    return true;
  } catch {
    // The parser has no other way to say no, and its message names an offset of its own tokens.
    return false;
  }
}

/** Identifiers of an accepted expression that SPDX has replaced (`GPL-3.0` for `GPL-3.0-only`), in order. */
export function deprecatedLicenses(expression: string): string[] {
  return expression.split(/[\s()]+/).filter((word) => DEPRECATED.has(word));
}

const ALIASES = new Map([
  ["apache", "Apache-2.0"],
  ["apache2", "Apache-2.0"],
  ["asl2", "Apache-2.0"],
  ["bsd", "BSD-3-Clause"],
  ["bsd2", "BSD-2-Clause"],
  ["bsd3", "BSD-3-Clause"],
  ["cc0", "CC0-1.0"],
  ["ccby", "CC-BY-4.0"],
  ["gpl", "GPL-3.0-or-later"],
  ["gpl2", "GPL-2.0-only"],
  ["gpl3", "GPL-3.0-only"],
  ["agpl3", "AGPL-3.0-only"],
  ["lgpl3", "LGPL-3.0-only"],
  ["mpl", "MPL-2.0"],
  ["mpl2", "MPL-2.0"],
  ["publicdomain", "CC0-1.0"],
  ["proprietary", "LicenseRef-Proprietary"],
  ["commercial", "LicenseRef-Proprietary"],
  ["unlicensed", "LicenseRef-Proprietary"],
  ["none", NO_ASSERTION],
  ["unknown", NO_ASSERTION],
]);

/** The expression a person most likely meant by `text`; `undefined` where there is none near. */
export function suggestLicense(text: string): string | undefined {
  if (text.length > LICENSE_CHARS_MAX) return undefined;
  const parts = text.split(/\s*[/,;|]\s*|\s+(?:or|OR|Or)\s+/).filter((part) => part !== "");
  const meant = parts.map(suggestOne);
  if (meant.length === 0 || meant.length > 8 || meant.includes(undefined)) return undefined;
  const expression = meant.join(" OR ");
  return isSpdxExpression(expression) ? expression : undefined;
}

function suggestOne(text: string): string | undefined {
  const trimmed = text.trim();
  if (isSpdxExpression(trimmed)) return trimmed;
  const plain = trimmed
    .toLowerCase()
    .replace(/\b(?:the|licen[cs]e|version)\b/g, " ")
    .trim()
    .replace(/\s+/g, "-");
  const exact = currentIds.find((id) => id.toLowerCase() === plain);
  if (exact !== undefined) return exact;
  const alias = ALIASES.get(plain.replace(/[^a-z0-9]|v(?=\.?[0-9])/g, "").replace(/0$/, ""));
  if (alias !== undefined) return alias;
  const near = nearest(
    plain,
    currentIds.map((id) => id.toLowerCase()),
  );
  return currentIds.find((id) => id.toLowerCase() === near);
}
