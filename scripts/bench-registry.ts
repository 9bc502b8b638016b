/** Generates a registry source of many signed releases, in git, for benchmarks. The same arguments give the same bytes. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { utf8 } from "../src/base/bytes.ts";
import { sha256 } from "../src/base/digest.ts";
import { type PackageName, type PublisherName, parsePackageName } from "../src/manifest/name.ts";
import { nodeTrustPorts } from "../src/node/crypto.ts";
import { PrivateKey } from "../src/node/keys.ts";
import { type ReleaseDraft, signRelease } from "../src/publish/sign-release.ts";
import { type NewStatement, signStatement } from "../src/publish/sign-statement.ts";
import { readCorpus } from "./bench-search/corpus.ts";

export interface Shape {
  readonly releases: number;
  /** Bytes of a release's eight files together. */
  readonly releaseBytes: number;
  /** The releases are spread over them. */
  readonly packages: readonly Named[];
  /** How many earlier packages each one needs; none where it does not say. */
  readonly dependencies?: number;
}

export interface Named {
  readonly name: PackageName;
  /** Words of our own where there is none. */
  readonly description?: string;
}

const IRI = "https://bench.example/";
const RELEASES_A_PACKAGE = 3;
const WORDS =
  "order party invoice address product price unit event place person agent role task process data model shape class term label".split(
    " ",
  );

/** Names of our own for so many releases, three to a package. */
export function madeUpPackages(releases: number): Named[] {
  return Array.from({ length: Math.ceil(releases / RELEASES_A_PACKAGE) }, (_, at) => {
    const name = `${WORDS[at % WORDS.length]}-${WORDS[(at * 7 + 3) % WORDS.length]}-${at}` as PackageName;
    return { name };
  });
}

/** The first `count` packages of a corpus (bench-search/corpus.ts), each under the nearest name that a registry takes. */
export function corpusPackages(file: string, count: number): Named[] {
  const packages = new Map<PackageName, Named>();
  for (const { name: original, summary } of readCorpus(file)) {
    const words = original.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    const name = parsePackageName(words.join("-"));
    const description = Array.from(summary.matchAll(/[\p{L}\p{N}\p{P}]+/gu), ([word]) => word).join(" ");
    if (name !== undefined) packages.set(name, description === "" ? { name } : { name, description });
    if (packages.size === count) break;
  }
  return [...packages.values()];
}

