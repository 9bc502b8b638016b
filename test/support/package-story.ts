/** A package as a story: claimed, then releases and statements in whatever order they are told. */
import { type Digest, isDigest } from "../../src/base/digest.ts";
import type { PackageName, PublisherName } from "../../src/manifest/name.ts";
import { type PackageManifest, writePackageToml } from "../../src/manifest/package-toml.ts";
import { writeSha256Sums } from "../../src/manifest/sha256sums.ts";
import type { Range, Version } from "../../src/manifest/version.ts";
import { nativeSha256, nodeTrustPorts } from "../../src/node/crypto.ts";
import { RELEASE_NAMESPACE, signSshsig } from "../../src/trust/sshsig.ts";
import type { RegistryStory } from "./a-registry.ts";
import {
  bytesOf,
  type Content,
  chainFiles,
  type Said,
  type SignOptions,
  Story,
  type Telling,
  type ToldStatement,
} from "./chain-story.ts";
import type { TestKey } from "./fixture-keys.ts";

type Texts = Readonly<Record<string, string>> | ReadonlyMap<string, string>;

export interface ReleaseOptions {
  /** Below content/. README.md is added unless it is here or `readme` is false; ontology.ttl, where nothing is given. */
  readonly files?: Readonly<Record<string, Content>> | ReadonlyMap<string, Content>;
  readonly readme?: boolean;
  /** First line: the summary. */
  readonly description?: string;
  readonly license?: string;
  readonly kind?: NonNullable<PackageManifest["kind"]>;
  readonly category?: string;
  readonly keywords?: readonly string[];
  readonly authors?: readonly string[];
  readonly repository?: string;
  readonly homepage?: string;
  readonly published?: string;
  readonly dependencies?: Texts;
  readonly optionalDependencies?: Texts;
  readonly devDependencies?: Texts;
  readonly requiresGgen?: string;
  /** Name, version and publisher as package.toml has them, where they differ from the place and the signer. */
  readonly manifest?: { readonly name?: string; readonly version?: string; readonly publisher?: string };
  /** In place of the package.toml that is written; it is listed and signed as it is. */
  readonly packageToml?: Content;
  /** In place of SHA256SUMS; it is signed as it is. */
  readonly sums?: Content;
  /** In place of SHA256SUMS.sig; null for none. */
  readonly signature?: Content | null;
}

interface ToldRelease {
  readonly version: string;
  readonly options: ReleaseOptions;
  signer?: TestKey;
  signing: SignOptions;
}

export class PackageStory extends Story {
  readonly name: string;
  readonly #releases = new Map<string, ToldRelease>();
  readonly #told: Telling[] = [];
  readonly #claimedBy: TestKey | undefined;
  #firstSigner: TestKey | undefined;
  #last: Telling | ToldRelease | undefined;

  constructor(registry: RegistryStory, name: string, claimedBy: TestKey | undefined) {
    super(registry);
    this.name = name;
    this.#claimedBy = claimedBy;
    this.statement(() => ({ action: "claim", publisher: this.claimant.publisher }));
  }

  /** Who claims the name, and signs where nobody is named. */
  get claimant(): TestKey {
    return this.#claimedBy ?? this.#firstSigner ?? this.registry.firstKey;
  }

  release(version: string, options: ReleaseOptions = {}): this {
    const release: ToldRelease = { version, options, signing: {} };
    this.#releases.set(version, release);
    this.#last = release;
    return this;
  }

  /** Any statement. */
  statement(said: Said | (() => Said)): this {
    const telling: Telling = {
      said: typeof said === "function" ? said : () => said,
      options: {},
      overrides: {},
    };
    this.#told.push(telling);
    this.#last = telling;
    return this;
  }

  addOwner(owner: TestKey | string): this {
    return this.statement({
      action: "add-owner",
      publisher: typeof owner === "string" ? owner : owner.publisher,
    });
  }

  removeOwner(owner: TestKey | string): this {
    return this.statement({
      action: "remove-owner",
      publisher: typeof owner === "string" ? owner : owner.publisher,
    });
  }

  yank(version: string, reason = "it does not work"): this {
    return this.statement({ action: "yank", version, reason });
  }

  unyank(version: string): this {
    return this.statement({ action: "unyank", version });
  }

  deprecate(
    reason = "it is not maintained",
    more: { readonly replacement?: string; readonly versions?: string } = {},
  ): this {
    return this.statement({ action: "deprecate", reason, ...more });
  }

  advise(
    id: string,
    more: { severity?: string; versions?: string; summary?: string; url?: string } = {},
  ): this {
    return this.statement({
      action: "advise",
      id,
      severity: "high",
      versions: "*",
      summary: "a shell command is run",
      ...more,
    });
  }

  archive(reason = "the work is done"): this {
    return this.statement({ action: "archive", reason });
  }

