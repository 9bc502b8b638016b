/**
 * A form of a release that the ggen engine loads, where its own files are not one (engine.ts says why):
 *
 *     pack.toml       missing, or with other keys   → written from package.toml
 *     ontology.ttl    missing                       → the ontology files, copied or merged; without any, empty
 *     templates/      without a *.tmpl              → templates of another ending or place that say where they write
 *
 * All signed files stay where they are beside that. A pure function of the release: the same bytes give the same
 * form on every machine. What it may do is derived from the form, and is never less than what the release may do.
 */
import type { Quad } from "n3";
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { sortedBy } from "../base/order.ts";
import { LIMIT_CEILINGS } from "../manifest/limits.ts";
import type { PackageManifest } from "../manifest/package-toml.ts";
import { checkPath, checkPathSet } from "../manifest/path.ts";
import { tomlLine, tomlString } from "../manifest/toml-text.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import type { Permissions } from "./content.ts";
import { contentIri, describeFiles, iriOf, TEMPLATE_BYTES_MAX } from "./describe.ts";
import { engineVerdict } from "./engine.ts";
import { quote, readFrontmatter } from "./frontmatter.ts";
import { extensionOf, type Files, isLoadedTemplate, isOntologyPlace, roleOf } from "./inventory.ts";
import { turtleLines } from "./one-turtle.ts";
import { parseRdf, type RdfFormat, rdfFormatOf, TRIPLES_MAX } from "./rdf.ts";

export type Adaptation =
  | {
      readonly ok: true;
      /** Every file of the form, by path. */
      readonly files: Files;
      readonly permissions: Permissions;
      /** What is other than in the release, each in words. */
      readonly changes: readonly string[];
    }
  | { readonly ok: false; readonly reasons: readonly string[] };

export interface AdaptationSource {
  readonly manifest: Pick<PackageManifest, "name" | "version" | "summary">;
  readonly files: Files;
  /** What the IRIs of the files begin with. */
  readonly filesIri: string;
}

/** One part of the form: what it adds, or why it cannot be made. */
type Part = { readonly files: Files; readonly change: string } | { readonly reason: string };

const REASONS_MAX = 5;
const NAMED_MAX = 3;

export function adaptRelease(release: VerifiedRelease, registryIri: string): Adaptation {
  const { manifest, content } = release;
  const filesIri = contentIri(registryIri, manifest.name, manifest.version);
  return adaptFiles({ manifest, files: content, filesIri });
}

/** Of files that the engine does not load. */
export function adaptFiles(source: AdaptationSource): Adaptation {
  const codes = new Set(engineVerdict(source.files).problems.map(({ code }) => code));
  const parts: Part[] = [];
  if (codes.has("FM-PACK-002") || codes.has("FM-PACK-003")) parts.push(packToml(source));
  if (codes.has("FM-PACK-004")) parts.push(ontology(source));
  if (codes.has("FM-PACK-005")) parts.push(templates(source));
  const reasons = parts.flatMap((part) => ("reason" in part ? [part.reason] : []));
  if (reasons.length > 0) return { ok: false, reasons };
  const made = parts.flatMap((part) => ("files" in part ? [part] : []));
  const files = new Map([...source.files, ...made.flatMap((part) => [...part.files])]);
  return judged(
    new Map(sortedBy(files, ([path]) => path)),
    source.filesIri,
    made.map(({ change }) => change),
  );
}

function packToml({ manifest: { name, version, summary }, files }: AdaptationSource): Part {
  const text = [
    "[pack]\n",
    tomlLine("name", tomlString(name)),
    tomlLine("version", tomlString(version)),
    tomlLine("description", tomlString(summary)),
  ].join("");
  const how = files.has("pack.toml") ? "written anew" : "written";
  return { files: new Map([["pack.toml", utf8(text)]]), change: `pack.toml is ${how} from package.toml` };
}

function ontology({ files, filesIri }: AdaptationSource): Part {
  const found = sortedBy(files, ([path]) => path).filter(([path]) => roleOf(path) === "ontology");
  const [strange] =
    found.length > 0 ? found.filter(([path]) => rdfFormatOf(path) === undefined) : unread(files);
  if (strange !== undefined) return { reason: `${quote(strange[0])} is in a syntax that is not read here` };
  const good: ReadOntology[] = [];
  for (const [path, bytes] of found) {
    const read = readOntology(path, bytes, iriOf(filesIri, path));
    if ("reason" in read) return read;
    good.push(read);
  }
  const lines = turtleLines(good.map(({ quads }) => quads));
  if (lines === undefined)
    return { reason: "its ontology has named graphs, or more of RDF 1.2, which ontology.ttl cannot say" };
  if (lines.length > TRIPLES_MAX) return { reason: `its ontology has more than ${TRIPLES_MAX} triples` };
  const [first, ...more] = good;
  if (first === undefined)
    return ontologyPart(utf8("# This package has no ontology.\n"), "is empty: the package has no ontology");
  if (more.length === 0 && first.isPlain)
    return ontologyPart(first.bytes, `is a copy of ${quote(first.path)}`);
  const from = more.length === 0 ? quote(first.path) : `${good.length} files`;
  return ontologyPart(utf8(`${lines.join("\n")}\n`), `is written from ${from}`);
}

function ontologyPart(bytes: Uint8Array, how: string): Part {
  return { files: new Map([["ontology.ttl", bytes]]), change: `ontology.ttl ${how}` };
}

/** Where there is no ontology that is read: files that could be one, in other syntaxes. */
function unread(files: Files): (readonly [string, Uint8Array])[] {
  return [...files].filter(([path]) => extensionOf(path) === "jsonld" && isOntologyPlace(path));
}

