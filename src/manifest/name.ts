/**
 * Names of packages and publishers: the one text a person types, a folder is called and an IRI ends in.
 *
 *     ^[a-z0-9]+(-[a-z0-9]+)*$     1 to 64 characters, not a device name of Windows
 *
 * The alphabet leaves nothing to escape in a path, a URL or a shell, and no two names that differ
 * only in case. Packages and publishers are separate name spaces with the same shape.
 */

declare const packageNameBrand: unique symbol;
declare const publisherNameBrand: unique symbol;
export type PackageName = string & { readonly [packageNameBrand]: true };
export type PublisherName = string & { readonly [publisherNameBrand]: true };

export const NAME_CHARS_MAX = 64;

/** The shape as a regular expression's source, without the length and the device names. */
export const NAME_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$";

const NAME = new RegExp(NAME_PATTERN);

/** Windows opens these as devices in every folder, whatever the extension and the case (`nul`, `NUL.txt`). */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])$/i;

/** Whether `base`, a file name up to its first dot, is a device of Windows. */
export function isWindowsDevice(base: string): boolean {
  return DEVICE.test(base);
}

function isName(text: string): boolean {
  return text.length <= NAME_CHARS_MAX && NAME.test(text) && !isWindowsDevice(text);
}

export function parsePackageName(text: string): PackageName | undefined {
  return isName(text) ? (text as PackageName) : undefined;
}

export function parsePublisherName(text: string): PublisherName | undefined {
  return isName(text) ? (text as PublisherName) : undefined;
}

/** The acceptable name nearest to `text`; `undefined` where nothing of it is usable. */
export function suggestName(text: string): string | undefined {
  const letters = text
    .slice(0, 4 * NAME_CHARS_MAX)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();
  const joined = letters.replace(/[^a-z0-9]+/g, "-").replace(/^-/, "");
  const cut = joined.slice(0, NAME_CHARS_MAX).replace(/-$/, "");
  if (cut === "") return undefined;
  return isWindowsDevice(cut) ? `${cut}-package` : cut;
}

/** Why `text` is refused as a name, and the nearest one that is not; empty where it is accepted. */
export function explainName(text: string): string {
  if (isName(text)) return "";
  const suggestion = suggestName(text);
  return `${whyNotName(text)}${suggestion === undefined ? "" : `; use "${suggestion}"`}`;
}

function whyNotName(text: string): string {
  if (text === "") return "a name has at least one character";
  if (isWindowsDevice(text)) return "Windows keeps this name for a device";
  if (/[A-Z]/.test(text)) return "a name has no upper-case letters";
  if (text.includes("--")) return "a name has no two hyphens in a row";
  if (/^-|-$/.test(text)) return "a name begins and ends with a letter or a digit";
  if (!NAME.test(text)) return "a name has only the letters a to z, digits and single hyphens";
  return `a name has at most ${NAME_CHARS_MAX} characters, this one has ${text.length}`;
}
