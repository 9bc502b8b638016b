/** Folders of packages made for ggen → drafts of releases, with a report of what could not be taken and why. */
import { utf8 } from "../base/bytes.ts";
import type { Problem } from "../base/problem.ts";
import { suggestName, parsePackageName, type PublisherName } from "../manifest/name.ts";
import { parsePackageToml, writePackageToml } from "../manifest/package-toml.ts";
import { adaptManifest, type ForeignPackage, PACK_FILE, PACKAGE_FILE } from "./foreign-manifest.ts";
import type { NamedDraft } from "./publication.ts";

/** What became of one folder. */
export interface ImportEntry {
  readonly folder: string;
  readonly outcome: "taken" | "already published" | "refused";
  readonly package?: string;
  readonly version?: string;
  /** Why it was refused, or what was changed or left out. */
  readonly problems: readonly Problem[];
}

export interface ImportDraft {
  readonly folder: string;
  readonly draft: NamedDraft;
  readonly notes: readonly Problem[];
}

export interface ImportDrafts {
  readonly drafts: readonly ImportDraft[];
  readonly refused: readonly ImportEntry[];
}

export function draftImports(folders: readonly ForeignPackage[], publisher: PublisherName, published: Iterable<string>): ImportDrafts {
  const known = new Set<string>(published);
  for (const { folder, files } of folders) if (files.has(PACK_FILE) || files.has(PACKAGE_FILE)) known.add(nameOf(folder));
  const drafts: ImportDraft[] = [];
  const refused: ImportEntry[] = [];
  for (const foreign of folders) {
    const draft = isOurs(foreign) ? ownDraft(foreign) : foreignDraft(foreign, publisher, known);
    if ("draft" in draft) drafts.push(draft);
    else refused.push(draft);
  }
  return { drafts, refused };
}

function nameOf(folder: string): string {
  return parsePackageName(folder) ?? suggestName(folder) ?? folder;
}

/** A package.toml of this registry's own format is taken as it is. */
function isOurs(foreign: ForeignPackage): boolean {
  const bytes = foreign.files.get(PACKAGE_FILE);
  return bytes !== undefined && /^format\s*=/m.test(new TextDecoder().decode(bytes));
}

function ownDraft({ folder, files }: ForeignPackage): ImportDraft | ImportEntry {
  const packageToml = files.get(PACKAGE_FILE) ?? new Uint8Array();
  const manifest = parsePackageToml(packageToml, `${folder}/${PACKAGE_FILE}`);
  if (!manifest.ok) return { folder, outcome: "refused", problems: manifest.problems };
  const inner = [...files].filter(([path]) => path.startsWith("content/"));
  const content = inner.length > 0 ? inner.map(([path, bytes]) => [path.slice("content/".length), bytes] as const) : [...files].filter(([path]) => path !== PACKAGE_FILE);
  const { name, version } = manifest.value;
  return { folder, draft: { name, version, packageToml, content: new Map(content) }, notes: manifest.warnings };
}

function foreignDraft(foreign: ForeignPackage, publisher: PublisherName, known: ReadonlySet<string>): ImportDraft | ImportEntry {
  const { folder, files } = foreign;
  const manifest = adaptManifest(foreign, publisher, known);
  if (!manifest.ok) return { folder, outcome: "refused", problems: manifest.problems };
  const { name, version } = manifest.value;
  const packageToml = utf8(writePackageToml(manifest.value));
  return { folder, draft: { name, version, packageToml, content: files }, notes: manifest.warnings };
}
