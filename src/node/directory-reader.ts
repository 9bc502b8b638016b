/**
 * Reads a published tree from a folder. Imports little: it is on the path of
 * every offline command, whose start-up it must not slow.
 */
import { realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { RegistryError } from "../base/error.ts";
import { checkTreePath, missing, READ_BYTES_MAX, type Reader, tooLarge } from "../client/reader.ts";
import { readRegularFile } from "./regular-file.ts";

/** Symbolic links are followed as long as they stay below `folder` (itself possibly one). */
export function directoryReader(folder: string): Reader {
  const location = resolve(folder);
  let root: string | undefined;
  return {
    location,
    async read(path, options = {}) {
      options.signal?.throwIfAborted();
      checkTreePath(path);
      const bytesMax = options.bytesMax ?? READ_BYTES_MAX;
      try {
        root ??= realpathSync.native(location);
        const real = realpathSync.native(join(root, path));
        if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw leaving(path, location);
        const read = readRegularFile(real, bytesMax);
        if (!("fault" in read)) return read.bytes;
        throw read.fault === "size" ? tooLarge(path, location, bytesMax) : missing(path, location);
      } catch (error) {
        throw explained(error, path, location);
      }
    },
  };
}

function leaving(path: string, location: string): RegistryError {
  return new RegistryError(
    "BAD_RESPONSE",
    `Cannot read "${path}" of "${location}": a symbolic link leads out of the folder`,
    "copy the registry with its files in place of such links",
  );
}

function explained(error: unknown, path: string, location: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof RegistryError) return error;
  if (code === "ENOENT" || code === "ENOTDIR") return missing(path, location);
  if (typeof code !== "string") return error;
  return new RegistryError(
    "UNREACHABLE",
    `Cannot read "${path}" of "${location}": ${code}`,
    "check that you may read the folder and that its disk is there",
    { cause: error },
  );
}
