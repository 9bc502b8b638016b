/**
 * The forms of the records, of a section's manifest and of registry.json. A view that is not pinned may
 * be anyone's: what has another form is refused before anything acts on it or shows it.
 */
import { isDigest } from "../base/digest.ts";
import { count, flag, list, matching, object, type Shape, text, tuple } from "../base/shape.ts";
import { parsePackageName } from "../manifest/name.ts";
import type { PackageRecord, PublisherRecord, ResolveRecord } from "../snapshot/records.ts";
import { BITS_MAX, PAGE_BITS, type Page, type SectionManifest } from "../snapshot/section.ts";

/** How a record is found, and whether it is one. */
export interface RecordForm<R> {
  /** The name in what may be a record. */
  readonly nameIn: (value: unknown) => unknown;
  readonly accepts: (value: unknown) => value is R;
}

const digest = matching(isDigest);
/** Packages and publishers are named by one rule. */
const name = matching((value) => parsePackageName(value) !== undefined);
/** The letters of a version; its meaning is judged where a range is asked. */
const version = matching((value) => /^[0-9A-Za-z.-]{1,64}$/.test(value));
const keyId = matching((value) => /^SHA256:[A-Za-z0-9+/]{43}$/.test(value));
const edges = list(tuple(name, text));
const statements = list(object({ file: text, statement: text, signature: text }, { coSignature: text }));

const resolveShape = object(
  {
    name,
    releases: list(
      object({ version, digest, dependencies: edges }, { optional: edges, ggen: text, withheld: text }),
    ),
  },
  { deprecated: text },
);

const fileAndTarget = list(object({ file: text, to: text }));
const permissions = object({
  shell: list(object({ file: text, line: count, when: text, command: text })),
  overwrite: fileAndTarget,
  inject: fileAndTarget,
  outputs: list(text),
  anything: list(object({ file: text, why: text })),
});

const content = object(
  {
    kind: text,
    files: list(object({ path: text, size: count, sha256: digest, mediaType: text, role: text })),
    triples: count,
    defined: list(object({ iri: text, kind: text }, { label: text, comment: text })),
    used: list(text),
    imports: list(text),
    ontologies: list(text),
    permissions,
    engine: object({ loadable: flag, problems: list(object({ code: text, message: text })) }),
  },
  { readme: object({ path: text, text }) },
);

const release = object(
  {
    name,
    version,
    digest,
    publisher: name,
    keyId,
    keyState: text,
    standing: text,
    summary: text,
    description: text,
    license: text,
    kind: text,
    keywords: list(text),
    authors: list(text),
    dependencies: edges,
    optionalDependencies: edges,
    devDependencies: edges,
    content,
  },
  {
    category: text,
    repository: text,
    homepage: text,
    published: text,
    requiresGgen: text,
    archive: object({ sha256: digest, size: count }),
  },
);

const deprecation = object({ reason: text }, { replacement: name });

const packageView = object(
  {
    name,
    owners: list(name),
    versions: list(
      object(
        { version, digest, fallen: flag },
        { yanked: text, published: text, deprecated: deprecation, advisories: list(text) },
      ),
    ),
    advisories: list(object({ id: text, severity: text, versions: text, summary: text }, { url: text })),
    dependents: list(name),
    statementsHead: digest,
  },
  { deprecated: deprecation, archived: text },
);

const packageShape = object({ package: packageView, latest: version, releases: list(release), statements });

const publisherShape = object(
  {
    name,
    keys: list(object({ id: keyId, openssh: text, state: text }, { reason: text })),
    packages: list(name),
    statements,
  },
  { title: text, homepage: text },
);

export const RESOLVE_FORM: RecordForm<ResolveRecord> = {
  nameIn: (value) => memberOf(value, "name"),
  accepts: (value): value is ResolveRecord => resolveShape(value),
};

export const PACKAGE_FORM: RecordForm<PackageRecord> = {
  nameIn: (value) => memberOf(memberOf(value, "package"), "name"),
  accepts: (value): value is PackageRecord => packageShape(value),
};

export const PUBLISHER_FORM: RecordForm<PublisherRecord> = {
  nameIn: (value) => memberOf(value, "name"),
  accepts: (value): value is PublisherRecord => publisherShape(value),
};

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

const part: Shape = (value) => value === null || tuple(digest, count, count)(value);
const page: Shape = (value) => value === null || tuple(digest, count)(value);
const manifestOfParts = object({ format: count, bits: count, parts: list(part) });
const manifestOfPages = object({ format: count, bits: count, pages: list(page) });

export function isSectionManifest(value: unknown): value is SectionManifest {
  if (!manifestOfParts(value) && !manifestOfPages(value)) return false;
  const manifest = value as SectionManifest;
  const { format, bits, pack } = manifest;
  if (format !== 1 || bits > BITS_MAX || (pack !== undefined && !tuple(digest, count)(pack))) return false;
  return "parts" in manifest
    ? bits <= PAGE_BITS && manifest.parts.length === 2 ** bits
    : bits > PAGE_BITS && manifest.pages.length === 2 ** (bits - PAGE_BITS);
}

export function isPage(value: unknown): value is Page {
  return list(part)(value) && (value as Page).length === 2 ** PAGE_BITS;
}
