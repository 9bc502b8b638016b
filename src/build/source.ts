/**
 * The port through which a build reads a registry's source. `node/source-tree.ts` fills it from a git
 * checkout or a plain folder; tests may fill it from a Map.
 */
import type { Problem } from "../base/problem.ts";

export interface SourceTree {
  /** The commit that is checked out, where the source is a git checkout; work tree changes come on top of it. */
  readonly commit?: string;
  /** Folders of releases that the source has and this build leaves out (earlier-releases.ts). */
  readonly leftOut?: readonly string[];
  /** Every file that is registry data, relative to the registry's root, by UTF-8 bytes. Nothing is read for it. */
  paths(): readonly string[];
  /**
   * Identity of everything below `folder` (git's tree id, hex) where git vouches for it: it is committed
   * and the work tree is clean below it. `undefined` where it does not.
   */
  treeId(folder: string): string | undefined;
  /** The bytes of one of `paths()`. Throws RegistryError where they cannot be read or are over the limit. */
  read(path: string): Uint8Array;
  /**
   * The files below `folder`, by paths relative to it. A file that cannot be read or is over the limit
   * is left out and becomes a problem.
   */
  readFolder(folder: string): Map<string, Uint8Array>;
  /**
   * What stands against the source itself: symbolic links, submodules, special or unreadable files,
   * files that git would leave out (warnings). Reading adds to it, so judge it after the last read.
   */
  readonly problems: readonly Problem[];
}
