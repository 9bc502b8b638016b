/**
 * Paths of the files in a release, relative to its `content/` folder.
 *
 * A path that is accepted names the same file on every system, in git, in a tar header, in a URL and
 * on a terminal: nothing leaves its folder, nothing is invisible, no two paths are one file where
 * case or Unicode form is ignored, and git does not act on it.
 */
import { utf8 } from "../base/bytes.ts";
import { UNSEEN_BEYOND_ASCII } from "../base/visible.ts";
import { isWindowsDevice } from "./name.ts";

declare const contentPathBrand: unique symbol;
export type ContentPath = string & { readonly [contentPathBrand]: true };

export const CONTENT_PREFIX = "content/";

/** ustar: 155 bytes of prefix, a slash, 100 bytes of name; `content/` is part of it. */
export const ARCHIVE_PATH_BYTES_MAX = 255;
export const CONTENT_PATH_BYTES_MAX = ARCHIVE_PATH_BYTES_MAX - CONTENT_PREFIX.length;
const USTAR_PREFIX_BYTES_MAX = 155;
const USTAR_NAME_BYTES_MAX = 100;
export const PATH_DEPTH_MAX = 32;

/** Controls, and what `visible` would have to escape: a path is shown as it is. */
const UNSEEN = new RegExp(`[\\u0000-\\u001f${UNSEEN_BEYOND_ASCII}]`, "u");

/** White space other than U+0020: looks like it, or like nothing. */
const OTHER_SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

/** What Windows cannot have in a file name, and the backslash it takes for a slash. */
const FORBIDDEN = /[<>:"|?*\\]/;

/** Files that git reads as instructions, wherever they lie; `.gitignore` is content. */
const GIT_FILES = new Set([".git", ".gitattributes", ".gitmodules"]);

/** Short names that NTFS may give them: `git~1`, `gitatt~1`, `gi7eba~1`. */
const GIT_SHORT_NAME = /^gi[a-z0-9]{0,6}~[0-9]+$/;

/** Why `path` is refused, in words that follow "the path"; `undefined` where it is accepted. */
export function checkPath(path: string): string | undefined {
  return checkText(path) ?? checkComponents(path) ?? checkArchivable(path);
}

/** `path` as a content path; `undefined` where `checkPath` refuses it. */
export function parseContentPath(path: string): ContentPath | undefined {
  return checkPath(path) === undefined ? (path as ContentPath) : undefined;
}

function checkText(path: string): string | undefined {
  if (path === "") return "is empty";
  // A cheap bound first: what follows is linear in the length, and a stranger chose it.
  if (path.length > CONTENT_PATH_BYTES_MAX) return tooLong();
  if (!path.isWellFormed()) return "is not valid Unicode";
  if (UNSEEN.test(path)) return "has a control, bidirectional, zero-width or other invisible character";
  if (OTHER_SPACE.test(path)) return "has white space other than the plain space";
  if (path.includes("\\")) return "has a backslash; folders are separated by /";
  const forbidden = FORBIDDEN.exec(path);
  if (forbidden !== null)
    return `has the character ${forbidden[0]}, which Windows cannot have in a file name`;
  if (path.normalize("NFC") !== path) return "is not in Unicode form NFC";
  return undefined;
}

function checkComponents(path: string): string | undefined {
  if (path.startsWith("/")) return "is absolute";
  const components = path.split("/");
  if (components.length > PATH_DEPTH_MAX) return `is more than ${PATH_DEPTH_MAX} folders deep`;
  for (const component of components) {
    const reason = checkComponent(component);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function checkComponent(component: string): string | undefined {
  if (component === "") return "has an empty part (two slashes, or one at the end)";
  if (component === "." || component === "..") return `has the part "${component}"`;
  if (component.endsWith(".")) return "has a part that ends in a dot";
  if (component.endsWith(" ")) return "has a part that ends in a space";
  const base = component.split(".", 1)[0] ?? "";
  if (isWindowsDevice(base.trimEnd())) return `has the part "${component}", a device on Windows`;
  const folded = foldPath(component);
  if (GIT_FILES.has(folded) || GIT_SHORT_NAME.test(folded))
    return `has the part "${component}", which git acts on`;
  return undefined;
}

function checkArchivable(path: string): string | undefined {
  const full = utf8(CONTENT_PREFIX + path);
  if (full.length > ARCHIVE_PATH_BYTES_MAX) return tooLong();
  if (full.length <= USTAR_NAME_BYTES_MAX) return undefined;
  for (let at = full.length - USTAR_NAME_BYTES_MAX - 1; at <= USTAR_PREFIX_BYTES_MAX; at++) {
    if (full[at] === 0x2f && at < full.length - 1) return undefined;
  }
  return `cannot be split for a tar header (${USTAR_PREFIX_BYTES_MAX} bytes of folders, ${USTAR_NAME_BYTES_MAX} of name)`;
}

function tooLong(): string {
  return `is longer than ${CONTENT_PATH_BYTES_MAX} bytes`;
}

/** What a file system that ignores case and Unicode form takes `path` for. */
export function foldPath(path: string): string {
  if (/^[\u0000-\u007f]*$/.test(path)) return path.toLowerCase();
  // Upper case first: it opens ligatures and ß, and joins final sigma and long s with their fellows.
  return path.normalize("NFKD").toUpperCase().toLowerCase().normalize("NFC");
}

export interface PathClash {
  readonly path: string;
  readonly clashesWith: string;
}

/**
 * Paths of one set that cannot lie in one folder everywhere: equal after folding, a file where another
 * path needs a folder, or two spellings of one folder. Each path is named once, with the earlier
 * path it clashes with, in the order of `paths`. Paths too long for `checkPath` are passed over.
 */
export function checkPathSet(paths: Iterable<string>): PathClash[] {
  const taken = new Map<
    string,
    { readonly spelling: string; readonly isFile: boolean; readonly path: string }
  >();
  const clashes: PathClash[] = [];
  for (const path of paths) {
    // Its folders alone could fill the memory; `checkPath` refuses it by itself.
    if (path.length > ARCHIVE_PATH_BYTES_MAX) continue;
    let clashesWith: string | undefined;
    for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
      const isFile = end < 0;
      const spelling = isFile ? path : path.slice(0, end);
      const folded = foldPath(spelling);
      const other = taken.get(folded);
      if (other === undefined) taken.set(folded, { spelling, isFile, path });
      else if (isFile || other.isFile || other.spelling !== spelling) clashesWith ??= other.path;
      if (isFile) break;
    }
    if (clashesWith !== undefined) clashes.push({ path, clashesWith });
  }
  return clashes;
}
