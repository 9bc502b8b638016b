import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { compareText } from "../base/order.ts";
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { overlay } from "../build/overlay.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { readFolderFiles } from "../node/folder-files.ts";
import { addFiles } from "../node/source-writer.ts";
import { PACK_FILE, PACKAGE_FILE } from "../publish/foreign-manifest.ts";
import { draftImports, type ImportDraft, type ImportEntry } from "../publish/import.ts";
import { composePublication } from "../publish/publication.ts";
import { plural, refused } from "./refused.ts";
import type { Context, Run } from "./command.ts";
import { judge } from "./judge.ts";
import { openSigning, type Signing } from "./signer.ts";
import type { Terminal } from "./terminal.ts";

export const run: Run = async (args, options, context) => {
  const from = resolve(args[0] ?? ".");
  const into = await openSigning(options, context);
  const read = readPackages(from);
  const { drafts, refused: unreadable } = draftImports(read.packages, into.publisher, into.source.packages.keys());
  const entries: ImportEntry[] = [...unreadable, ...read.refused];
  const fresh = drafts.filter((candidate) => !isPublished(candidate, into) || !entries.push(entry(candidate, "already published", [])));
  const taken = await judgeAll(fresh, into, entries, context);
  if (taken !== undefined && !options.flag("dry-run")) addFiles(into.folder, taken);
  entries.sort((a, b) => compareText(a.folder, b.folder));
  const count = (outcome: ImportEntry["outcome"]) => entries.filter((candidate) => candidate.outcome === outcome).length;
  const counts = { folders: entries.length, taken: count("taken"), published: count("already published"), refused: count("refused") };
  context.terminal.result({ ...counts, dryRun: options.flag("dry-run"), entries: entries.map((one) => ({ ...one, problems: [...(read.notes.get(one.folder) ?? []), ...one.problems] })) }, () => text(entries, counts, read.notes, context.terminal));
  if (counts.taken === 0 && counts.published === 0) throw new RegistryError("IMPORTED_NOTHING", `Nothing in "${basename(from)}" could be taken`, "the report names each folder with its reason");
  return undefined;
};

/** Every folder below `from` is a package, or `from` itself where it has a manifest. */
function readPackages(from: string) {
  const isPackage = existsSync(join(from, PACK_FILE)) || existsSync(join(from, PACKAGE_FILE));
  const names = isPackage ? [basename(from)] : folderNames(from);
  const packages: { folder: string; files: ReadonlyMap<string, Uint8Array> }[] = [];
  const refusedFolders: ImportEntry[] = [];
  const notes = new Map<string, readonly Problem[]>();
  for (const folder of names) {
    const { files, problems } = readFolderFiles(isPackage ? from : join(from, folder), { lenient: true, shownAs: folder });
    if (problems.some((problem) => problem.severity === "error")) refusedFolders.push({ folder, outcome: "refused", problems });
    else {
      packages.push({ folder, files });
      notes.set(folder, problems);
    }
  }
  return { packages, refused: refusedFolders, notes };
}

function folderNames(from: string): string[] {
  const names = readdirSync(from, { withFileTypes: true }).filter((item) => item.isDirectory() && !item.name.startsWith("."));
  if (names.length === 0) throw new RegistryError("IMPORT_EMPTY", `"${from}" holds no folders`, "give the folder that holds the packages");
  return names.map((item) => item.name).sort(compareText);
}

function isPublished({ draft }: ImportDraft, into: Signing): boolean {
  return into.source.packages.get(draft.name)?.releases.some((release) => release.version === draft.version) ?? false;
}

/**
 * Judges the drafts as the registry would hold them. What is blamed is refused with its reason and the
 * rest is judged again, until all that is left is good: one broken package never costs another.
 */
async function judgeAll(
  drafts: readonly ImportDraft[],
  into: Signing,
  entries: ImportEntry[],
  context: Context,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  let open = [...drafts];
  while (open.length > 0) {
    const publication = composePublication(open.map((candidate) => candidate.draft), into, nodeTrustPorts);
    const judged = publication.ok ? (await judge(overlay(into.tree, publication.value.additions), into.folder, true, context)).result : publication;
    if (judged.ok && publication.ok) {
      for (const candidate of open) entries.push(entry(candidate, "taken", [...candidate.notes, ...blamed(candidate, judged.warnings)]));
      return publication.value.additions;
    }
    const problems = judged.ok ? [] : judged.problems;
    const faulty = open.filter((candidate) => blamed(candidate, problems).some((problem) => problem.severity === "error"));
    if (faulty.length === 0) throw refused("The registry has", problems);
    for (const candidate of faulty) entries.push(entry(candidate, "refused", [...candidate.notes, ...blamed(candidate, problems)]));
    open = open.filter((candidate) => !faulty.includes(candidate));
  }
  return undefined;
}

function blamed({ draft }: ImportDraft, problems: readonly Problem[]): Problem[] {
  const folder = `packages/${draft.name}/${draft.version}`;
  return problems.filter((problem) => problem.file === folder || problem.file.startsWith(`${folder}/`));
}

function entry({ folder, draft }: ImportDraft, outcome: ImportEntry["outcome"], problems: readonly Problem[]): ImportEntry {
  return { folder, outcome, package: draft.name, version: draft.version, problems };
}

function text(
  entries: readonly ImportEntry[],
  counts: { folders: number; taken: number; published: number; refused: number },
  notes: ReadonlyMap<string, readonly Problem[]>,
  terminal: Terminal,
): string {
  const lines = entries.flatMap((one) => {
    const mark = { taken: terminal.style("green", "taken  "), "already published": terminal.style("dim", "known  "), refused: terminal.style("red", "refused") }[one.outcome];
    const as = one.package === undefined ? "" : ` as ${one.package}@${one.version}`;
    const reasons = [...(notes.get(one.folder) ?? []), ...one.problems].map((problem) => {
      const place = problem.line === undefined ? "" : ` (line ${problem.line})`;
      return `          ${problem.severity === "error" ? "" : "note: "}${visible(problem.file)}${place}: ${visible(problem.message)}`;
    });
    return [`${mark} ${visible(one.folder)}${as}`, ...reasons];
  });
  const sum = `${plural(counts.folders, "folder")}: ${counts.taken} taken, ${counts.published} already published, ${counts.refused} refused`;
  return [...lines, sum].join("\n");
}
