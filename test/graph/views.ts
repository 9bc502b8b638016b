/** Views and publishers to make graphs from, without files and signatures. */
import type { Digest } from "../../src/base/digest.ts";
import type { ContentFile, ReleaseContent } from "../../src/content/content.ts";
import type { PackageView, ReleaseView } from "../../src/content/view.ts";
import type { GraphConfig } from "../../src/graph/release-quads.ts";
import type { PackageName, PublisherName } from "../../src/manifest/name.ts";
import type { Range, Version } from "../../src/manifest/version.ts";
import type { KeyId, PublicKey } from "../../src/trust/public-key.ts";
import type { KeyStanding, PublisherState } from "../../src/trust/publisher-chain.ts";

export const CONFIG: GraphConfig = {
  name: "example",
  title: "Example registry",
  description: "Packages to test with",
  iri: "https://registry.example/",
  baseUrl: "https://mirror.example/registry/",
};

export const name = (text: string) => text as PackageName;
export const publisher = (text: string) => text as PublisherName;
export const version = (text: string) => text as Version;
export const range = (text: string) => text as Range;
export const digest = (seed: string) => seed.repeat(64).slice(0, 64) as Digest;
export const KEY_ID = `SHA256:${"aB+/".repeat(11).slice(0, 43)}` as KeyId;

export const NO_PERMISSIONS: ReleaseContent["permissions"] = {
  shell: [],
  overwrite: [],
  inject: [],
  outputs: [],
  anything: [],
};

export function aFile(path: string, more: Partial<ContentFile> = {}): ContentFile {
  return { path, size: 120, sha256: digest("ab"), mediaType: "text/turtle", role: "ontology", ...more };
}

export function aContent(more: Partial<ReleaseContent> = {}): ReleaseContent {
  return {
    kind: "ontology",
    files: [aFile("README.md", { mediaType: "text/markdown", role: "readme" }), aFile("ontology.ttl")],
    triples: 3,
    defined: [
      { iri: "https://vocab.example/ns#Thing", kind: "class", label: "Thing", comment: 'Any "thing"' },
    ],
    used: ["https://schema.org/Person"],
    imports: ["http://www.w3.org/2004/02/skos/core"],
    ontologies: ["https://vocab.example/ns"],
    permissions: NO_PERMISSIONS,
    engine: { loadable: true, problems: [] },
    ...more,
  };
}

export function aRelease(more: Partial<ReleaseView> = {}): ReleaseView {
  return {
    name: name("alpha"),
    version: version("1.0.0"),
    digest: digest("1d"),
    publisher: publisher("alice"),
    keyId: KEY_ID,
    keyState: "active",
    standing: "good",
    summary: "Alpha, an ontology",
    description: "Alpha, an ontology\n\nWith a second paragraph.",
    license: "MIT",
    kind: "ontology",
    category: "data & things",
    keywords: ["rdf", "alpha"],
    authors: ["Alice <alice@example.org>"],
    repository: "https://git.example/alice/alpha",
    homepage: "https://alpha.example/",
    published: "2026-01-31T12:00:00Z",
    dependencies: [[name("beta"), range("^1.0.0")]],
    optionalDependencies: [[name("gamma"), range("*")]],
    devDependencies: [[name("beta"), range(">=0.1.0 <2")]],
    requiresGgen: range(">=26.0.0"),
    content: aContent(),
    archive: { sha256: digest("c0"), size: 4096 },
    ...more,
  };
}

export function aPackage(latest: ReleaseView = aRelease(), more: Partial<PackageView> = {}): PackageView {
  return {
    name: latest.name,
    owners: [publisher("alice"), publisher("bob")],
    latest,
    versions: [
      {
        version: latest.version,
        digest: latest.digest,
        fallen: latest.standing === "fallen",
      },
    ],
    advisories: [],
    dependents: [],
    statementsHead: digest("5e"),
    ...more,
  };
}

/** A package that has everything a package can have, and its releases, newest first. */
export function aRichPackage(): { view: PackageView; releases: ReleaseView[] } {
  const shell = {
    file: "templates/a.tmpl",
    line: 3,
    when: "after",
    command: 'echo "done" && rm -rf ./x',
  } as const;
  const latest = aRelease({
    version: version("2.0.0"),
    content: aContent({
      kind: "templates",
      files: [
        aFile("ontology.ttl"),
        aFile("templates/ä b#c.tmpl", { mediaType: "text/x-tera", role: "template" }),
      ],
      permissions: { ...NO_PERMISSIONS, shell: [shell], outputs: ["src/{{ name }}.rs"] },
    }),
  });
  const yanked = aRelease({
    version: version("1.1.0"),
    license: "MIT OR Apache-2.0",
    published: "2026-01-31",
  });
  const { archive, published, requiresGgen, ...rest } = aRelease({ keyState: "revoked", standing: "fallen" });
  const releases: ReleaseView[] = [latest, yanked, { ...rest, archive: undefined }];
  const view = aPackage(latest, {
    versions: [
      { version: latest.version, digest: latest.digest, fallen: false },
      { version: yanked.version, digest: yanked.digest, yanked: "It lost data", fallen: false },
      { version: rest.version, digest: rest.digest, fallen: true },
    ],
    deprecated: { reason: "Use beta", replacement: name("beta") },
    archived: "Finished",
    advisories: [
      {
        id: "GM-2026-0001",
        severity: "high",
        versions: range("<2.0.0"),
        summary: "It writes outside the project",
        url: "https://advisories.example/1",
      },
    ],
  });
  return { view, releases };
}

export function aKey(id: string = KEY_ID): PublicKey {
  return { bytes: new Uint8Array(32).fill(7), id: id as KeyId, openssh: "ssh-ed25519 AAAA" };
}

export function aPublisher(more: Partial<PublisherState> = {}): PublisherState {
  const key = aKey();
  const standing: KeyStanding = {
    key,
    state: "active",
    validReleases: new Set(),
    validStatements: new Set(),
  };
  return {
    name: publisher("alice"),
    title: "Alice",
    homepage: "https://alice.example/",
    ratified: false,
    keys: new Map([[key.id, standing]]),
    head: digest("aa"),
    length: 1,
    events: [],
    ...more,
  };
}
