/** A source with files added to it that are not written yet: what a registry would be after a publication. */
import { sortedTexts } from "../base/order.ts";
import type { SourceTree } from "./source.ts";

export function overlay(tree: SourceTree, additions: ReadonlyMap<string, Uint8Array>): SourceTree {
  const paths = sortedTexts(new Set([...tree.paths(), ...additions.keys()]));
  const touches = (folder: string) => [...additions.keys()].some((path) => path.startsWith(`${folder}/`));
  return {
    ...(tree.commit === undefined ? {} : { commit: tree.commit }),
    paths: () => paths,
    treeId: (folder) => (touches(folder) ? undefined : tree.treeId(folder)),
    read: (path) => additions.get(path) ?? tree.read(path),
    readFolder(folder) {
      const files =
        touches(folder) && !tree.paths().some((path) => path.startsWith(`${folder}/`))
          ? new Map<string, Uint8Array>()
          : tree.readFolder(folder);
      for (const [path, bytes] of additions)
        if (path.startsWith(`${folder}/`)) files.set(path.slice(folder.length + 1), bytes);
      return files;
    },
    get problems() {
      return tree.problems;
    },
  };
}
