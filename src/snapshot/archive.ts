/**
 * The archive of a release: one gzip member around one ustar (ustar.ts), the same bytes on every machine.
 *
 *   header · deflate · trailer    gzip.ts
 *   members of the tar            package.toml, SHA256SUMS, SHA256SUMS.sig, then content/… by UTF-8 bytes
 *
 * Reading takes any valid deflate stream, but only this header and this tar: what was read is written
 * again and must give the same bytes. So an archive has one meaning, whatever program unpacks it.
 * The archive proves nothing by itself: what counts is the release digest, and trust/ judges that.
 *
 * History: format 1, the first.
 */
import { equalBytes } from "../base/bytes.ts";
import { compareText } from "../base/order.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { crc32 } from "./crc32.ts";
import type { Inflate } from "./deflate.ts";
import { GZIP_HEADER, GZIP_TRAILER_LENGTH, gzipMember } from "./gzip.ts";
import { BLOCK, readUstar, type UstarFault, type UstarMember, writeUstar } from "./ustar.ts";

/** What may come out of an archive: each bound is checked before the memory is taken. */
export interface ArchiveLimits {
  readonly archiveBytesMax: number;
  readonly filesMax: number;
  readonly fileBytesMax: number;
  /** Of all files together, unpacked. */
  readonly totalBytesMax: number;
}

const HEAD_MEMBERS = ["package.toml", "SHA256SUMS", "SHA256SUMS.sig"];
const CONTENT_PREFIX = "content/";

/**
 * The archive of `files` (paths as in the release's folder); their order in the Map does not matter.
 * Throws RangeError for a path that `readArchive` would refuse: manifest/path.ts refuses it long before.
 */
export function writeArchive(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  for (const path of files.keys()) {
    const reason = memberFault(path);
    if (reason !== undefined) throw new RangeError(`an archive has no member "${path}": ${reason}`);
  }
  return gzipMember(canonicalTar(files), 6);
}

/** The files of an archive, by path, in the archive's order; or every problem that was found before reading had to stop. `file` names the archive in them. */
export async function readArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits,
  inflate: Inflate,
  file = "archive",
): Promise<Result<Map<string, Uint8Array>>> {
  const tar = await unpack(bytes, limits, inflate, file);
  if (!tar.ok) return tar;
  const files = new Map<string, Uint8Array>();
  const problems: Problem[] = [];
  for (const member of readUstar(tar.value)) {
    if (files.size >= limits.filesMax && !("fault" in member)) {
      problems.push(problem("ARCHIVE_TOO_MANY_FILES", file, `It has more than ${limits.filesMax} files`));
      break;
    }
    const found = "fault" in member ? tarProblem(member, file) : memberProblem(member, files, limits, file);
    if (found !== undefined) problems.push(found);
    else if ("bytes" in member && member.path !== undefined) files.set(member.path, member.bytes);
  }
  if (problems.length === 0) problems.push(...clashProblems(files.keys(), file));
  if (problems.length > 0) return failed(problems);
  if (!equalBytes(canonicalTar(files), tar.value)) {
    return failed([
      problem(
        "ARCHIVE_NOT_CANONICAL",
        file,
        "Its tar is not the one these files have (order, times, owners, modes or padding differ)",
      ),
    ]);
  }
  return ok(files);
}

function canonicalTar(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const rank = (path: string) =>
    HEAD_MEMBERS.includes(path) ? HEAD_MEMBERS.indexOf(path) : HEAD_MEMBERS.length;
  return writeUstar([...files].sort(([a], [b]) => rank(a) - rank(b) || compareText(a, b)));
}

async function unpack(
  bytes: Uint8Array,
  limits: ArchiveLimits,
  inflate: Inflate,
  file: string,
): Promise<Result<Uint8Array>> {
  const refuse = (code: string, message: string) => failed([problem(code, file, message)]);
  if (bytes.length > limits.archiveBytesMax) {
    return refuse(
      "ARCHIVE_TOO_LARGE",
      `It has ${bytes.length} bytes, the limit is ${limits.archiveBytesMax}`,
    );
  }
  const head = bytes.subarray(0, GZIP_HEADER.length);
  if (head[0] !== GZIP_HEADER[0] || head[1] !== GZIP_HEADER[1])
    return refuse("ARCHIVE_NOT_GZIP", "It is not a gzip file");
  if (!equalBytes(head, GZIP_HEADER)) {
    return refuse(
      "ARCHIVE_GZIP_HEADER",
      "Its gzip header has a name, a time, an extra field or another system's mark",
    );
  }
  const trailerAt = Math.max(GZIP_HEADER.length, bytes.length - GZIP_TRAILER_LENGTH);
  const tarBytesMax = limits.totalBytesMax + limits.filesMax * 2 * BLOCK + 2 * BLOCK;
  const inflated = await inflate(bytes.subarray(GZIP_HEADER.length, trailerAt), tarBytesMax);
  if (!inflated.ok) {
    return inflated.fault === "too-large"
      ? refuse("ARCHIVE_UNPACKED_TOO_LARGE", `It unpacks to more than ${limits.totalBytesMax} bytes of files`)
      : refuse("ARCHIVE_BROKEN", "Its compressed data is damaged, cut off, or followed by other bytes");
  }
  const trailer = bytes.subarray(trailerAt);
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.length);
  const tar = inflated.bytes;
  if (view.getUint32(0, true) !== crc32(tar) || view.getUint32(4, true) !== tar.length) {
    return refuse("ARCHIVE_CHECKSUM", "Its unpacked bytes do not match its checksum");
  }
  return ok(tar);
}

