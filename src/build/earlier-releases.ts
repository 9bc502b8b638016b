/**
 * A source as it stands, with the releases of an earlier commit: how a site is rolled back without taking back
 * anything that was said since.
 *
 *     now      registry.toml, trust/, every statement: owners, keys, yanks, revocations
 *     then     packages/<name>/<version>/: releases that came later are left out
 *
 * A release never changes, so that those of the earlier commit are read as they stand now.
 */
import type { SourceTree } from "./source.ts";

const RELEASE = /^packages\/[^/]+\/(?!statements\/)[^/]+(?=\/)/;

export function withReleasesOf(then: SourceTree, now: SourceTree): SourceTree {
  const kept = releasesOf(then);
  const leftOut = new Set([...releasesOf(now)].filter((folder) => !kept.has(folder)));
  const packages = new Set([...leftOut].map((folder) => folder.split("/", 2).join("/")));
  const paths = now.paths().filter((path) => !leftOut.has(RELEASE.exec(path)?.[0] ?? ""));
  return {
    ...(now.commit === undefined ? {} : { commit: now.commit }),
    leftOut: [...leftOut],
    paths: () => paths,
    // Git's id of a package covers the releases that are left out of it.
    treeId: (folder) => (packages.has(folder) ? undefined : now.treeId(folder)),
    read: (path) => now.read(path),
    readFolder: (folder) => (leftOut.has(folder) ? new Map() : now.readFolder(folder)),
    get problems() {
      return now.problems;
    },
  };
}

function releasesOf(tree: SourceTree): Set<string> {
  return new Set(tree.paths().flatMap((path) => RELEASE.exec(path)?.[0] ?? []));
}
