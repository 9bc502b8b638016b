/**
 * `prune`: folders of packs/ that the lock does not name, such as those that another branch's lock did. Only what is
 * a release of the registry, byte for byte, is removed: the rest is somebody's own.
 */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { compareText } from "../base/order.ts";
import type { Registry } from "../client/registry.ts";
import { parsePackageName } from "../manifest/name.ts";
import { writeSha256Sums } from "../manifest/sha256sums.ts";
import { readFolderFiles } from "../node/folder-files.ts";
import { lacksPackEntry } from "../node/ggen-files.ts";
import { contentDigest, packFolder } from "../node/installed-pack.ts";
import { pruneFolders, readProject } from "../node/project.ts";
import type { Context, Options, Run } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { plural } from "./refused.ts";
import { everyCall } from "./several-registries.ts";

export const run: Run = async (_args, options, context) => {
  const project = resolve(options.text("project") ?? ".");
  const known = readProject(project).packages;
  const strange = foldersIn(project).filter((name) => !known.has(name as never));
  const [releases, own] = [[] as string[], [] as string[]];
  for (const name of strange)
    ((await isRelease(project, name, options, context)) ? releases : own).push(name);
  if (!options.flag("dry-run") && releases.length > 0) pruneFolders(project, releases);
  for (const name of own)
    context.terminal.note(`${packFolder(name)} stays: no release is like it, so that it may be yours`);
  const dryRun = options.flag("dry-run");
  context.terminal.result({ removed: releases, kept: own, dryRun }, () =>
    [
      ...releases.map((name) => `${dryRun ? "would remove" : "removed"} ${packFolder(name)}`),
      `${plural(releases.length, "folder")} ${dryRun ? "to remove" : "removed"}.`,
    ].join("\n"),
  );
  return undefined;
};

function foldersIn(project: string): string[] {
  try {
    const entries = readdirSync(join(project, "packs"), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    // There are no packs.
    return [];
  }
}

/** Whether the folder is one of the package's releases, by what a registry that is trusted says of their files. */
async function isRelease(
  project: string,
  name: string,
  options: Options,
  context: Context,
): Promise<boolean> {
  // What ggen.toml names was put there by somebody.
  if (parsePackageName(name) === undefined || !lacksPackEntry(project, name, packFolder(name))) return false;
  const folder = join(project, packFolder(name));
  const { files, problems } = readFolderFiles(folder, {
    lenient: true,
    everything: true,
    shownAs: packFolder(name),
  });
  if (problems.length > 0) return false;
  for (const call of everyCall(options, context))
    if (await onRegistry(call, context, async (registry) => hasRelease(registry, name, files))) return true;
  return false;
}

async function hasRelease(
  registry: Registry,
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<boolean> {
  const { hash } = registry.ports;
  const there = contentDigest(files, hash);
  const record = await registry.show(name);
  return (record?.releases ?? []).some(({ content }) => {
    const listed = content.files.map(({ path, sha256 }) => ({ path: `content/${path}`, sha256 }));
    return hash(writeSha256Sums(listed.sort((a, b) => compareText(a.path, b.path)))) === there;
  });
}