const TYPE_NAMES = new Map([
  ["1", "a hard link"],
  ["2", "a symbolic link"],
  ["3", "a character device"],
  ["4", "a block device"],
  ["5", "a directory"],
  ["6", "a named pipe"],
  ["g", "a pax record"],
  ["x", "a pax record"],
  ["L", "a GNU long name"],
  ["K", "a GNU long link"],
  ["S", "a GNU sparse file"],
]);

function memberProblem(
  member: UstarMember,
  files: ReadonlyMap<string, Uint8Array>,
  limits: ArchiveLimits,
  file: string,
): Problem | undefined {
  const { path, type, bytes } = member;
  if (path === undefined) return problem("ARCHIVE_PATH", file, "A member's name is not UTF-8");
  const place = visible(path);
  if (type !== "0") {
    const found = TYPE_NAMES.get(type) ?? `of type "${visible(type)}"`;
    return problem(
      "ARCHIVE_MEMBER_TYPE",
      file,
      `"${place}" is ${found}; only regular files are allowed`,
      place,
    );
  }
  const reason = memberFault(path);
  if (reason !== undefined) return problem("ARCHIVE_PATH", file, `"${place}" is refused: ${reason}`, place);
  if (files.has(path)) return problem("ARCHIVE_DUPLICATE", file, `"${place}" is in it twice`, place);
  if (bytes.length <= limits.fileBytesMax) return undefined;
  return problem(
    "ARCHIVE_FILE_TOO_LARGE",
    file,
    `"${place}" has ${bytes.length} bytes, the limit is ${limits.fileBytesMax}`,
    place,
  );
}

/** Why `path` is no member of an archive. The stricter rules of manifest/path.ts are checked with SHA256SUMS. */
function memberFault(path: string): string | undefined {
  if (path.startsWith("/")) return "it is absolute";
  if (/[\0\\]/.test(path)) return "it has a NUL or a backslash";
  const components = path.split("/");
  if (components.includes("..") || components.includes(".")) return 'it has a "." or ".." component';
  if (components.includes("")) return "it has an empty component";
  if (HEAD_MEMBERS.includes(path) || path.startsWith(CONTENT_PREFIX)) return undefined;
  return `it is neither ${HEAD_MEMBERS.join(", ")} nor below ${CONTENT_PREFIX}`;
}

function clashProblems(paths: Iterable<string>, file: string): Problem[] {
  const all = [...paths];
  const folders = new Set<string>();
  for (const path of all) {
    for (
      let at = path.lastIndexOf("/");
      at > 0 && !folders.has(path.slice(0, at));
      at = path.lastIndexOf("/", at - 1)
    ) {
      folders.add(path.slice(0, at));
    }
  }
  return all
    .filter((path) => folders.has(path))
    .map((path) =>
      problem("ARCHIVE_PATH_CLASH", file, `"${visible(path)}" is both a file and a folder`, visible(path)),
    );
}

const TAR_FAULTS: Record<UstarFault["fault"], readonly [code: string, what: string]> = {
  header: ["ARCHIVE_TAR_HEADER", "a tar header's size is not an octal number"],
  checksum: ["ARCHIVE_TAR_HEADER", "a tar header does not match its checksum"],
  truncated: ["ARCHIVE_TRUNCATED", "the tar ends inside a member"],
  end: [
    "ARCHIVE_TRAILING_BYTES",
    "bytes follow the end of the tar, or one of its two closing blocks is missing",
  ],
};

function tarProblem({ fault, at }: UstarFault, file: string): Problem {
  const [code, what] = TAR_FAULTS[fault];
  return problem(code, file, `At byte ${at} of the unpacked tar: ${what}`);
}

const RULES = new Map([
  ["ARCHIVE_NOT_GZIP", "A1"],
  ["ARCHIVE_GZIP_HEADER", "A1"],
  ["ARCHIVE_BROKEN", "A2"],
  ["ARCHIVE_TRUNCATED", "A2"],
  ["ARCHIVE_CHECKSUM", "A2"],
  ["ARCHIVE_TRAILING_BYTES", "A3"],
  ["ARCHIVE_MEMBER_TYPE", "A4"],
  ["ARCHIVE_PATH", "A5"],
  ["ARCHIVE_PATH_CLASH", "A5"],
  ["ARCHIVE_DUPLICATE", "A6"],
  ["ARCHIVE_TAR_HEADER", "A7"],
  ["ARCHIVE_NOT_CANONICAL", "A7"],
  ["ARCHIVE_TOO_LARGE", "A8"],
  ["ARCHIVE_UNPACKED_TOO_LARGE", "A8"],
  ["ARCHIVE_TOO_MANY_FILES", "A8"],
  ["ARCHIVE_FILE_TOO_LARGE", "A8"],
]);

function problem(code: string, file: string, message: string, place?: string): Problem {
  const rule = RULES.get(code);
  return {
    code,
    severity: "error",
    file,
    ...(place === undefined ? {} : { place }),
    message: `Cannot read archive: ${message}`,
    remedy: "fetch the archive again; where it stays so, its registry must be built again",
    ...(rule === undefined ? {} : { rule }),
  };
}
