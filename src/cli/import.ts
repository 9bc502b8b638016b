import { type Dirent, existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { compareText } from "../base/order.ts";
import { visible } from "../base/visible.ts";
import type { Limits } from "../manifest/limits.ts";
import { readFolderFiles } from "../node/folder-files.ts";
import { addFiles } from "../node/source-writer.ts";
import { type ForeignPackage, PACK_FILE, PACKAGE_FILE } from "../publish/foreign-manifest.ts";
import { type ImportEntry, importPackages } from "../publish/import.ts";
import { unmeantFiles } from "../publish/secrets.ts";
import type { Run } from "./command.ts";
import { importText } from "./import-text.ts";
import { openBuildPorts } from "./judge.ts";
import { refused } from "./refused.ts";
import { openSigning } from "./signer.ts";

export const run: Run = async (args, options, context) => {
  const from = resolve(args[0] ?? ".");
  const into = await openSigning(options, context);
  const { packages, refused: unread } = readPackages(from, into.source.config.limits);
  const { ports, close } = openBuildPorts(into.folder, true, context);
  const imported = await importPackages(packages, into, ports).finally(close);
  if (!imported.ok) throw refused("This import has", imported.problems);
  const dryRun = options.flag("dry-run");
  const { publication } = imported.value;
  if (publication !== undefined && !dryRun) addFiles(into.folder, publication.additions);
  const entries = [...imported.value.entries, ...unread].sort((a, b) => compareText(a.folder, b.folder));
  const count = (outcome: ImportEntry["outcome"]) =>
    entries.filter((entry) => entry.outcome === outcome).length;
  const counts = {
    folders: entries.length,
    taken: count("taken"),
    published: count("already published"),
    refused: count("refused"),
  };
  const report = { ...counts, dryRun, registered: publication?.registered ?? false, entries };
  context.terminal.result(report, () => importText(report, into, context.terminal));
  // Some that are refused are what the report is for; where all are, the command has not done what was asked.
  return counts.refused === counts.folders ? 1 : undefined;
};

interface ReadPackages {
  readonly packages: readonly ForeignPackage[];
  readonly refused: readonly ImportEntry[];
}

/** Every folder below `from` is a package, or `from` itself where it has a manifest. */
function readPackages(from: string, limits: Limits): ReadPackages {
  const packages: ForeignPackage[] = [];
  const refusedFolders: ImportEntry[] = [];
  for (const [folder, path] of isPackage(from) ? [[basename(from), from] as const] : foldersBelow(from)) {
    if (path === undefined) {
      refusedFolders.push({ folder, outcome: "refused", problems: [linkProblem(folder)] });
      continue;
    }
    const read = readFolderFiles(path, { lenient: true, shownAs: folder, limits });
    const { files } = read;
    const problems = [...read.problems, ...unmeantFiles(files, `${folder}/`)];
    const errors = problems.filter((problem) => problem.severity === "error");
    if (errors.length > 0) refusedFolders.push({ folder, outcome: "refused", problems: errors });
    else packages.push({ folder, files, notes: problems });
  }
  return { packages, refused: refusedFolders };
}

function isPackage(folder: string): boolean {
  return existsSync(join(folder, PACK_FILE)) || existsSync(join(folder, PACKAGE_FILE));
}

/** Name and path of each; no path where it is a link, which is not followed. Hidden ones count where they are packages. */
function foldersBelow(from: string): (readonly [folder: string, path: string | undefined])[] {
  const found = readdirSync(from, { withFileTypes: true })
    .filter((item) => mayBePackage(from, item))
    .map((item) => [item.name, item.isSymbolicLink() ? undefined : join(from, item.name)] as const);
  if (found.length === 0)
    throw new RegistryError(
      "IMPORT_EMPTY",
      `"${from}" is no package and holds no folders`,
      "give a folder with pack.toml or package.toml, or the folder that holds such folders",
    );
  return found.sort(([a], [b]) => compareText(a, b));
}

function mayBePackage(from: string, item: Dirent): boolean {
  if (item.isSymbolicLink()) return isPackage(join(from, item.name));
  return item.isDirectory() && (!item.name.startsWith(".") || isPackage(join(from, item.name)));
}

function linkProblem(folder: string) {
  const message = `"${visible(folder)}" is a link, and links are not followed`;
  return {
    code: "IMPORT_LINK",
    severity: "error",
    file: folder,
    message,
    remedy: "import the folder it leads to",
  } as const;
}
