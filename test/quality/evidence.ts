/** Evidence to judge: the best package of each kind, from real files, and what can be taken from it. */
import type { PackageAdvisory, PackageVersion } from "../../src/content/view.ts";
import type { PackageKind } from "../../src/manifest/package-kind.ts";
import type { Evidence, Registered } from "../../src/quality/evidence.ts";
import { contentOf, type Texts } from "../content/files.ts";
import { digest, name, publisher, range, version } from "../graph/views.ts";

const PREFIXES = `@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix : <https://example.org/shop#> .
`;
const ONTOLOGY = `${PREFIXES}
:Order a owl:Class ; rdfs:label "Order" ; rdfs:comment "What somebody asked for." ; skos:note "n" ; dcterms:source <https://example.org/> .
`;
const SHAPES = `${PREFIXES}
:OrderShape a sh:NodeShape ; rdfs:label "Order" ; rdfs:comment "An order has lines." ; sh:targetClass skos:Concept .
`;
const DATA = `${PREFIXES}
:one a :Order .
`;
const GATE = "ASK { ?order a <https://example.org/shop#Order> }\n";
const TEMPLATE = `---
to: "out/orders.txt"
sparql: "SELECT ?order WHERE { ?order a <https://example.org/shop#Order> }"
---
{{ order }}
`;
const PACK = '[pack]\nname = "shop"\nversion = "1.0.0"\ndescription = "A shop"\n';

const COMMON: Texts = {
  "README.md": `# Shop\n\n${"It says what it is for. ".repeat(30)}\n`,
  LICENSE: "MIT\n",
  "CHANGELOG.md": "# 1.0.0\n",
  "examples/good.ttl": DATA,
  "examples/bad.ttl": DATA,
  "tests/orders.txt": "one\n",
  "tests/none.txt": "\n",
};
const OWN: Readonly<Record<PackageKind, Texts>> = {
  ontology: { "ontology.ttl": ONTOLOGY, "shapes/shop-shapes.ttl": SHAPES },
  shapes: { "shapes/shop-shapes.ttl": SHAPES },
  gates: { "gates/010-orders.rq": GATE },
  templates: {
    "pack.toml": PACK,
    "ontology.ttl": "# nothing\n",
    "templates/a.tmpl": TEMPLATE,
    "gates/a.rq": GATE,
  },
  pack: {
    "pack.toml": PACK,
    "ontology.ttl": ONTOLOGY,
    "templates/a.tmpl": TEMPLATE,
    "gates/a.rq": GATE,
  },
  project: {
    "ggen.toml": "[project]\n",
    "ontology/shop.ttl": ONTOLOGY,
    "templates/a.tmpl": TEMPLATE,
    "gates/a.rq": GATE,
  },
};

const aVersion = (text: string): PackageVersion => ({
  version: version(text),
  digest: digest(text.slice(0, 1)),
  fallen: false,
});

/** Everything that a package of the kind is asked for, and everything known of it. */
export function bestOf(kind: PackageKind): Evidence & { readonly registered: Registered } {
  return {
    name: "shop",
    version: "1.2.0",
    kind,
    content: contentOf({ ...COMMON, ...OWN[kind] }, { kind }),
    said: {
      description: `A shop.\n\n${"Orders, lines and who asked for them. ".repeat(3)}`,
      license: "MIT",
      category: "commerce",
      keywords: ["shop", "order", "line"],
      authors: ["Alice"],
      repository: "https://git.example/shop",
      requiresGgen: range(">=26.0.0"),
      needs: [["core-terms", range("^1.0.0")]],
    },
    signed: { keyState: "active", standing: "good", publisher: publisher("alice") },
    registered: {
      owners: [publisher("alice"), publisher("bob")],
      versions: [aVersion("1.2.0"), aVersion("1.1.0"), aVersion("1.0.0")],
      advisories: [],
      dependents: [name("a"), name("b"), name("c")],
    },
    ratified: true,
    usage: 1000,
  };
}

/** A package of the kind that has nothing of it, and of which all that is known is bad. */
export function worstOf(kind: PackageKind): Evidence {
  const best = bestOf(kind);
  const content = contentOf({ "notes.txt": "nothing\n" }, { kind });
  return {
    ...best,
    version: "0.1.0",
    content: {
      ...content,
      permissions: {
        ...content.permissions,
        shell: [{ file: "x.tmpl", line: 1, when: "before", command: "true" }],
        anything: [{ file: "x.tmpl", why: "its to is computed" }],
      },
      imports: Array.from({ length: 11 }, (_, at) => `https://example.org/${at}`),
    },
    said: {
      description: "",
      license: "NOASSERTION",
      keywords: [],
      authors: [],
      needs: [["core-terms", range(">=1.0.0")]],
    },
    signed: { keyState: "revoked", standing: "fallen", publisher: publisher("alice") },
    registered: {
      owners: [],
      versions: [{ ...aVersion("0.1.0"), fallen: true, advisories: ["GM-1"] }],
      archived: "done",
      advisories: [anAdvisory("critical")],
      dependents: [],
    },
    ratified: false,
    usage: 0,
  };
}

