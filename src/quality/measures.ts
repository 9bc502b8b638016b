/**
 * What is measured of a release. Each measure counts something of the evidence against a mark that every package
 * of the kinds it is used for can reach, or says why it cannot be known. Nothing is estimated.
 *
 * Maturity (criteria.ts) gives points for measures, and validation (guards.ts) asks whether they are full.
 */
import { NO_ASSERTION } from "../manifest/license.ts";
import type { PackageKind } from "../manifest/package-kind.ts";
import { covers, type Version } from "../manifest/version.ts";
import { type Evidence, filesOf, filesRead, ownVersion, type Registered, trialData } from "./evidence.ts";

/** `held` of `of`, both whole numbers, `of` at least 1. */
export interface Known {
  readonly held: number;
  readonly of: number;
  /** What was found, in words. */
  readonly found: string;
}

/** Not measured, and why; nothing that the package has or lacks is the reason. */
export interface Unknown {
  readonly unknown: string;
}

export type Reading = Known | Unknown;

export interface Measure {
  /** What it takes for the full mark, as docs/quality.md says it. */
  readonly full: string;
  /** What to do where something is missing. */
  readonly raise: string;
  readonly read: (evidence: Evidence) => Reading;
}

export const README_BYTES = 500;
const DESCRIPTION_CHARS = 100;
const KEYWORDS = 3;
const EXAMPLES = 2;
const OUTCOMES = 2;
const TRIALS = 2;
const DEPENDENTS = 3;
const RELEASES = 3;
const OWNERS = 2;
const VOCABULARIES = 2;
const KB = 1024;
/** Steps from the most that is worth a part of the mark to the most that is worth all of it. Nine in ten packs in use keep the last. */
const READ_BYTES = [KB * KB, 256 * KB, 64 * KB];
const FILE_BYTES = [512 * KB, 128 * KB, 32 * KB];
const PIECE_BYTES = [64 * KB, 32 * KB, 16 * KB];
const FILES_READ = [200, 100, 50];
const IMPORTS = [10, 5, 2];
/** Downloads, and ten for each star. */
const USES = [1, 100, 1000];
/** Further than any version goes: a range that has it in has no end. */
const BEYOND = "999999999.0.0" as Version;

const UNPUBLISHED = "a folder that is not published has no registry to ask";
const UNSIGNED = "nobody has signed these files yet";
const UNCOUNTED = "nobody has counted how much it is used";
const UNRATIFIED = "no signed view says which names are ratified";

const CHANGELOG = /^(?:changelog|changes|history|news)(?:[._-][^/]*)?$/i;
const OUTCOME_FOLDER = /(?:^|\/)(?:expected|golden|snapshots?)\//i;
const PASSING = /(?:^|[/._-])(?:good|valid|pass\w*|conform\w*|accept\w*|positive)(?=[/._-]|$)/i;
const FAILING =
  /(?:^|[/._-])(?:bad|invalid|broken|fail\w*|violat\w*|reject\w*|refus\w*|negative|non-?conform\w*)(?=[/._-]|$)/i;

/** What makes a package of its kind one, as the build found it in files that it parsed. */
const SUBSTANCE: Readonly<Record<PackageKind, readonly [what: string, is: (e: Evidence) => boolean]>> = {
  ontology: [
    "a term of its own",
    ({ content }) => content.defined.some(({ kind }) => kind !== "shape" && kind !== "ontology"),
  ],
  shapes: ["a shape of its own", ({ content }) => content.defined.some(({ kind }) => kind === "shape")],
  gates: ["a gate or a query", (e) => filesOf(e, "gate", "query").length > 0],
  templates: ["a template", (e) => filesOf(e, "template").length > 0],
  pack: ["something that ggen reads", (e) => filesRead(e).length > 0],
  project: ["ggen.toml", ({ content }) => content.files.some(({ path }) => path === "ggen.toml")],
};

