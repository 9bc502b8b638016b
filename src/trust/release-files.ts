/** What can be judged of a release's files before anyone's key is looked at. */
import { utf8 } from "../base/bytes.ts";
import { sortedBy } from "../base/order.ts";
import { failed, type Problem, type Result } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { LIMIT_CEILINGS, type Limits } from "../manifest/limits.ts";
import { type PackageManifest, parsePackageToml } from "../manifest/package-toml.ts";
import { CONTENT_PREFIX } from "../manifest/path.ts";
import { MANIFEST_FILE, parseSha256Sums, type SumsEntry } from "../manifest/sha256sums.ts";
import type { TrustPorts } from "./ed25519.ts";
import type { UnverifiedRelease } from "./release.ts";

export { MANIFEST_FILE } from "../manifest/sha256sums.ts";
export const SUMS_FILE = "SHA256SUMS";
export const SIGNATURE_FILE = "SHA256SUMS.sig";

/** Files that are not content, and how each comes to be. Their own parsers bound their sizes. */
const OWN_FILES: ReadonlyMap<string, string> = new Map([
  [MANIFEST_FILE, "write package.toml"],
  [SUMS_FILE, "make it with `publish`, or with sha256sum"],
  [SIGNATURE_FILE, "sign SHA256SUMS with `publish`, or with ssh-keygen -Y sign"],
]);

/** What stands in a path's place may be longer than any path. */
const PATH_CHARS_SHOWN = 300;

/** T22: RELEASE_FILES_LIMIT, RELEASE_FILE_LIMIT and RELEASE_PATH_LIMIT for each file, RELEASE_BYTES_LIMIT. */
export function checkLimits(release: UnverifiedRelease, limits: Limits): Problem[] {
  const max = effectiveLimits(limits);
  const paths = [...release.files.keys()].filter((path) => !OWN_FILES.has(path));
  // The count first: below it, the list of problems is short enough to be read.
  if (paths.length > max.releaseFilesMax) {
    const fact = `The release has ${paths.length} files`;
    return [overLimit("RELEASE_FILES_LIMIT", release.where, fact, max.releaseFilesMax, paths.length)];
  }
  const problems: Problem[] = [];
  let total = release.files.get(MANIFEST_FILE)?.length ?? 0;
  for (const path of paths) {
    const size = release.files.get(path)?.length ?? 0;
    total += size;
    const file = fileOf(release, path);
    if (size > max.fileBytesMax)
      problems.push(
        overLimit("RELEASE_FILE_LIMIT", file, `The file has ${size} bytes`, max.fileBytesMax, size),
      );
    const pathBytes = utf8(path).length - CONTENT_PREFIX.length;
    if (pathBytes > max.pathBytesMax)
      problems.push(
        overLimit("RELEASE_PATH_LIMIT", file, `The path has ${pathBytes} bytes`, max.pathBytesMax, pathBytes),
      );
  }
  if (total > max.releaseBytesMax)
    problems.push(
      overLimit(
        "RELEASE_BYTES_LIMIT",
        release.where,
        `The release has ${total} bytes`,
        max.releaseBytesMax,
        total,
      ),
    );
  return sortedBy(problems, (problem) => problem.file);
}

/** A registry's own limits, never above the ceilings. */
function effectiveLimits(
  limits: Limits,
): Pick<Limits, "releaseFilesMax" | "fileBytesMax" | "pathBytesMax" | "releaseBytesMax"> {
  const least = (key: keyof Limits): number => Math.min(limits[key], LIMIT_CEILINGS[key]);
  return {
    releaseFilesMax: least("releaseFilesMax"),
    fileBytesMax: least("fileBytesMax"),
    pathBytesMax: least("pathBytesMax"),
    releaseBytesMax: least("releaseBytesMax"),
  };
}

function overLimit(code: string, file: string, fact: string, max: number, found: number): Problem {
  const remedy = "leave out what people do not need, or ask the registry's maintainers";
  const more = { expected: `at most ${max}`, found: String(found) };
  return fileProblem(code, file, `${fact}; the registry allows ${max}`, remedy, "T22", more);
}