export function anAdvisory(severity: PackageAdvisory["severity"]): PackageAdvisory {
  return { id: "GM-1", severity, versions: range("*"), summary: "It runs a command" };
}

type Taking = (evidence: Evidence) => Evidence;

const said =
  (change: Partial<Evidence["said"]>): Taking =>
  (e) => ({ ...e, said: { ...e.said, ...change } });
const without =
  (key: keyof Evidence["said"]): Taking =>
  (e) => {
    const { [key]: _, ...rest } = e.said;
    return { ...e, said: rest as Evidence["said"] };
  };
const content = (change: (content: Evidence["content"]) => Partial<Evidence["content"]>): Taking => {
  return (e) => ({ ...e, content: { ...e.content, ...change(e.content) } });
};
const noFile = (pattern: RegExp): Taking =>
  content(({ files }) => ({ files: files.filter(({ path }) => !pattern.test(path)) }));
const registered =
  (change: (known: Registered) => Partial<Registered>): Taking =>
  (e) =>
    e.registered === undefined ? e : { ...e, registered: { ...e.registered, ...change(e.registered) } };
const own = (change: Partial<PackageVersion>): Taking =>
  registered(({ versions }) => ({
    versions: versions.map((one, at) => (at === 0 ? { ...one, ...change } : one)),
  }));

/** What speaks for a package, taken from it; or what speaks against it, added. By what it is. */
export const TAKINGS: Readonly<Record<string, Taking>> = {
  "the README": noFile(/^README/),
  "half of the README": content(({ files }) => ({
    files: files.map((file) => (file.role === "readme" ? { ...file, size: file.size / 4 } : file)),
  })),
  "the licence's text": noFile(/^LICENSE/),
  "the changelog": noFile(/^CHANGELOG/),
  "good data": noFile(/good/),
  "bad data": noFile(/bad/),
  examples: noFile(/^examples/),
  tests: noFile(/^tests/),
  "one test": noFile(/^tests\/none/),
  "labels of terms": content(({ defined }) => ({ defined: defined.map(({ label: _, ...term }) => term) })),
  "comments of terms": content(({ defined }) => ({
    defined: defined.map(({ comment: _, ...term }) => term),
  })),
  "the description": said({ description: "A shop" }),
  "a keyword": (e) => said({ keywords: e.said.keywords.slice(1) })(e),
  "the category": without("category"),
  "the repository": without("repository"),
  authors: said({ authors: [] }),
  "the licence": said({ license: "NOASSERTION" }),
  "a licence that is known": (e) => (e.said.license === "MIT" ? said({ license: "LicenseRef-Own" })(e) : e),
  "which ggen": without("requiresGgen"),
  "an end of a range": said({ needs: [["core-terms", range("*")]] }),
  "terms of others": content(() => ({ used: [] })),
  "a dependent": registered(({ dependents }) => ({ dependents: dependents.slice(1) })),
  "an owner": registered(({ owners }) => ({ owners: owners.slice(1) })),
  "an earlier release": registered(({ versions }) => ({
    versions: versions.length > 1 ? versions.slice(0, -1) : versions,
  })),
  "its standing": own({ yanked: "wrong" }),
  "being in use": registered(() => ({ archived: "done" })),
  "being without advisories": (e) =>
    own({ advisories: ["GM-1"] })(registered(() => ({ advisories: [anAdvisory("high")] }))(e)),
  "an active key": (e) =>
    e.signed === undefined ? e : { ...e, signed: { ...e.signed, keyState: "retired" } },
  ratification: (e) => (e.ratified === undefined ? e : { ...e, ratified: false }),
  uses: (e) => (e.usage === undefined ? e : { ...e, usage: Math.floor(e.usage / 20) }),
  "being without commands": content(({ permissions }) => ({
    permissions: {
      ...permissions,
      shell: [{ file: "x.tmpl", line: 1, when: "before" as const, command: "true" }],
    },
  })),
  "being bounded": content(({ permissions }) => ({
    permissions: { ...permissions, anything: [{ file: "x.tmpl", why: "its to is computed" }] },
  })),
  "being loaded": content(() => ({
    engine: { loadable: false, problems: [{ code: "FM-PACK-002" as const, message: "no pack.toml" }] },
  })),
  "a stable version": (e) => ({ ...e, version: e.registered === undefined ? "0.1.0" : e.version }),
};
