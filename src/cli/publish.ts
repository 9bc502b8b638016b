import { basename } from "node:path";
import { visible } from "../base/visible.ts";
import { overlay } from "../build/overlay.ts";
import { parsePackageToml } from "../manifest/package-toml.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { addFiles } from "../node/source-writer.ts";
import { readFolderFiles } from "../node/folder-files.ts";
import { composePublication, type NamedDraft } from "../publish/publication.ts";
import { refused } from "./refused.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";
import { openSigning } from "./signer.ts";

export const run: Run = async (args, options, context) => {
  const folder = args[0] ?? ".";
  const draft = readDraft(folder);
  const into = await openSigning(options, context);
  const publication = composePublication([draft], into, nodeTrustPorts);
  if (!publication.ok) throw refused(`"${basename(folder)}" has`, publication.problems);
  const { additions, registered, claimed } = publication.value;
  const { result } = await judge(overlay(into.tree, additions), into.folder, true, context);
  if (!result.ok) throw refused(`With "${basename(folder)}" the registry has`, result.problems);
  if (!options.flag("dry-run")) addFiles(into.folder, additions);
  const place = `packages/${draft.name}/${draft.version}`;
  context.terminal.warnings(result.warnings.filter((problem) => problem.file.startsWith(place)));
  context.terminal.result({ package: draft.name, version: draft.version, folder: place, registered, claimed, files: [...additions.keys()], dryRun: options.flag("dry-run") }, () =>
    [
      `${options.flag("dry-run") ? "Would publish" : "Published"} ${draft.name}@${draft.version} as ${into.publisher}, signed with ${into.signer.publicKey.id}`,
      ...(registered ? [`Registered publisher "${into.publisher}" with this key`] : []),
      ...(claimed.length > 0 ? [`Claimed the name "${draft.name}"`] : []),
      `Next: git add --force ${visible(place)} and the statements beside it, commit, and open a pull request`,
    ].join("\n"),
  );
  return undefined;
};

/** A folder with package.toml, and content/ or else everything beside package.toml. */
function readDraft(folder: string): NamedDraft {
  const read = readFolderFiles(folder);
  const packageToml = read.files.get("package.toml");
  const problems = [...read.problems];
  if (packageToml === undefined)
    throw refused(`"${basename(folder)}" has`, [
      ...problems,
      { code: "PUBLISH_NO_MANIFEST", severity: "error", file: "package.toml", message: "There is no package.toml", remedy: "write one: format = 1, and [package] with name, version, publisher, description, license" },
    ]);
  const manifest = parsePackageToml(packageToml, "package.toml");
  if (!manifest.ok) throw refused(`"${basename(folder)}" has`, [...problems, ...manifest.problems]);
  if (problems.some((problem) => problem.severity === "error")) throw refused(`"${basename(folder)}" has`, problems);
  return { name: manifest.value.name, version: manifest.value.version, packageToml, content: contentOf(read.files) };
}

const NOT_CONTENT = new Set(["package.toml", "SHA256SUMS", "SHA256SUMS.sig"]);

function contentOf(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const inner = [...files].filter(([path]) => path.startsWith("content/"));
  if (inner.length > 0) return new Map(inner.map(([path, bytes]) => [path.slice("content/".length), bytes]));
  return new Map([...files].filter(([path]) => !NOT_CONTENT.has(path)));
}
