/**
 * `stats.json` in a registry's source: how much its packages are used, as somebody counted it.
 *
 *     { "format": 1, "packages": { "owl-to-sql": { "downloads": 1200, "stars": 7 }, … } }
 *
 * Optional. It ranks search results, and it fixes the order of documents in the search index: a package that
 * is not in it comes after all that are, so that a release moves no other document. Counts are of any period,
 * the same for all; of a name that is there twice the last one counts. It is not signed, and decides nothing
 * else. History: format 1, the first.
 */
import { decodeUtf8 } from "../base/bytes.ts";
import { failed, type Problem, type Result, settle } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { type PackageName, parsePackageName } from "./name.ts";

export const STATS_FILE = "stats.json";
const FORMAT = 1;
/** A million packages. */
export const STATS_BYTES_MAX = 128 * 1024 * 1024;
/** Of a kind; what follows them is the same mistake. */
const PROBLEMS_MAX = 50;
/** Who gives a star uses a package more than once. */
const DOWNLOADS_A_STAR = 10;
/** More than all packages that there are have in a year; what is above it ranks no higher. */
export const POPULARITY_MAX = 1e14;

/** How much each package is used, as one number up to `POPULARITY_MAX`: downloads, and ten for each star. */
export type Stats = ReadonlyMap<PackageName, number>;

export function parseStats(bytes: Uint8Array, file: string): Result<Stats> {
  const problem = (code: string, place: string, message: string, remedy: string): Problem => ({
    code,
    severity: "error",
    file,
    ...(place === "" ? {} : { place }),
    message,
    remedy,
    rule: "M38",
  });
  if (bytes.length > STATS_BYTES_MAX)
    return failed([
      problem(
        "STATS_TOO_LARGE",
        "",
        `It has more than ${STATS_BYTES_MAX} bytes`,
        "leave out what nobody uses",
      ),
    ]);
  const root = parseJson(bytes);
  if (isRecord(root) && Number.isSafeInteger(root.format) && (root.format as number) > FORMAT)
    return failed([
      problem(
        "STATS_NEWER",
        "format",
        `It has the format ${String(root.format)}, and this version reads ${FORMAT}`,
        "update ggen-marketplace",
      ),
    ]);
  if (!isRecord(root) || root.format !== FORMAT || !isRecord(root.packages) || Object.keys(root).length > 2)
    return failed([
      problem(
        "STATS_INVALID",
        "",
        'It is not JSON of the form { "format": 1, "packages": { … } }, in UTF-8 without a byte order mark',
        "write it anew, or remove it: it is optional",
      ),
    ]);
  const stats = new Map<PackageName, number>();
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(root.packages)) {
    const name = parsePackageName(key);
    const popularity = name === undefined ? undefined : popularityOf(value);
    if (name !== undefined && popularity !== undefined) stats.set(name, popularity);
    else
      problems.push(
        problem(
          "STATS_INVALID",
          `packages.${visible(key.slice(0, 80))}`,
          name === undefined
            ? "It is not the name of a package"
            : "It is not { downloads, stars } with whole numbers from 0 up, at least one of them",
          "correct the line, or leave it out",
        ),
      );
    if (problems.length >= PROBLEMS_MAX) break;
  }
  return settle(stats, problems);
}

function popularityOf(value: unknown): number | undefined {
  if (!isRecord(value)) return undefined;
  const { downloads = 0, stars = 0, ...more } = value;
  if (Object.keys(more).length > 0 || Object.keys(value).length === 0) return undefined;
  if (!isCount(downloads) || !isCount(stars)) return undefined;
  return Math.min(downloads + DOWNLOADS_A_STAR * stars, POPULARITY_MAX);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // What is not JSON has not the form either: the caller says so.
    return undefined;
  }
}
