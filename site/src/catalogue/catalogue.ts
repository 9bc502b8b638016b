/** The registry behind the pages: the published tree, opened once a build, everything from it `shown`. */

import { decodeUtf8 } from "../../../src/base/bytes.ts";
import { sortedBy } from "../../../src/base/order.ts";
import type { PackageSummary } from "../../../src/client/registry.ts";
import type { ReleaseView } from "../../../src/content/view.ts";
import type { PackageRecord, PublisherRecord } from "../../../src/snapshot/records.ts";
import { isLong, type Readme } from "../readme/fold.ts";
import { type ReadmeContext, renderReadme } from "../readme/render.ts";
import { type FileText, fileTexts } from "./file-texts.ts";
import { openPublishedTree } from "./published-tree.ts";
import { readRatifiedNames } from "./ratified.ts";
import { shown } from "./shown.ts";

const registry = openPublishedTree();
const ratifiedNames = registry.then(({ reader }) => readRatifiedNames(reader));

export interface CatalogueFacts {
  readonly title: string;
  readonly name: string;
  readonly iri: string;
  readonly description?: string;
  readonly counts: {
    readonly packages: number;
    readonly releases: number;
    readonly publishers: number;
    readonly triples: number;
  };
  /** Of the index root: the view this page belongs to. */
  readonly root: { readonly sha256: string; readonly length: number };
  /** Of the view's search manifest, from which search starts. */
  readonly search: { readonly sha256: string; readonly length: number };
}

export async function catalogueFacts(): Promise<CatalogueFacts> {
  const { root, rootRef } = await registry;
  const { title, name, iri, description } = root.registry;
  const facts = {
    title,
    name,
    iri,
    counts: root.counts,
    root: { sha256: rootRef.sha256, length: rootRef.length },
    search: root.sections.search,
  };
  return shown({ ...facts, ...(description === undefined ? {} : { description }) });
}

/** A line of a list of packages. */
export interface ListedPackage extends PackageSummary {
  readonly ratified: boolean;
}

/** By name. */
export async function allPackages(): Promise<readonly ListedPackage[]> {
  const names = await ratifiedNames;
  const packages = shown(await (await registry).list());
  return packages.map((entry) => ({ ...entry, ratified: names?.has(entry.name) ?? true }));
}

/** Names of packages, in order. */
export async function notRatified(): Promise<string[]> {
  return (await allPackages()).filter(({ ratified }) => !ratified).map(({ name }) => name);
}

export async function isRatified(name: string): Promise<boolean> {
  return (await ratifiedNames)?.has(name) ?? true;
}

export async function packageRecord(name: string): Promise<PackageRecord | undefined> {
  return shown(await (await registry).show(name as never));
}

/** By name. */
export async function allPublishers(): Promise<readonly PublisherRecord[]> {
  return sortedBy(shown(await (await registry).publishers()), (publisher) => publisher.name);
}

export async function publisherRecord(name: string): Promise<PublisherRecord | undefined> {
  return shown(await (await registry).publisher(name as never));
}

/** What a page shows of a release's own files. */
export interface ReleaseTexts {
  readonly readme?: Readme;
  readonly files: ReadonlyMap<string, FileText>;
}

/**
 * The README of a release and the texts of its files, from the archive, which is verified again on the way:
 * what a page shows is what the publisher signed. Nothing of a release that has fallen.
 */
export async function releaseTexts(release: ReleaseView): Promise<ReleaseTexts> {
  if (release.archive === undefined) return { files: new Map() };
  const { content } = await (await registry).download(release.name, release.version);
  const files = fileTexts(content);
  const path = release.content.readme?.path;
  const bytes = path === undefined ? undefined : content.get(path as never);
  const text = bytes === undefined ? undefined : decodeUtf8(bytes);
  if (path === undefined || text === undefined || text.trim() === "") return { files };
  const context: ReadmeContext = {
    name: release.name,
    path,
    hasFile: (candidate) => content.has(candidate as never),
  };
  return { readme: { html: renderReadme(text, context), long: isLong(text) }, files };
}