  /** The signer of the last release or statement told. */
  signedBy(key: TestKey, options: SignOptions = {}): this {
    this.#firstSigner ??= key;
    const last = this.#last;
    if (last === undefined) return this;
    last.signer = key;
    if ("signing" in last) last.signing = options;
    else last.options = options;
    return this;
  }

  /** Other values in the last statement told. */
  with(overrides: Readonly<Record<string, unknown>>): this {
    const last = this.#last;
    if (last !== undefined && "overrides" in last) last.overrides = { ...last.overrides, ...overrides };
    return this;
  }

  releaseDigest(version: string): Digest {
    const sums = this.#releaseFiles(version).get("SHA256SUMS") ?? new Uint8Array();
    return nativeSha256(sums);
  }

  statementDigest(sequence: number): Digest {
    const digest = this.#chain().statements[sequence - 1]?.digest;
    if (digest === undefined || !isDigest(digest))
      throw new Error(`"${this.name}" has no statement ${sequence}`);
    return digest;
  }

  files(): Map<string, Uint8Array> {
    const { files } = this.#chain();
    for (const version of this.#releases.keys())
      for (const [path, bytes] of this.#releaseFiles(version))
        files.set(`packages/${this.name}/${version}/${path}`, bytes);
    return files;
  }

  #chain(): { files: Map<string, Uint8Array>; statements: ToldStatement[] } {
    const subject = { kind: "package", name: this.name } as const;
    const folder = `packages/${this.name}/statements`;
    return chainFiles(
      folder,
      subject,
      this.#told,
      this.registry.config.iri,
      (telling) => telling.signer ?? this.claimant,
    );
  }

  #releaseFiles(version: string): Map<string, Uint8Array> {
    const told = this.#releases.get(version);
    if (told === undefined) throw new Error(`"${this.name}" has no release ${version}`);
    const signer = told.signer ?? this.claimant;
    const { options } = told;
    const files = new Map<string, Uint8Array>();
    files.set(
      "package.toml",
      bytesOf(options.packageToml ?? writePackageToml(manifestOf(this.name, version, signer, options))),
    );
    for (const [path, content] of contentOf(this.name, options))
      files.set(`content/${path}`, bytesOf(content));
    const entries = [...files].map(([path, bytes]) => ({ path, sha256: nativeSha256(bytes) }));
    const sums = options.sums === undefined ? writeSha256Sums(entries) : bytesOf(options.sums);
    files.set("SHA256SUMS", sums);
    if (options.signature === null) return files;
    const namespace = told.signing.namespace ?? RELEASE_NAMESPACE;
    const { signature } = options;
    files.set(
      "SHA256SUMS.sig",
      signature === undefined ? signSshsig(sums, namespace, signer, nodeTrustPorts) : bytesOf(signature),
    );
    return files;
  }
}

function contentOf(name: string, options: ReleaseOptions): Map<string, Content> {
  const given = new Map(entriesOf<Content>(options.files));
  if (options.files === undefined) given.set("ontology.ttl", ontologyOf(name));
  if (options.readme !== false && !given.has("README.md"))
    given.set("README.md", `# ${name}\n\nA package to test with.\n`);
  return given;
}

function ontologyOf(name: string): string {
  return [
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .",
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
    `@prefix : <https://example.org/${name}#> .`,
    "",
    `<https://example.org/${name}> a owl:Ontology ; rdfs:label "${name}" .`,
    ':Thing a owl:Class ; rdfs:label "Thing" .',
    "",
  ].join("\n");
}

function manifestOf(
  name: string,
  version: string,
  signer: TestKey,
  options: ReleaseOptions,
): PackageManifest {
  const {
    description = `The package ${name}.`,
    kind,
    category,
    repository,
    homepage,
    published,
    manifest,
  } = options;
  const present = { kind, category, repository, homepage, published };
  return {
    format: 1,
    name: (manifest?.name ?? name) as PackageName,
    version: (manifest?.version ?? version) as Version,
    publisher: (manifest?.publisher ?? signer.publisher) as PublisherName,
    summary: description.split("\n", 1)[0] ?? "",
    description,
    license: options.license ?? "MIT",
    ...Object.fromEntries(Object.entries(present).filter(([, value]) => value !== undefined)),
    keywords: options.keywords ?? [],
    authors: options.authors ?? [],
    dependencies: rangesOf(options.dependencies),
    optionalDependencies: rangesOf(options.optionalDependencies),
    devDependencies: rangesOf(options.devDependencies),
    requires: options.requiresGgen === undefined ? {} : { ggen: options.requiresGgen as Range },
  };
}

function rangesOf(texts: Texts | undefined): Map<PackageName, Range> {
  return new Map(entriesOf(texts)) as ReadonlyMap<string, string> as Map<PackageName, Range>;
}

function entriesOf<T>(
  given: Readonly<Record<string, T>> | ReadonlyMap<string, T> | undefined,
): [string, T][] {
  if (given === undefined) return [];
  return given instanceof Map ? [...given] : Object.entries(given as Readonly<Record<string, T>>);
}
