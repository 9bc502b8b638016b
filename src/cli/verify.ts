import { existsSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { RegistryError } from "../base/error.ts";
import { isAddress } from "../client/reader.ts";
import { ARCHIVE_LIMITS, verifyReleaseFiles } from "../client/verify-archive.ts";
import { type PackageName, parsePackageName } from "../manifest/name.ts";
import { parsePackageToml } from "../manifest/package-toml.ts";
import { readFolderFiles } from "../node/folder-files.ts";
import { importNotes, importsIn } from "../node/import-catalog.ts";
import { nativeInflate } from "../node/inflate.ts";
import { readProject } from "../node/project.ts";
import { readRegularFile } from "../node/regular-file.ts";
import { readArchive } from "../snapshot/archive.ts";
import { checkSet, gateCount } from "./check-set.ts";
import { type Run, UsageError } from "./command.ts";
import { onRegistry, registryLocation } from "./open-registry.ts";
import { attempt, proven, refuted, type Verdict } from "./verdict.ts";
import { proof, releaseNamed, type VerifyCall, verifyInstalled, verifyNamed } from "./verify-named.ts";
import { verifyTree } from "./verify-tree.ts";

export const run: Run = async (args, options, context) => {
  const { terminal } = context;
  const project = resolve(options.text("project") ?? ".");
  const lock = readProject(project);
  const call: VerifyCall = { project, lock, options, context, seen: [] };
  const targets = args.length > 0 ? args : [...lock.packages.keys()];
  // With --all, and nothing installed here: the registry that the call names.
  const whole = targets.length === 0 && options.flag("all");
  if (targets.length === 0 && !whole)
    throw new UsageError(
      "What to verify? No package is installed here, and no archive, folder or registry is named",
    );
  const verdicts: Verdict[] = whole ? await verifyPublished(registryLocation(options, context), call) : [];
  for (const target of targets) verdicts.push(...(await verifyTarget(target, call)));
  if (args.length === 0 && !whole) verdicts.push(...(await verifySet(call)));
  const failing = verdicts.filter((verdict) => !verdict.ok);
  const good = verdicts.filter((verdict) => verdict.ok);
  terminal.warnings(good.flatMap(({ problems }) => problems));
  terminal.result({ ok: failing.length === 0, verified: verdicts }, () =>
    good.map(({ what, detail }) => `${terminal.style("green", "verified")} ${what}: ${detail}`).join("\n"),
  );
  if (failing.length === 0) return 0;
  const problems = failing.flatMap((verdict) => verdict.problems);
  if (!terminal.json)
    terminal.failure({
      code: "NOT_VERIFIED",
      message: `${failing.map(({ what }) => what).join(", ")}: not verified`,
      hint: "",
      problems,
    });
  return 1;
};

/** All that is installed, together: what `install` said of it before it was written. */
async function verifySet({ project, lock, options, context, seen }: VerifyCall): Promise<Verdict[]> {
  for (const note of importNotes(importsIn(project, lock.packages))) context.terminal.note(note);
  // Of some of them alone, gates say nothing.
  if (seen.length < lock.packages.size) return [];
  const { gates, failing, warnings } = await checkSet(seen);
  context.terminal.warnings(warnings);
  if (gates === undefined) return [];
  if (failing.length === 0 || !options.flag("strict-gates"))
    return [proven("gates", gateCount(gates), failing)];
  return [
    refuted(
      "gates",
      failing.map((problem) => ({ ...problem, severity: "error" })),
    ),
  ];
}

/** A target is what it looks like: an address, a registry, a source, a release folder, an archive, a package, a release. */
async function verifyTarget(target: string, call: VerifyCall): Promise<Verdict[]> {
  if (isAddress(target)) return verifyPublished(target, call);
  const installed = installedName(target, call.project);
  if (installed !== undefined && call.lock.packages.has(installed))
    return [await verifyInstalled(installed, call)];
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat?.isFile()) return [await verifyFile(target, call)];
  if (stat?.isDirectory()) {
    if (existsSync(join(target, "registry.json"))) return verifyPublished(target, call);
    if (existsSync(join(target, "registry.toml")))
      return [await (await import("./verify-in-source.ts")).verifySource(target, call.context)];
    if (existsSync(join(target, "SHA256SUMS"))) return [await verifyFolder(target, call)];
  }
  const release = stat === undefined ? releaseNamed(target) : undefined;
  if (release !== undefined) return [await verifyNamed(release, call)];
  const what =
    stat === undefined ? "there is no such file or folder" : "it is no release folder, archive or registry";
  throw new RegistryError(
    "NOTHING_TO_VERIFY",
    `"${target}" is not installed in ${call.project}, and ${what}`,
    "name an installed package, a release of the registry (name@1.2.3), an archive, a release folder, or a registry",
  );
}

/** `name`, or a folder it is installed in. */
function installedName(target: string, project: string): PackageName | undefined {
  const [packs, name, ...more] = relative(project, resolve(target)).split(sep);
  const isPack = packs === "packs" && name !== undefined && more.length === 0;
  return parsePackageName(isPack ? name.replace(/\.adapted$/, "") : target);
}

/** A published tree: its index, search index and graph, and every release from its archive and its statements. */
function verifyPublished(location: string, { options, context }: VerifyCall): Promise<Verdict[]> {
  return onRegistry(options.with("registry", location), context, (registry) =>
    verifyTree(registry, context.terminal),
  );
}

/** A release's folder: by the registry source it stands in, else by the registry that is given. */
async function verifyFolder(folder: string, call: VerifyCall): Promise<Verdict> {
  const source = resolve(folder, "../../..");
  if (call.options.text("registry") === undefined && existsSync(join(source, "registry.toml"))) {
    const { verifyInSource } = await import("./verify-in-source.ts");
    return verifyInSource(source, folder);
  }
  const { files, problems } = readFolderFiles(folder, { shownAs: folder, everything: true });
  if (problems.some((problem) => problem.severity === "error")) return refuted(folder, problems);
  return verifyFiles(folder, files, call);
}

async function verifyFile(path: string, call: VerifyCall): Promise<Verdict> {
  const what = basename(path);
  const read = readRegularFile(path, ARCHIVE_LIMITS.archiveBytesMax);
  if ("fault" in read)
    return refuted(what, [
      {
        code: read.fault === "size" ? "ARCHIVE_TOO_LARGE" : "NOT_AN_ARCHIVE",
        severity: "error",
        file: what,
        message: `It ${read.what}`,
        remedy: "name the archive of a release",
      },
    ]);
  const files = await readArchive(read.bytes, ARCHIVE_LIMITS, nativeInflate, what);
  return files.ok ? verifyFiles(what, files.value, call) : refuted(what, files.problems);
}

async function verifyFiles(
  what: string,
  files: ReadonlyMap<string, Uint8Array>,
  { options, context }: VerifyCall,
): Promise<Verdict> {
  const manifest = parsePackageToml(files.get("package.toml") ?? new Uint8Array(), "package.toml");
  if (!manifest.ok) return refuted(what, manifest.problems);
  const { name, version } = manifest.value;
  return onRegistry(options, context, (registry) =>
    attempt(what, async () => proof(await verifyReleaseFiles(registry, name, version, files))),
  );
}
