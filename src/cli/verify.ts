import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import type { Registry } from "../client/registry.ts";
import { ARCHIVE_LIMITS, verifyReleaseFiles } from "../client/verify-archive.ts";
import { parsePackageToml } from "../manifest/package-toml.ts";
import { readFolderFiles } from "../node/folder-files.ts";
import { readLock } from "../node/lock.ts";
import { compareInstalled } from "../node/project.ts";
import { openSourceTree } from "../node/source-tree.ts";
import { readArchive } from "../snapshot/archive.ts";
import { plural, refused } from "./refused.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { judge } from "./judge.ts";
import { isAddress, openClientRegistry, openFolderRegistry } from "./open-registry.ts";

interface Verdict {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly problems: readonly Problem[];
}

export const run: Run = async (args, options, context) => {
  const project = resolve(options.text("project") ?? ".");
  const targets = args.length > 0 ? args : [...readLock(project).packages.keys()];
  if (targets.length === 0) throw new UsageError("Nothing to verify: no packages are installed here, and no archive, folder or registry was named");
  const verdicts: Verdict[] = [];
  for (const target of targets) verdicts.push(...(await verifyTarget(target, project, options, context)));
  const failing = verdicts.filter((verdict) => !verdict.ok);
  if (failing.length > 0 && !context.terminal.json) {
    const problems = failing.flatMap((verdict) => verdict.problems);
    throw refused(`${failing.map((verdict) => verdict.what).join(", ")}: not verified;`, problems);
  }
  context.terminal.result({ ok: failing.length === 0, verified: verdicts }, () => verdicts.map((verdict) => `${context.terminal.style("green", "verified")} ${verdict.what}: ${verdict.detail}`).join("\n"));
  return failing.length === 0 ? 0 : 1;
};

/** A target is what it looks like: an address, a registry, a source, a release folder, an archive, an installed package. */
async function verifyTarget(target: string, project: string, options: Options, context: Context): Promise<Verdict[]> {
  if (isAddress(target)) return verifyTree(await openClientRegistry(options.with("registry", target), context), context);
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    if (existsSync(join(target, "registry.json"))) return verifyTree(await openFolderRegistry(target), context);
    if (existsSync(join(target, "registry.toml"))) return [await verifySource(target, context)];
    if (existsSync(join(target, "SHA256SUMS"))) return [await verifyFolder(target, options, context)];
  }
  if (stat?.isFile()) return [await verifyFile(target, options, context)];
  return [await verifyInstalled(target, project, options, context)];
}

/** Every release of a published tree, from its archive and its statements. */
async function verifyTree(registry: Registry, context: Context): Promise<Verdict[]> {
  const records = await registry.resolveRecords();
  const total = records.reduce((sum, record) => sum + record.releases.length, 0);
  const verdicts: Verdict[] = [];
  for (const { name, releases } of records) {
    for (const { version, withheld } of releases) {
      context.terminal.progress(`verified ${verdicts.length} of ${total}`);
      if (withheld === "fallen") continue;
      verdicts.push(await attempt(`${name}@${version}`, async () => (await registry.download(name, version)).digest));
    }
  }
  return verdicts;
}

async function verifySource(folder: string, context: Context): Promise<Verdict> {
  const { result } = await judge(await openSourceTree(folder), folder, false, context);
  if (!result.ok) return { what: folder, ok: false, detail: "", problems: result.problems };
  const { counts } = result.value;
  return { what: folder, ok: true, detail: `${plural(counts.releases, "release")} of ${plural(counts.packages, "package")}`, problems: result.warnings };
}

/** A release's folder: by the registry source it stands in, else by the registry that is given. */
async function verifyFolder(folder: string, options: Options, context: Context): Promise<Verdict> {
  const source = resolve(folder, "../../..");
  if (options.text("registry") === undefined && existsSync(join(source, "registry.toml"))) {
    const { verifyInSource } = await import("./verify-in-source.ts");
    return { what: folder, ...(await verifyInSource(source, resolve(folder))) };
  }
  const { files, problems } = readFolderFiles(folder);
  if (problems.some((problem) => problem.severity === "error")) return { what: folder, ok: false, detail: "", problems };
  return verifyFiles(folder, files, options, context);
}

async function verifyFile(path: string, options: Options, context: Context): Promise<Verdict> {
  const files = readArchive(readFileSync(path), ARCHIVE_LIMITS);
  if (!files.ok) return { what: basename(path), ok: false, detail: "", problems: files.problems };
  return verifyFiles(basename(path), files.value, options, context);
}

async function verifyFiles(what: string, files: ReadonlyMap<string, Uint8Array>, options: Options, context: Context): Promise<Verdict> {
  const manifest = parsePackageToml(files.get("package.toml") ?? new Uint8Array(), "package.toml");
  if (!manifest.ok) return { what, ok: false, detail: "", problems: manifest.problems };
  const registry = await openClientRegistry(options, context);
  const { name, version } = manifest.value;
  return attempt(what, async () => {
    const release = await verifyReleaseFiles(registry, name, version, files);
    return `${name}@${version}, ${release.digest}, signed by ${release.signature.publisher}`;
  });
}

/** An installed package: the release anew from the registry, then each file on disk against it. */
async function verifyInstalled(name: string, project: string, options: Options, context: Context): Promise<Verdict> {
  const locked = readLock(project).packages.get(name);
  if (locked === undefined)
    throw new RegistryError("NOT_INSTALLED", `"${name}" is not installed in ${project}, and there is no file or folder of that name`, "name an installed package, an archive, a release folder, or a registry");
  const registry = await openClientRegistry(options, context);
  return attempt(`${name}@${locked.version}`, async () => {
    const release = await registry.download(name, locked.version);
    if (release.digest !== locked.digest)
      throw new RegistryError("LOCK_DIFFERS", `The lock names ${locked.digest}, the registry has ${release.digest}`, "do not use this view of the registry: `sync`, and tell its operator");
    const problems = compareInstalled(project, release);
    if (problems.length > 0) throw refused(`packs/${name} has`, problems);
    return `${plural(release.content.size, "file")} as signed by ${release.signature.publisher}`;
  });
}

async function attempt(what: string, prove: () => Promise<string>): Promise<Verdict> {
  try {
    return { what, ok: true, detail: await prove(), problems: [] };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const own: Problem = { code: error.code, severity: "error", file: what, message: error.message, remedy: error.hint };
    return { what, ok: false, detail: "", problems: error.problems.length > 0 ? error.problems : [own] };
  }
}

