/** A small registry, built by the program and given its pages, under a path as a project's pages have one. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildSite } from "../../scripts/site.ts";
import type { RegistryStory } from "./a-registry.ts";
import { cli, tempFolder } from "./cli.ts";

export interface PublishedSite {
  /** Folder to serve: the published tree stands in it, at `path`. */
  readonly folder: string;
  /** Without slashes. */
  readonly path: string;
  readonly tree: string;
}

export function publishTree(story: RegistryStory): PublishedSite {
  const folder = tempFolder("published");
  const path = "registry";
  const source = story.writeTo(join(tempFolder("source"), "registry"));
  const tree = join(folder, path);
  mkdirSync(folder, { recursive: true });
  const built = cli(["build", "--registry", source, "--out", tree]);
  if (built.code !== 0) throw new Error(`the registry of the test does not build:\n${built.stderr}`);
  return { folder, path, tree };
}

export async function publishSite(story: RegistryStory): Promise<PublishedSite> {
  const site = publishTree(story);
  await buildSite({ tree: site.tree, base: `/${site.path}/` });
  return site;
}
