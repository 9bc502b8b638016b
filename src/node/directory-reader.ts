/**
 * Reads a published tree from a folder. Imports nothing but node:fs, node:path: it is on the path of
 * every offline command, whose start-up it must not slow.
 */
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { RegistryError } from "../base/error.ts";
import { checkTreePath, missing, READ_BYTES_MAX, type Reader, tooLarge } from "../client/reader.ts";

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
        root ??= realpathSync(location);
        const real = realpathSync(join(root, path));
        if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw leaving(path, location);
        const bytes = readBounded(real, bytesMax);
        if (bytes === undefined) throw tooLarge(path, location, bytesMax);
        return bytes;
      } catch (error) {
        throw explained(error, path, location);
      }
    },
  };
}

/** `undefined` where the file has more than `bytesMax` bytes. Throws EISDIR for what is not a regular file. */
function readBounded(file: string, bytesMax: number): Uint8Array | undefined {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw Object.assign(new Error("not a regular file"), { code: "EISDIR" });
    if (stat.size > bytesMax) return undefined;
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(handle, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return length === bytes.length ? bytes : bytes.slice(0, length);
  } finally {
    closeSync(handle);
  }
}

function leaving(path: string, location: string): RegistryError {
  return new RegistryError(
    "BAD_RESPONSE",
    `Cannot read "${path}" of "${location}": a symbolic link leads out of the folder`,
    "Copy the registry with its files in place of such links",
  );
}

function explained(error: unknown, path: string, location: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof RegistryError) return error;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return missing(path, location);
  if (typeof code !== "string") return error;
  return new RegistryError(
    "UNREACHABLE",
    `Cannot read "${path}" of "${location}": ${code}`,
    "Check that you may read the folder and that its disk is there",
    { cause: error },
  );
}
