/** docs/format.md and the checks in src/ name the same rules and the same problems. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { document } from "./documents.ts";

interface Rule {
  readonly id: string;
  /** The file that keeps the rule, where no check cites it. */
  readonly structure: string | undefined;
  readonly text: string;
}

/** `- **M7.** …` begins a rule; `*(by structure: `file`)*` follows where no check cites it. */
const RULE = /^- \*\*([A-Z]\d+)\.\*\* (?:\*\(by structure: `([^`]+)`\)\* )?(.*)$/gm;

const FORMAT = document("format.md");
const RULES = [...FORMAT.matchAll(RULE)].map(
  ([, id = "", structure, text = ""]): Rule => ({ id, structure, text }),
);

const SOURCES = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join("src", file), "utf8"));
const SOURCE = SOURCES.join("\n");

/** What problems carry: `rule: "M7"`, `"T8"` as an argument, `["ARCHIVE_PATH", "A5"]`. */
function citedByProblems(): Set<string> {
  return new Set([...SOURCE.matchAll(/"([A-Z][1-9]\d?)"/g)].map(([, id = ""]) => id));
}

/** What comments begin with: `// T23: …`, ` * G4: …`, `/** T6, T7: …`. */
function citedByComments(): Set<string> {
  const comments = SOURCE.matchAll(
    /(?:\/\/|\/\*\*|^ *\*) ((?:[A-Z][1-9]\d?)(?:(?:, | and )[A-Z][1-9]\d?)*)[.:] /gm,
  );
  return new Set([...comments].flatMap(([, ids = ""]) => ids.split(/, | and /)));
}

/** The codes that the text of a rule names: whole, or as `…_NAME` with any prefix. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/`(…?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|…_[A-Z0-9_]+|NOT_UTF8)`/g)].map(
    ([, code = ""]) => code,
  );
}

/** Prefixes that stages put before a code's last part. */
const PREFIXED = /^(?:MANIFEST|STATEMENT|REGISTRY|MAINTAINERS)(?=_)/;

function isInSource(code: string): boolean {
  if (SOURCE.includes(`"${code}"`)) return true;
  // Named after SHACL's own constraints.
  if (code.startsWith("SHAPE_")) return SOURCE.includes("`SHAPE_${");
  const ending = code.replace(/^…/, "").replace(PREFIXED, "");
  return ending.startsWith("_") && new RegExp(`\\}${ending}\``).test(SOURCE);
}

describe("docs/format.md", () => {
  it("has rules", () => {
    expect(RULES.length).toBeGreaterThan(80);
  });

  it("defines every rule once", () => {
    const ids = RULES.map((rule) => rule.id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it("defines every rule that src/ cites, in problems and in comments", () => {
    const defined = new Set(RULES.map((rule) => rule.id));
    const cited = [...citedByProblems(), ...citedByComments()];
    expect(cited.filter((id) => !defined.has(id))).toEqual([]);
  });

  it("has no rule that no check cites, unless it says by which file's structure it is kept", () => {
    const cited = citedByProblems();
    const unkept = RULES.filter((rule) => rule.structure === undefined && !cited.has(rule.id));
    expect(unkept.map((rule) => rule.id)).toEqual([]);
  });

  it("marks no rule as kept by structure that a check cites", () => {
    const cited = citedByProblems();
    const mistaken = RULES.filter((rule) => rule.structure !== undefined && cited.has(rule.id));
    expect(mistaken.map((rule) => rule.id)).toEqual([]);
  });

  it("names a file that is there for every rule kept by structure", () => {
    const gone = RULES.filter(({ structure }) => structure !== undefined && !existsSync(structure));
    expect(gone.map(({ id, structure }) => `${id}: ${structure}`)).toEqual([]);
  });

  it("names no problem code that src/ does not have", () => {
    const named = RULES.flatMap(({ id, text }) => codesIn(text).map((code) => ({ id, code })));
    expect(named.length).toBeGreaterThan(150);
    const unknown = named.filter(({ code }) => !isInSource(code));
    expect(unknown.map(({ id, code }) => `${id}: ${code}`)).toEqual([]);
  });

  it("names every problem code that the checks of a release and its chains report", () => {
    const named = new Set(RULES.flatMap(({ text }) => codesIn(text)));
    const reported = [
      ...SOURCE.matchAll(
        /"((?:RELEASE|CHAIN|OWNER|CLAIM|REGISTER|COSIGNATURE|SIGNATURE|SUMS|ARCHIVE|ROOT|DEPENDENCY|SOURCE|GRAPH|RDF|SPARQL)_[A-Z0-9_]+)"/g,
      ),
    ].map(([, code = ""]) => code);
    const documented = (code: string): boolean => named.has(code) || FORMAT.includes(`\`${code}\``);
    expect([...new Set(reported)].filter((code) => !documented(code)).sort()).toEqual([
      "SOURCE_NOT_PUBLISHED",
    ]);
  });
});

describe("the other documents", () => {
  it.each(["threat-model.md", "publishing.md", "operating.md", "quality.md", "architecture.md"])(
    "%s names only rules that docs/format.md defines",
    (name) => {
      const defined = new Set(RULES.map((rule) => rule.id));
      const named = [...document(name).matchAll(/\b([ABCDGHLMPQSTUV][1-9]\d?)\b/g)].map(([, id = ""]) => id);
      expect(named.filter((id) => !defined.has(id))).toEqual([]);
    },
  );

  it.each([
    "format.md",
    "threat-model.md",
    "publishing.md",
    "operating.md",
    "quality.md",
    "architecture.md",
    "../README.md",
  ])("every link of %s between documents leads to a file and a heading that are there", (name) => {
    const broken = [...document(name).matchAll(/\]\((?!https?:)([^)]+)\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !leads(name, target));
    expect(broken).toEqual([]);
  });
});

function leads(from: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? join("docs", from) : join("docs", from, "..", path);
  if (!existsSync(file)) return false;
  if (anchor === undefined) return true;
  const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
    anchorOf(text),
  );
  return headings.includes(anchor);
}

/** As the common git hosts make an anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}
