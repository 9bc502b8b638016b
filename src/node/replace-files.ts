/**
 * Writes files of which some are there: every one is written whole beside its place first, then all get
 * their names in the order given, so that a failure before that changes nothing, and what points to
 * others comes last.
 */
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { onInterrupt } from "./interrupt.ts";
import { makeFolder } from "./make-folder.ts";

export interface ReplaceOptions {
  /** Permissions of the files: 0644 where nothing is said. */
  readonly mode?: number;
}

/** `files` by path below `folder`. Throws FILE_UNWRITABLE with the system's reason; nothing has its new bytes then, or, where a name could not be given, nothing that points to it. */
export function replaceFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  { mode = 0o644 }: ReplaceOptions = {},
): void {
  const staged: (readonly [aside: string, target: string])[] = [];
  // One synchronous stretch: as long as a cleanup is set, Ctrl-C waits for its end.
  const withdraw = onInterrupt(() => {});
  let at = folder;
  try {
    for (const [path, bytes] of files) {
      at = join(folder, path);
      makeFolder(dirname(at));
      const aside = join(dirname(at), `.${basename(at)}.${randomUUID()}.new`);
      staged.push([aside, at]);
      write(aside, bytes, mode);
    }
    for (const [aside, target] of staged) {
      at = target;
      renameSync(aside, target);
    }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
    if (code === undefined) throw cause;
    throw new RegistryError(
      "FILE_UNWRITABLE",
      `Cannot write "${visible(at)}": the system says ${code}`,
      "see that the folder may be written and that the disk is not full",
      { cause },
    );
  } finally {
    for (const [aside] of staged) rmSync(aside, { force: true });
    withdraw();
  }
}

/** On the disk before it has its name: a crash leaves the old file, and no empty one. */
function write(file: string, bytes: Uint8Array, mode: number): void {
  const handle = openSync(file, "wx", mode);
  try {
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
