/**
 * What lies in a work tree and is not in its commit, by a walk of our own.
 *
 * Git finds that out too, but asks of each folder what it ignores, and keeps one processor busy with it
 * for longer than all its other answers take together. So git is asked about what is strange here, and
 * in a clean checkout about nothing.
 */
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { mayHoldData } from "./source-files.ts";
import type { Listing } from "./work-tree.ts";

/**
 * Paths below `root` that are registry data, or may hold some, and are not what `listing` (of the commit)
 * says: of a folder that the commit has not, only itself. No link is followed.
 */
export function strangeEntries(root: string, { files, trees }: Pick<Listing, "files" | "trees">): string[] {
  const strange: string[] = [];
  const waiting = [""];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const prefix = at === "" ? "" : `${at}/`;
    for (const entry of entriesOf(join(root, at))) {
      const path = prefix + entry.name;
      if (at === "" && !mayHoldData(path)) continue;
      if (entry.isDirectory() && trees.has(path)) waiting.push(path);
      else if (!entry.isFile() || !files.has(path)) strange.push(path);
    }
  }
  return strange;
}

/** Nothing where the folder cannot be read: git says what it makes of that. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