export const MEASURES = {
  readme: {
    full: `A README at the root, of at least ${README_BYTES} bytes`,
    raise: `say in README.md what it is for, how it is used and what comes out, in ${README_BYTES} bytes or more`,
    read: (e) => {
      const size = Math.max(0, ...filesOf(e, "readme").map((file) => file.size));
      const found = size === 0 ? "there is no README, or an empty one" : `the README has ${size} bytes`;
      return upTo(README_BYTES, size, found);
    },
  },
  description: {
    full: `A description of at least ${DESCRIPTION_CHARS} characters`,
    raise: `describe it in package.toml in ${DESCRIPTION_CHARS} characters or more`,
    read: ({ said }) => {
      const length = [...said.description.trim()].length;
      return upTo(DESCRIPTION_CHARS, length, `the description has ${count(length, "character")}`);
    },
  },
  keywords: {
    full: `${KEYWORDS} keywords`,
    raise: `name ${KEYWORDS} keywords in package.toml that people search with`,
    read: ({ said }) => upTo(KEYWORDS, new Set(said.keywords).size, listed("keyword", said.keywords)),
  },
  category: {
    full: "A category",
    raise: "name a category in package.toml",
    read: ({ said }) =>
      isSo(
        said.category !== undefined,
        said.category === undefined ? "no category" : `category ${said.category}`,
      ),
  },
  links: {
    full: "A repository or a homepage",
    raise: "name repository or homepage in package.toml",
    read: ({ said }) => {
      const link = said.repository ?? said.homepage;
      return isSo(link !== undefined, link ?? "neither a repository nor a homepage");
    },
  },
  authors: {
    full: "An author",
    raise: "name the authors in package.toml",
    read: ({ said }) => isSo(said.authors.length > 0, listed("author", said.authors)),
  },
  license: {
    full: "A licence in package.toml that is not `NOASSERTION`",
    raise: "state a licence in package.toml",
    read: ({ said }) => isSo(said.license !== NO_ASSERTION, `licence ${said.license}`),
  },
  "license-file": {
    full: "The licence's text in a file at the root",
    raise: "add the text of the licence as LICENSE",
    read: (e) => {
      const [file] = filesOf(e, "license");
      return isSo(file !== undefined, file?.path ?? "no file with the text of the licence");
    },
  },
  examples: {
    full: `${EXAMPLES} files below \`examples/\``,
    raise: "show it at work below examples/",
    read: (e) => {
      const files = filesOf(e, "example").length;
      return upTo(EXAMPLES, files, `${count(files, "file")} of examples`);
    },
  },
  terms: {
    full: "A label and a comment on every class, property, shape and concept that it defines",
    raise: "give each term a label and a comment (rdfs:, skos: or sh:)",
    read: ({ content }) => {
      const terms = content.defined.filter(({ kind }) => kind !== "individual" && kind !== "ontology");
      if (terms.length === 0) return isSo(false, "it defines no terms");
      const labels = terms.filter(({ label }) => label !== undefined).length;
      const comments = terms.filter(({ comment }) => comment !== undefined).length;
      const found = `of ${count(terms.length, "term")} ${labels} have a label and ${comments} a comment`;
      return { held: labels + comments, of: 2 * terms.length, found };
    },
  },
  substance: {
    full: "What makes a package of its kind one, in files that parse: a term, a shape, a gate or query, a template, something that ggen reads, `ggen.toml`",
    raise: "add what the package's kind promises, or name another kind",
    read: (e) => {
      const [what, is] = SUBSTANCE[e.kind];
      return isSo(is(e), is(e) ? `it has ${what}` : `a package of kind ${e.kind}, without ${what}`);
    },
  },
  data: {
    full: `${TRIALS} RDF files to try it on, as examples or tests`,
    raise: "add RDF to try it on, below examples/ or tests/",
    read: (e) => {
      const files = trialData(e).length;
      return upTo(TRIALS, files, `${count(files, "RDF file")} to try it on`);
    },
  },
  outcomes: {
    full: `${OUTCOMES} files that say what must come out: below \`tests/\` (or \`fixtures/\`, \`qualification/\`), or in a folder \`expected/\`, \`golden/\` or \`snapshots/\``,
    raise: "put what must come out below tests/ or examples/expected/",
    read: (e) => {
      const { files } = e.content;
      const known = files.filter(({ path, role }) => role === "test" || OUTCOME_FOLDER.test(path)).length;
      return upTo(OUTCOMES, known, `${count(known, "file")} of tests and expected results`);
    },
  },
  "both-ways": {
    full: "Data that is to pass and data that is to fail, and is named so (`good`, `valid`, …; `bad`, `invalid`, …)",
    raise: "add data that is to pass and data that is to fail, named so: examples/good.ttl, examples/bad.ttl",
    read: (e) => {
      const paths = trialData(e).map(({ path }) => path);
      const failing = paths.find((path) => FAILING.test(path));
      const passing = paths.find((path) => !FAILING.test(path) && PASSING.test(path));
      const found = `to pass: ${passing ?? "none"}; to fail: ${failing ?? "none"}`;
      return { held: Number(passing !== undefined) + Number(failing !== undefined), of: 2, found };
    },
  },
  constraints: {
    full: "A shape or a gate that stops data it cannot work with",
    raise: "add SHACL shapes, or gates/*.rq, that stop data it cannot work with",
    read: (e) => {
      const files = filesOf(e, "shapes", "gate").length;
      const shapes = e.content.defined.filter(({ kind }) => kind === "shape").length;
      return isSo(
        files + shapes > 0,
        `${count(shapes, "shape")}, ${count(files, "file")} of shapes and gates`,
      );
    },
  },
  signature: {
    full: "Signed with a key that is active; a key that was retired since is worth half, a revoked one nothing",
    raise: "release again, signed with an active key",
    read: ({ signed }) => {
      if (signed === undefined) return { unknown: UNSIGNED };
      const { keyState, standing, publisher } = signed;
      const held = standing === "fallen" ? 0 : keyState === "active" ? 2 : Number(keyState === "retired");
      return { held, of: 2, found: `signed by ${publisher}, whose key is ${keyState}` };
    },
  },
  ratified: {
    full: "The name is ratified by the holders of the registry's root",
    raise: "ask the holders of the registry's root to ratify the name",
    read: ({ ratified }) =>
      ratified === undefined
        ? { unknown: UNRATIFIED }
        : isSo(ratified, ratified ? "the name is ratified" : "the name is not ratified yet"),
  },
  advisories: {
    full: "No advisory is about this version; one that is low or moderate is worth half",
    raise: "release a version that no advisory is about",
    read: (e) => {
      if (e.registered === undefined) return { unknown: UNPUBLISHED };
      const ids = ownVersion(e, e.registered)?.advisories ?? [];
      const about = e.registered.advisories.filter(({ id }) => ids.includes(id));
      const isGrave = about.some(({ severity }) => severity !== "low" && severity !== "moderate");
      const held = about.length === 0 ? 2 : isGrave ? 0 : 1;
      const found =
        about.length === 0
          ? "no advisory is about it"
          : about.map(({ id, severity }) => `${id} (${severity})`).join(", ");
      return { held, of: 2, found };
    },
  },
  "no-shell": {
    full: "No template runs a shell command",
    raise: "do without sh, sh_before and sh_after",
    read: ({ content }) => {
      const { length } = content.permissions.shell;
      return isSo(length === 0, `${count(length, "shell command")}`);
    },
  },
  bounded: {
    full: "What its templates and its hook may do can be told from them: no computed path or command, nothing outside the project",
    raise: "write paths and commands out, inside the project",
    read: ({ content }) => {
      const [first, ...more] = content.permissions.anything;
      const others = more.length === 0 ? "" : `, and ${more.length} more`;
      return isSo(
        first === undefined,
        first === undefined ? "all that it may do is known" : `${first.file}: ${first.why}${others}`,
      );
    },
  },
  ranges: {
    full: "No dependency is open to every version to come",
    raise: "end the ranges of its dependencies: ^1.2.0 in place of >=1.2.0",
    read: ({ said }) => {
      if (said.needs.length === 0) return isSo(true, "it needs no package");
      const open = said.needs.filter(([, range]) => covers(range, BEYOND)).map(([name]) => name);
      const found = open.length === 0 ? "every range has an end" : `without an end: ${open.join(", ")}`;
      return { held: said.needs.length - open.length, of: said.needs.length, found };
    },
  },
  "read-size": {
    full: `What ggen reads has at most ${shownBytes(READ_BYTES)}`,
    raise: "split the package, or leave out what is not read",
    read: (e) => {
      const files = filesRead(e);
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      return within(READ_BYTES, bytes, files.length, `ggen reads ${bytes} bytes`);
    },
  },
  "largest-file": {
    full: `No file that ggen reads has more than ${shownBytes(FILE_BYTES)}`,
    raise: "split the largest file",
    read: (e) => {
      const files = filesRead(e);
      const bytes = Math.max(0, ...files.map(({ size }) => size));
      return within(FILE_BYTES, bytes, files.length, `the largest file that ggen reads has ${bytes} bytes`);
    },
  },
  "files-read": {
    full: `ggen reads at most ${shown(FILES_READ)} files`,
    raise: "join small files, or split the package",
    read: (e) => {
      const { length } = filesRead(e);
      return within(FILES_READ, length, length, `ggen reads ${count(length, "file")}`);
    },
  },
  "piece-size": {
    full: `No template, gate or query has more than ${shownBytes(PIECE_BYTES)}`,
    raise: "split the longest template or query",
    read: (e) => {
      const files = filesOf(e, "template", "gate", "query");
      const bytes = Math.max(0, ...files.map(({ size }) => size));
      return within(PIECE_BYTES, bytes, files.length, `the longest template or query has ${bytes} bytes`);
    },
  },
  imports: {
    full: `At most ${shown(IMPORTS)} \`owl:imports\` that it does not carry: each has to be found by whoever uses it`,
    raise: "carry what it imports, or depend on the package that does",
    read: ({ content }) => {
      const { length } = content.imports.filter((iri) => !content.ontologies.includes(iri));
      return within(IMPORTS, length, content.triples, `${count(length, "import")} from elsewhere`);
    },
  },
  dependents: {
    full: `${DEPENDENTS} packages of the registry need it`,
    raise: "it rises as other packages come to need it",
    read: ({ registered }) =>
      registered === undefined
        ? { unknown: UNPUBLISHED }
        : upTo(DEPENDENTS, registered.dependents.length, listed("dependent", registered.dependents)),
  },
  usage: {
    full: `Counted ${shown(USES)} times: downloads, and ten for each star (\`stats.json\`)`,
    raise: "it rises as people use it",
    read: ({ usage }) =>
      usage === undefined
        ? { unknown: UNCOUNTED }
        : {
            held: USES.filter((uses) => usage >= uses).length,
            of: USES.length,
            found: `used ${usage} times: downloads, and ten for each star`,
          },
  },
  loadable: {
    full: "ggen loads it as a pack, as it is",
    raise: "add what ggen asks of a pack: pack.toml, ontology.ttl, templates/",
    read: ({ content }) =>
      isSo(
        content.engine.loadable,
        content.engine.loadable
          ? "ggen loads it as a pack"
          : content.engine.problems.map(({ message }) => message).join("; "),
      ),
  },
  reuse: {
    full: `It uses terms of ${VOCABULARIES} vocabularies of others`,
    raise: "use terms that others know, such as those of SKOS, DCTERMS or schema.org",
    read: ({ content }) => {
      const vocabularies = new Set(content.used.map(namespaceOf));
      return upTo(
        VOCABULARIES,
        vocabularies.size,
        `it uses ${count(vocabularies.size, "namespace")} of others`,
      );
    },
  },
  stable: {
    full: "The version is 1.0.0 or higher, and no pre-release",
    raise: "release 1.0.0, once its users can rely on what is there",
    read: ({ version }) => isSo(!/^0\.|-/.test(version), `version ${version}`),
  },
  "known-license": {
    full: "The licence is one that SPDX lists: no `LicenseRef-`, no `NOASSERTION`",
    raise: "choose a licence that SPDX lists: https://spdx.org/licenses/",
    read: ({ said }) =>
      isSo(said.license !== NO_ASSERTION && !said.license.includes("LicenseRef-"), `licence ${said.license}`),
  },
  engine: {
    full: "It says which ggen it is made for",
    raise: "say under [requires] in package.toml which ggen it is made for",
    read: ({ said }) =>
      isSo(
        said.requiresGgen !== undefined,
        said.requiresGgen === undefined ? "no ggen is named" : `made for ggen ${said.requiresGgen}`,
      ),
  },
  releases: {
    full: `${RELEASES} releases that stand: neither yanked nor fallen`,
    raise: "release again when there is something to release",
    read: ({ registered }) => {
      if (registered === undefined) return { unknown: UNPUBLISHED };
      const { versions } = registered;
      const standing = versions.filter(({ fallen, yanked }) => !fallen && yanked === undefined).length;
      return upTo(RELEASES, standing, `${standing} of ${count(versions.length, "release")} in good standing`);
    },
  },
  "in-service": {
    full: "Neither deprecated nor archived, and the version neither yanked nor fallen",
    raise: "release a version that is to be used",
    read: (e) => {
      if (e.registered === undefined) return { unknown: UNPUBLISHED };
      const said = setAside(e, e.registered);
      return isSo(said.length === 0, said.length === 0 ? "in service" : said.join(", "));
    },
  },
  changelog: {
    full: "A changelog at the root",
    raise: "say in CHANGELOG.md what changed",
    read: ({ content }) => {
      const file = content.files.find(({ path }) => CHANGELOG.test(path));
      return isSo(file !== undefined, file?.path ?? "no changelog");
    },
  },
  owners: {
    full: `${OWNERS} owners`,
    raise: "add a second owner, so that it does not hang on one: state add-owner",
    read: ({ registered }) =>
      registered === undefined
        ? { unknown: UNPUBLISHED }
        : upTo(OWNERS, registered.owners.length, listed("owner", registered.owners)),
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureId = keyof typeof MEASURES;

export function isKnown(reading: Reading): reading is Known {
  return !("unknown" in reading);
}

function setAside(evidence: Evidence, registered: Registered): string[] {
  const own = ownVersion(evidence, registered);
  return [
    ...(registered.deprecated === undefined && own?.deprecated === undefined ? [] : ["deprecated"]),
    ...(registered.archived === undefined ? [] : ["archived"]),
    ...(own?.yanked === undefined ? [] : ["yanked"]),
    ...(own?.fallen === true ? ["fallen"] : []),
  ];
}

function isSo(is: boolean, found: string): Known {
  return { held: Number(is), of: 1, found };
}

function upTo(enough: number, number: number, found: string): Known {
  return { held: Math.min(number, enough), of: enough, found };
}

/** How many of the falling limits are kept; where there is nothing to measure, none. */
function within(limits: readonly number[], number: number, things: number, found: string): Known {
  if (things === 0) return { held: 0, of: limits.length, found: "there is nothing to measure" };
  return { held: limits.filter((limit) => number <= limit).length, of: limits.length, found };
}

const NAMED_MAX = 5;

function listed(word: string, things: readonly string[]): string {
  if (things.length === 0) return `no ${word}s`;
  const more = things.length > NAMED_MAX ? `, and ${things.length - NAMED_MAX} more` : "";
  return `${count(things.length, word)}: ${things.slice(0, NAMED_MAX).join(", ")}${more}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

function namespaceOf(iri: string): string {
  return iri.slice(0, Math.max(iri.lastIndexOf("#"), iri.lastIndexOf("/"), iri.lastIndexOf(":")) + 1);
}

/** The step for the full mark first, then those that are worth less of it. */
function shown(limits: readonly number[], unit: (limit: number) => string = String): string {
  const [best = 0, ...less] = [...limits].reverse();
  return `${unit(best)} (${less.map(unit).join(", ")}: a third less each)`;
}

function shownBytes(limits: readonly number[]): string {
  return shown(limits, (bytes) => `${bytes / KB} kB`);
}