/** The lines of SHA256SUMS: RELEASE_FILE_MISSING, or what manifest/sha256sums.ts finds. */
export function readSums(release: UnverifiedRelease): Result<readonly SumsEntry[]> {
  const bytes = release.files.get(SUMS_FILE);
  if (bytes === undefined) return failed([missing(release, SUMS_FILE)]);
  return parseSha256Sums(bytes, fileOf(release, SUMS_FILE));
}

/** package.toml within the registry's limits: RELEASE_FILE_MISSING, or what manifest/package-toml.ts finds. */
export function readManifest(release: UnverifiedRelease, limits: Limits): Result<PackageManifest> {
  const bytes = release.files.get(MANIFEST_FILE);
  if (bytes === undefined) return failed([missing(release, MANIFEST_FILE)]);
  return parsePackageToml(bytes, fileOf(release, MANIFEST_FILE), limits);
}

/** T23: RELEASE_FILE_MISSING for each file that is listed and not there, RELEASE_FILE_UNLISTED the other way. */
export function checkFilesListed(release: UnverifiedRelease, entries: readonly SumsEntry[]): Problem[] {
  const listed = new Set([...entries.map((entry) => entry.path), SUMS_FILE, SIGNATURE_FILE]);
  const absent = entries.filter(({ path }) => !release.files.has(path) && path !== MANIFEST_FILE);
  const unlisted = [...release.files.keys()].filter((path) => !listed.has(path));
  const message = "The file is not listed in SHA256SUMS: nobody signed it";
  const remedy = "remove it, or make a new release that has it";
  return [
    ...absent.map(({ path }) => missing(release, path)),
    ...sortedBy(unlisted, (path) => path).map((path) =>
      fileProblem("RELEASE_FILE_UNLISTED", fileOf(release, path), message, remedy, "T23"),
    ),
  ];
}

function missing(release: UnverifiedRelease, path: string): Problem {
  const remedy = OWN_FILES.get(path) ?? "bring the file back: a release is never changed";
  return fileProblem("RELEASE_FILE_MISSING", fileOf(release, path), "The file is missing", remedy, "T23");
}

/** T24: RELEASE_NAME, RELEASE_VERSION where package.toml and the path disagree. */
export function checkNamedAsItsPlace(release: UnverifiedRelease, manifest: PackageManifest): Problem[] {
  const compare = (code: string, what: "name" | "version", inPath: string): Problem[] => {
    const found: string = manifest[what];
    if (found === inPath) return [];
    const message = `The ${what} in package.toml is "${found}", its folder says "${shown(inPath)}"`;
    const more = { place: `package.${what}`, expected: shown(inPath), found };
    const remedy = "move the release to the folder of its name and version";
    return [fileProblem(code, fileOf(release, MANIFEST_FILE), message, remedy, "T24", more)];
  };
  return [
    ...compare("RELEASE_NAME", "name", release.name),
    ...compare("RELEASE_VERSION", "version", release.version),
  ];
}

/** T26: RELEASE_CHECKSUM for every file that is not what SHA256SUMS says. */
export function checkChecksums(
  release: UnverifiedRelease,
  entries: readonly SumsEntry[],
  ports: TrustPorts,
): Problem[] {
  return entries.flatMap(({ path, sha256 }) => {
    const bytes = release.files.get(path);
    if (bytes === undefined) return [];
    const found = ports.hash(bytes);
    if (found === sha256) return [];
    const message = "The file is not the one that was signed: its checksum differs";
    const remedy = "bring the file back, or release a new version";
    return [
      fileProblem("RELEASE_CHECKSUM", fileOf(release, path), message, remedy, "T26", {
        expected: sha256,
        found,
      }),
    ];
  });
}

/** The path by which a message names a file of the release. */
export function fileOf(release: UnverifiedRelease, path: string): string {
  return `${release.where}/${shown(path)}`;
}

function shown(text: string): string {
  return visible(text.slice(0, PATH_CHARS_SHOWN));
}

export function fileProblem(
  code: string,
  file: string,
  message: string,
  remedy: string,
  rule: string,
  more: Pick<Problem, "place" | "expected" | "found"> = {},
): Problem {
  return { code, severity: "error", file, message, ...more, remedy, rule };
}
