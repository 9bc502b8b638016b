/**
 * Reads a file that a person or a stranger's folder names: a regular file of bounded size, or nothing.
 *
 * A named pipe would be waited for, a device has no end, and a sparse file of 10 GB is read for minutes: what
 * it is is looked at first, by the handle that is then read. Imports nothing but node:fs: it is on the path
 * of every offline command, whose start-up it must not slow.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";

export interface RegularFile {
  readonly bytes: Uint8Array;
  readonly stat: Stats;
}

export interface NotRead {
  /** "kind": it is no regular file; "size": it has more bytes than asked for. */
  readonly fault: "kind" | "size";
  /** What it is, to go after "it": "is a named pipe". */
  readonly what: string;
}

export interface RegularFileOptions {
  /** A symbolic link in the file's place fails with ELOOP. */
  readonly noFollow?: boolean;
}

/** The file at `path` where it has at most `bytesMax` bytes. Throws the error of the file system where it cannot be opened or read. */
export function readRegularFile(
  path: string,
  bytesMax: number,
  options: RegularFileOptions = {},
): RegularFile | NotRead {
  const noFollow = options.noFollow === true ? (constants.O_NOFOLLOW ?? 0) : 0;
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const handle = openSync(path, constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return { fault: "kind", what: kindOf(stat) };
    if (stat.size > bytesMax)
      return { fault: "size", what: `has ${stat.size} bytes, and at most ${bytesMax} are read` };
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(handle, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return { bytes: length === bytes.length ? bytes : bytes.slice(0, length), stat };
  } finally {
    closeSync(handle);
  }
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return "is a folder, not a file";
  if (stat.isFIFO()) return "is a named pipe, not a file";
  if (stat.isCharacterDevice() || stat.isBlockDevice()) return "is a device, not a file";
  return "is not a regular file";
}
