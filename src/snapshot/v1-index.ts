/**
 * v1/index.json: the one JSON index that the first marketplace's clients read and scan.
 *
 * Fields as they stand in that index: version, registry_url, updated_at, package_count,
 * categories (name → count), packages, search_index (word → package names). `downloads` and `stars`
 * are 0 where nobody counted. `checksum` is the sha256 of what `download_url` names, which the old
 * index never was. `updated_at` is the latest date that an author gave, for the bytes may not
 * depend on a clock.
 */
import { utf8 } from "../base/bytes.ts";
import { compareText } from "../base/order.ts";
import type { PackageView, ReleaseView } from "../content/view.ts";
import type { PackageName } from "../manifest/name.ts";
import { archivePath } from "./layout.ts";

const EPOCH = "1970-01-01T00:00:00Z";
const WORD_LENGTH_MIN = 3;

/** What is listed of a package. */
export interface V1Source {
  readonly name: PackageName;
  readonly latest: Omit<ReleaseView, "content">;
  readonly versions: PackageView["versions"];
}

/** The index of `views`, by name. `registryUrl` is where the tree is served, and ends in "/". */
export function writeV1Index(views: readonly V1Source[], registryUrl: string): Uint8Array {
  const listed = views.filter((view) => view.latest.archive !== undefined);
  const packages = listed.map((view) => v1Package(view, registryUrl));
  const dates = listed.flatMap((view) => view.versions.flatMap((version) => version.published ?? []));
  const index = {
    version: "1.0.0",
    registry_url: registryUrl,
    updated_at: asDateTime(dates.sort(compareText).at(-1)) ?? EPOCH,
    package_count: packages.length,
    categories: countBy(packages.map((entry) => entry.category)),
    packages,
    search_index: searchIndex(packages),
  };
  return utf8(`${JSON.stringify(index, null, 1)}\n`);
}

type V1Package = ReturnType<typeof v1Package>;

function v1Package(view: V1Source, registryUrl: string) {
  const { latest } = view;
  return {
    name: view.name,
    version: latest.version,
    category: latest.category ?? "uncategorized",
    description: latest.summary,
    tags: latest.keywords,
    keywords: latest.keywords,
    author: latest.authors[0] ?? latest.publisher,
    license: latest.license,
    downloads: 0,
    stars: 0,
    production_ready: false,
    dependencies: latest.dependencies.map(([name]) => name),
    path: `packages/${view.name}/${latest.version}`,
    download_url: latest.archive === undefined ? "" : `${registryUrl}${archivePath(latest.archive.sha256)}`,
    checksum: latest.archive?.sha256 ?? "",
  };
}

function asDateTime(date: string | undefined): string | undefined {
  return date !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T00:00:00Z` : date;
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return fromSorted(counts);
}

function searchIndex(packages: readonly V1Package[]): Record<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const entry of packages) {
    for (const word of [...entry.keywords, entry.category, ...entry.name.split("-")]) {
      const key = word.toLowerCase();
      if (key.length < WORD_LENGTH_MIN) continue;
      names.set(key, (names.get(key) ?? new Set()).add(entry.name));
    }
  }
  return fromSorted(new Map([...names].map(([word, found]) => [word, [...found].sort(compareText)])));
}

/** An object with the entries in code point order, safe for a key such as `__proto__`. */
function fromSorted<T>(entries: ReadonlyMap<string, T>): Record<string, T> {
  const object: Record<string, T> = Object.create(null);
  for (const [key, value] of [...entries].sort(([a], [b]) => compareText(a, b))) object[key] = value;
  return object;
}
