/** The registry behind the pages: the published tree, opened once a build, everything from it `shown`. */

import { decodeUtf8 } from "../../../src/base/bytes.ts";
import { sortedBy } from "../../../src/base/order.ts";
import type { PackageSummary } from "../../../src/client/index.ts";
import type { ReleaseView } from "../../../src/content/view.ts";
import type { PackageRecord, PublisherRecord } from "../../../src/snapshot/records.ts";
import { type ReadmeContext, renderReadme } from "../readme/render.ts";
import { openPublishedTree } from "./published-tree.ts";
import { shown } from "./shown.ts";

const registry = openPublishedTree();

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
  /** Of the index root: the view this page belongs to, from which search starts. */
  readonly root: { readonly sha256: string; readonly length: number };
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
  };
  return shown({ ...facts, ...(description === undefined ? {} : { description }) });
}

/** By name. */
export async function allPackages(): Promise<readonly PackageSummary[]> {
  return shown(await (await registry).list());
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

/**
 * The README of a release as HTML, from the archive, which is verified again on the way: what a page
 * shows is what the publisher signed. `undefined` where the release has none, or has fallen.
 */
export async function readmeHtml(release: ReleaseView): Promise<string | undefined> {
  const path = release.content.readme?.path;
  if (path === undefined || release.archive === undefined) return undefined;
  const verified = await (await registry).download(release.name, release.version);
  const bytes = verified.content.get(path as never);
  const text = bytes === undefined ? undefined : decodeUtf8(bytes);
  if (text === undefined || text.trim() === "") return undefined;
  const files = new Set<string>(release.content.files.map((file) => file.path));
  const context: ReadmeContext = { name: release.name, path, hasFile: (candidate) => files.has(candidate) };
  return renderReadme(text, context);
}