interface ReadOntology {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly quads: readonly Quad[];
  /** Whether its bytes are Turtle that says the same wherever it lies. */
  readonly isPlain: boolean;
}

function readOntology(
  path: string,
  bytes: Uint8Array,
  base: string,
): ReadOntology | { readonly reason: string } {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { reason: `${quote(path)} is not UTF-8` };
  const format = rdfFormatOf(path) as RdfFormat;
  const source = { text, format, triplesMax: TRIPLES_MAX };
  const parsed = parseRdf({ ...source, base });
  if (parsed.state === "too-many") return { reason: `${quote(path)} has more than ${TRIPLES_MAX} triples` };
  if (parsed.state === "fault")
    return { reason: `${quote(path)} does not parse: ${quote(parsed.message, 200)}` };
  // What says the same wherever it lies can be copied; a relative IRI would say another thing there.
  const elsewhere = parseRdf({ ...source, base: "https://relative.invalid/elsewhere" });
  const isTurtle = format === "text/turtle" || format === "application/n-triples";
  const isPlain =
    isTurtle &&
    elsewhere.state === "parsed" &&
    turtleLines([parsed.quads])?.join("\n") === turtleLines([elsewhere.quads])?.join("\n");
  return { path, bytes, quads: parsed.quads, isPlain };
}

/** Tera's ways to another template, by a name that a move would change. */
const NAMES_ANOTHER = /\{%-?\s*(?:include|import|extends)\b/;

function templates({ files }: AdaptationSource): Part {
  const found = sortedBy(files, ([path]) => path).filter(([path]) => isTemplate(path));
  if (found.length === 0) return { reason: "there is no template at all" };
  const moved = new Map<string, Uint8Array>();
  for (const [path, bytes] of found) {
    const text = bytes.length <= TEMPLATE_BYTES_MAX ? decodeUtf8(bytes) : undefined;
    if (text === undefined) return { reason: `${quote(path)} is no UTF-8, or too long for a template` };
    const { state } = readFrontmatter(path, text, { severity: "error", optional: true });
    if (state === "none") continue;
    if (state === "unreadable") return { reason: `the frontmatter of ${quote(path)} cannot be read` };
    if (NAMES_ANOTHER.test(text))
      return { reason: `${quote(path)} names another template, which it would not find at another place` };
    const place = placeOf(path);
    if (moved.has(place)) return { reason: `two templates would be ${quote(place)}` };
    moved.set(place, bytes);
  }
  if (moved.size === 0) return { reason: "no template says where it writes: none has frontmatter" };
  const names = [...moved.keys()].slice(0, NAMED_MAX).map((place) => quote(place));
  const more = moved.size > NAMED_MAX ? `, … (${moved.size})` : "";
  return { files: moved, change: `templates are at ${names.join(", ")}${more}` };
}

function isTemplate(path: string): boolean {
  const role = roleOf(path);
  return ["tmpl", "tera"].includes(extensionOf(path)) && role !== "example" && role !== "test";
}

/** At the top of templates/: there every version of the engine reads them. */
function placeOf(path: string): string {
  const inside = path.replace(/^templates\//i, "").replace(/(?:\.tmpl|\.tera)+$/i, "");
  return `templates/${inside.replaceAll("/", "-")}.tmpl`;
}

/** The form, if it is one: it loads, is good by the rules for what is loaded, and can stand in a folder. */
function judged(files: Files, filesIri: string, changes: readonly string[]): Adaptation {
  const reasons = [...folderReasons(files), ...frontmatterReasons(files)];
  if (reasons.length > 0) return { ok: false, reasons: reasons.slice(0, REASONS_MAX) };
  // Nobody reads its inventory. Triples stand in their own files and in ontology.ttl: twice what a release may have.
  const digestOf = () => "" as Digest;
  const described = describeFiles({ files, filesIri, digestOf, triplesMax: 2 * TRIPLES_MAX });
  if (!described.ok) {
    const errors = described.problems.filter(({ severity }) => severity === "error");
    return {
      ok: false,
      reasons: errors.slice(0, REASONS_MAX).map(({ file, message }) => `${quote(file)}: ${message}`),
    };
  }
  const { engine, permissions } = described.value;
  if (!engine.loadable) return { ok: false, reasons: engine.problems.map(({ message }) => message) };
  return { ok: true, files, permissions, changes };
}

function folderReasons(files: Files): string[] {
  const { releaseFilesMax, releaseBytesMax, fileBytesMax } = LIMIT_CEILINGS;
  const sizes = [...files.values()].map(({ length }) => length);
  const isOver =
    files.size > releaseFilesMax ||
    sizes.some((size) => size > fileBytesMax) ||
    sizes.reduce((sum, size) => sum + size, 0) > releaseBytesMax;
  return [
    ...(isOver ? ["it would be larger than a release may be"] : []),
    ...[...files.keys()].flatMap((path) => {
      const reason = checkPath(path);
      return reason === undefined ? [] : [`the path ${quote(path)} ${reason}`];
    }),
    ...checkPathSet(files.keys()).map(
      ({ path, clashesWith }) => `${quote(path)} and ${quote(clashesWith)} are one file on some systems`,
    ),
  ];
}

/** Of a project's templates its ggen.toml says where they write; a pack's say it themselves. */
function frontmatterReasons(files: Files): string[] {
  return [...files].flatMap(([path, bytes]) => {
    if (!isLoadedTemplate(path)) return [];
    const text = bytes.length <= TEMPLATE_BYTES_MAX ? decodeUtf8(bytes) : undefined;
    if (text === undefined) return [`${quote(path)} is no UTF-8, or too long for a template`];
    const { problems } = readFrontmatter(path, text, { severity: "error", optional: false });
    return problems
      .filter(({ severity }) => severity === "error")
      .map(({ message }) => `${quote(path)}: ${message}`);
  });
}