export function generateRegistry(root: string, shape: Shape): void {
  const signer = PrivateKey.fromSeed(new Uint8Array(32).fill(7));
  const publisher = "bench" as PublisherName;
  const write = (files: ReadonlyMap<string, Uint8Array>, folder = "") => {
    for (const [path, bytes] of files) {
      const file = join(root, folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
  };
  const state = (content: NewStatement) =>
    write(signStatement(IRI, content, { length: 0 }, { signer }, nodeTrustPorts).files);
  write(
    new Map([
      ["registry.toml", utf8(`format = 1\nname = "bench"\ntitle = "Bench"\niri = "${IRI}"\n`)],
      [".gitattributes", utf8("* -text\n")],
    ]),
  );
  state({
    subject: { kind: "publisher", name: publisher },
    action: { action: "register", key: signer.publicKey.openssh },
  });
  for (const { name } of shape.packages)
    state({ subject: { kind: "package", name }, action: { action: "claim", publisher } });
  for (let i = 0; i < shape.releases; i++) {
    const named = shape.packages[i % shape.packages.length] as Named;
    const version = `1.${Math.floor(i / shape.packages.length)}.0`;
    write(
      signRelease(draft(named, version, i, shape), signer, nodeTrustPorts),
      `packages/${named.name}/${version}`,
    );
  }
  commit(root, "registry");
}

/** Publishes one more release of each of the first `count` packages and commits them. */
export function publishMore(root: string, patch: number, shape: Shape, count = 1): void {
  const signer = PrivateKey.fromSeed(new Uint8Array(32).fill(7));
  const version = `2.0.${patch}`;
  for (const [at, named] of shape.packages.slice(0, count).entries()) {
    const files = signRelease(
      draft(named, version, shape.releases + patch * count + at, shape),
      signer,
      nodeTrustPorts,
    );
    for (const [path, bytes] of files) {
      const file = join(root, "packages", named.name, version, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
  }
  commit(root, `${version} of ${count}`);
}

/** Commits everything; packed, as a clone would have it, and written so without a file for each object. */
function commit(root: string, message: string): void {
  const settings = {
    "user.name": "bench",
    "user.email": "bench@example.org",
    "gc.auto": "0",
    "core.bigFileThreshold": "1",
    "core.fsync": "none",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const git = (...args: string[]) => {
    const done = spawnSync("git", ["-C", root, ...options, ...args], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`git ${args[0]}: ${done.stderr}`);
  };
  git("init", "-q");
  git("add", "--all", "--force");
  git("commit", "-qm", message);
  git("repack", "-dq");
}

/** Eight files: ontology, shapes, two templates, two gates, README, licence; prose fills them to the size. */
function draft({ name, description }: Named, version: string, seed: number, shape: Shape): ReleaseDraft {
  const ns = `https://bench.example/ns/${name}#`;
  const words = wordsOf(seed);
  const size = Math.floor(shape.releaseBytes / 8);
  const prose = (bytes: number) =>
    Array.from({ length: Math.max(1, Math.ceil(bytes / 7)) }, words)
      .join(" ")
      .slice(0, Math.max(0, bytes));
  const fill = (text: string, comment: string) =>
    text.length >= size ? text : `${text}${comment}${prose(size - text.length - comment.length - 1)}\n`;
  const classes = Array.from(
    { length: 8 },
    (_, i) =>
      `ex:C${i} a owl:Class ; rdfs:label "${words()} ${words()}"@en ; rdfs:comment "${prose(60)}"@en ; rdfs:subClassOf ex:C${(i + 1) % 8} .`,
  ).join("\n");
  const template = (kind: string) =>
    `---\nto: "src/${kind}.txt"\nsparql: "SELECT ?c WHERE { ?c a <http://www.w3.org/2002/07/owl#Class> }"\n---\n{% for row in sparql_results %}{{ row.c }}\n{% endfor %}`;
  const texts: Record<string, string> = {
    "ontology.ttl": fill(
      `@prefix ex: <${ns}> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n<${ns.slice(0, -1)}> a owl:Ontology .\n${classes}\n`,
      "# ",
    ),
    "shapes/shapes.ttl": fill(
      `@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix ex: <${ns}> .\nex:S a sh:NodeShape ; sh:targetClass ex:C0 .\n`,
      "# ",
    ),
    "templates/a.txt.tmpl": fill(template("a"), ""),
    "templates/b.txt.tmpl": fill(template("b"), ""),
    "gates/labels.rq": fill(
      "ASK { ?c a <http://www.w3.org/2002/07/owl#Class> . FILTER NOT EXISTS { ?c <http://www.w3.org/2000/01/rdf-schema#label> ?l } }\n",
      "# ",
    ),
    "gates/comments.rq": fill(
      "ASK { ?c a <http://www.w3.org/2002/07/owl#Class> . FILTER NOT EXISTS { ?c <http://www.w3.org/2000/01/rdf-schema#comment> ?l } }\n",
      "# ",
    ),
    "README.md": fill(`# ${name}\n\n`, ""),
    LICENSE: fill("Public domain.\n", ""),
  };
  const packageToml = `format = 1\n\n[package]\nname = "${name}"\nversion = "${version}"\npublisher = "bench"\ndescription = ${JSON.stringify(description ?? prose(80))}\nlicense = "CC0-1.0"\nkeywords = ["${words()}", "${seed}"]\n${dependenciesOf(name, shape)}`;
  return {
    packageToml: utf8(packageToml),
    content: new Map(Object.entries(texts).map(([path, text]) => [path, utf8(text)])),
  };
}

/** The table of what a package needs: always earlier ones, so that nothing needs itself. */
function dependenciesOf(name: PackageName, { packages, dependencies = 0 }: Shape): string {
  const at = packages.findIndex((named) => named.name === name);
  const earlier = Array.from({ length: Math.min(at, dependencies) }, (_, edge) =>
    Math.floor(at / (edge + 2)),
  );
  const lines = [...new Set(earlier)].map((index) => `${packages[index]?.name} = "^1.0.0"\n`);
  return lines.length === 0 ? "" : `\n[dependencies]\n${lines.join("")}`;
}

/** A stream of words that the seed alone decides. */
function wordsOf(seed: number): () => string {
  let digest = sha256(utf8(`bench ${seed}`)) as string;
  let at = 0;
  return () => {
    if (at === 64) [digest, at] = [sha256(utf8(digest)), 0];
    const word = WORDS[Number.parseInt(digest.slice(at, at + 2), 16) % WORDS.length] as string;
    at += 2;
    return word;
  };
}
