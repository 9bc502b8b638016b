/**
 * From the files of a verified release to what is inside it.
 *
 *     files ─► inventory ─► kind
 *           ─► RDF files ─► triples, terms        faults: RDF_*
 *           ─► queries                            faults: SPARQL_*
 *           ─► templates ─► frontmatter           faults: FRONTMATTER_*
 *                           └► permissions ◄─ hook.ttl
 *           ─► engine
 *
 * Files are read in order of their paths, whatever order they came in.
 */
import { decodeUtf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { sortedBy } from "../base/order.ts";
import { type Problem, type Result, settle } from "../base/problem.ts";
import type { PackageKind } from "../manifest/package-toml.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import type { FileRole, ReleaseContent } from "./content.ts";
import { engineVerdict } from "./engine.ts";
import { type FrontmatterOutcome, quote, readFrontmatter } from "./frontmatter.ts";
import { extensionOf, type Files, inventory, isLoaded, isLoadedTemplate, roleOf } from "./inventory.ts";
import { deriveKind } from "./kind.ts";
import { derivePermissions } from "./permissions.ts";
import { parseRdf, type RdfOutcome, rdfFormatOf, TRIPLES_MAX } from "./rdf.ts";
import { type QueryOutcome, queryChecker } from "./sparql.ts";
import { queryProblem, templateQueryProblems } from "./template-queries.ts";
import { TermCollector } from "./terms.ts";

/** In bytes. A longer README is cut, and a warning says so. */
export const README_BYTES_MAX = 131_072;

/** In bytes. A longer template is not read: it counts as unreadable. */
export const TEMPLATE_BYTES_MAX = 4 * 1024 * 1024;

/** Files whose terms are not the package's own vocabulary. */
const NOT_VOCABULARY: ReadonlySet<FileRole> = new Set<FileRole>(["test", "example"]);

export interface ContentSource {
  readonly files: Files;
  readonly digestOf: (path: string) => Digest;
  /** What the IRIs of the files begin with: `<registry iri>packages/<name>/<version>/content/`. */
  readonly filesIri: string;
  /** The manifest's word. */
  readonly kind?: PackageKind | undefined;
  readonly triplesMax?: number;
}

/** Errors in what the ggen engine loads, warnings elsewhere; a release with an error has no content. */
export function describeContent(release: VerifiedRelease, registryIri: string): Result<ReleaseContent> {
  const { name, version, kind } = release.manifest;
  const digests = new Map<string, Digest>(release.entries.map((entry) => [entry.path, entry.sha256]));
  const place = `packages/${name}/${version}/content/`;
  const result = describeFiles({
    files: release.content,
    digestOf: (path) => digests.get(`content/${path}`) as Digest,
    filesIri: contentIri(registryIri, name, version),
    kind,
  });
  const placed = (problem: Problem): Problem => ({ ...problem, file: place + problem.file });
  return result.ok
    ? { ...result, warnings: result.warnings.map(placed) }
    : { ok: false, problems: result.problems.map(placed) };
}

/** As `describeContent`, of any files; problems name paths relative to `content/`. */
export function describeFiles(source: ContentSource): Result<ReleaseContent> {
  const files: Files = new Map(sortedBy(source.files, ([path]) => path));
  const problems: Problem[] = [];
  const listed = inventory(files, source.digestOf);
  const rdf = readRdf(files, source, problems);
  const check = queryChecker(source.filesIri);
  problems.push(...queryFileProblems(files, check));
  const templates = readTemplates(files, { filesIri: source.filesIri, check }, problems);
  const readme = readReadme(files, problems);
  const content: ReleaseContent = {
    kind: source.kind ?? deriveKind(listed, rdf.mainTriples),
    files: listed,
    ...(readme === undefined ? {} : { readme }),
    triples: rdf.triples,
    ...rdf.terms.finish(),
    permissions: derivePermissions(templates, rdf.hook),
    engine: engineVerdict(files),
  };
  return settle(content, problems);
}

function severityOf(path: string): Problem["severity"] {
  return isLoaded(path) ? "error" : "warning";
}

/** The IRI that all files of a release's content begin with. */
export function contentIri(registryIri: string, name: string, version: string): string {
  return `${registryIri}packages/${name}/${version}/content/`;
}

/** The IRI of a file: its path under the release's, percent-encoded. */
export function iriOf(filesIri: string, path: string): string {
  return filesIri + path.toWellFormed().split("/").map(encodeURIComponent).join("/");
}

interface RdfReading {
  readonly triples: number;
  /** Triples of `ontology.ttl` alone. */
  readonly mainTriples: number;
  readonly terms: TermCollector;
  readonly hook: RdfOutcome | undefined;
}

function readRdf(files: Files, source: ContentSource, problems: Problem[]): RdfReading {
  const terms = new TermCollector(source.filesIri);
  const triplesMax = source.triplesMax ?? TRIPLES_MAX;
  let [triples, mainTriples] = [0, 0];
  let hook: RdfOutcome | undefined;
  for (const [path, bytes] of files) {
    const format = rdfFormatOf(path);
    if (format === undefined) continue;
    const text = decodeUtf8(bytes);
    const base = iriOf(source.filesIri, path);
    const outcome: RdfOutcome =
      text === undefined
        ? { state: "fault", message: "it is not UTF-8" }
        : parseRdf({ text, format, base, triplesMax: triplesMax - triples });
    if (path === "hook.ttl") hook = outcome;
    if (outcome.state !== "parsed") problems.push(rdfProblem(path, outcome, text !== undefined, triplesMax));
    if (outcome.state === "too-many") break;
    if (outcome.state !== "parsed") continue;
    triples += outcome.quads.length;
    if (path === "ontology.ttl") mainTriples = outcome.quads.length;
    if (!NOT_VOCABULARY.has(roleOf(path))) terms.add(outcome.quads, path === "ontology.ttl");
  }
  return { triples, mainTriples, terms, hook };
}

function rdfProblem(
  file: string,
  outcome: Exclude<RdfOutcome, { state: "parsed" }>,
  isText: boolean,
  triplesMax: number,
): Problem {
  if (outcome.state === "too-many") {
    return {
      code: "RDF_TOO_MANY_TRIPLES",
      severity: "error",
      file,
      message: `the release has more than ${triplesMax} triples`,
      expected: `at most ${triplesMax} triples in all files together`,
      remedy: "split the package, or publish the data elsewhere",
      rule: "C6",
    };
  }
  return {
    code: isText ? "RDF_SYNTAX" : "NOT_UTF8",
    severity: severityOf(file),
    file,
    ...(outcome.line === undefined ? {} : { line: outcome.line }),
    message: `cannot read the RDF: ${quote(outcome.message, 200)}`,
    remedy: isText
      ? "correct the file, or give it another extension if it is no RDF"
      : "save the file as UTF-8",
    rule: isText ? "C5" : "C4",
  };
}

function queryFileProblems(files: Files, check: (query: string) => QueryOutcome): Problem[] {
  const problems: Problem[] = [];
  for (const [file, bytes] of files) {
    if (extensionOf(file) !== "rq" && extensionOf(file) !== "sparql") continue;
    const severity = severityOf(file);
    const text = decodeUtf8(bytes);
    if (text === undefined) problems.push(notUtf8(file, severity));
    else problems.push(...queryProblem(check(text), { file, line: 1, lined: true, severity }));
  }
  return problems;
}

function notUtf8(file: string, severity: Problem["severity"]): Problem {
  const message = "the file is not UTF-8";
  return { code: "NOT_UTF8", severity, file, message, remedy: "save the file as UTF-8", rule: "C4" };
}

/** Every `.tmpl`, wherever it lies: one outside `templates/` can be named by a project. */
function readTemplates(
  files: Files,
  options: { filesIri: string; check: (query: string) => QueryOutcome },
  problems: Problem[],
): Map<string, FrontmatterOutcome> {
  const templates = new Map<string, FrontmatterOutcome>();
  const isProject = files.has("ggen.toml");
  for (const [file, bytes] of files) {
    if (extensionOf(file) !== "tmpl") continue;
    const severity = severityOf(file);
    const text = bytes.length <= TEMPLATE_BYTES_MAX ? decodeUtf8(bytes) : undefined;
    const outcome: FrontmatterOutcome =
      text === undefined
        ? { state: "unreadable", problems: [unreadable(file, bytes, severity)] }
        : readFrontmatter(file, text, { severity, optional: isProject || !isLoadedTemplate(file) });
    templates.set(file, outcome);
    problems.push(...outcome.problems);
    if (outcome.state === "read") {
      const base = iriOf(options.filesIri, file);
      problems.push(...templateQueryProblems(file, outcome.map, { severity, base, check: options.check }));
    }
  }
  return templates;
}

function unreadable(file: string, bytes: Uint8Array, severity: Problem["severity"]): Problem {
  if (bytes.length <= TEMPLATE_BYTES_MAX) return notUtf8(file, severity);
  const message = `the template is longer than ${TEMPLATE_BYTES_MAX} bytes`;
  return { code: "TEMPLATE_TOO_LONG", severity, file, message, remedy: "split the template", rule: "C13" };
}

function readReadme(files: Files, problems: Problem[]): ReleaseContent["readme"] {
  const paths = [...files.keys()].filter((path) => roleOf(path) === "readme");
  const path = paths.includes("README.md")
    ? "README.md"
    : (paths.find((each) => /\.md$/i.test(each)) ?? paths[0]);
  const bytes = path === undefined ? undefined : files.get(path);
  if (path === undefined || bytes === undefined) return undefined;
  const text = decodeCut(bytes, README_BYTES_MAX);
  if (text === undefined) problems.push(notUtf8(path, "warning"));
  else if (bytes.length > README_BYTES_MAX) problems.push(longReadme(path));
  return text === undefined ? undefined : { path, text };
}

/** The text of at most `max` bytes; a character that the cut would divide goes too. */
function decodeCut(bytes: Uint8Array, max: number): string | undefined {
  if (bytes.length <= max) return decodeUtf8(bytes);
  let end = max;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return decodeUtf8(bytes.subarray(0, end));
}

function longReadme(file: string): Problem {
  return {
    code: "README_TOO_LONG",
    severity: "warning",
    file,
    message: `only the first ${README_BYTES_MAX} bytes are shown`,
    remedy: "move details to files of their own",
    rule: "C14",
  };
}
