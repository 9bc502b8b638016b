/** What validate, maturity and dashboard judge: packages of registries, or of folders that are not published yet. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { sortedBy, sortedTexts } from "../base/order.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { ratifiedNames } from "../client/ratified-names.ts";
import { describeFiles } from "../content/describe.ts";
import { parsePackageToml } from "../manifest/package-toml.ts";
import { parseStats, type Stats } from "../manifest/stats-json.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { readFolderFiles } from "../node/folder-files.ts";
import { draftOwnPackage } from "../publish/own-package.ts";
import {
  type Evidence,
  evidenceOfDraft,
  evidenceOfRecord,
  type RecordOfPackage,
} from "../quality/evidence.ts";
import type { Placed } from "../quality/fields.ts";
import type { Context, Options } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { parsePackageSpec } from "./package-spec.ts";
import { judgedBad } from "./refused.ts";
import { callWith, everyCall } from "./several-registries.ts";
import { unknownPackage } from "./unknown-package.ts";

const MANIFEST = "package.toml";

type Judge<T> = (evidence: Evidence) => T;

/** The verdict on one package: `name` or `name@version`. Throws UNKNOWN_PACKAGE, UNKNOWN_VERSION. */
export async function judgeOne<T>(
  text: string,
  options: Options,
  context: Context,
  judge: Judge<T>,
): Promise<T> {
  const spec = parsePackageSpec(text);
  const dir = options.text("dir");
  if (dir !== undefined) {
    const found = evidenceBelow(dir).find(({ name }) => name === spec.name);
    if (found !== undefined) return judge(found);
    const hint = "give its name as its package.toml has it";
    throw new RegistryError("UNKNOWN_PACKAGE", `There is no package "${spec.name}" in "${dir}"`, hint);
  }
  const stats = readStats(options);
  return onRegistry(await callWith(spec.name, options, context), context, async (registry) => {
    const record = await registry.show(spec.name);
    if (record === undefined) throw await unknownPackage(spec.name, registry);
    const evidence = evidenceOfRecord(
      record,
      { ratifiedNames: await ratifiedNames(registry), stats },
      spec.wanted,
    );
    if (evidence === undefined) throw unknownVersion(spec.name, spec.wanted, record);
    return judge(evidence);
  });
}

/** The verdicts on the latest release of every package that the call means, by name. */
export async function judgeAll<T extends object>(
  options: Options,
  context: Context,
  judge: Judge<T>,
): Promise<readonly Placed<T>[]> {
  const dir = options.text("dir");
  if (dir !== undefined) return evidenceBelow(dir).map((evidence) => ({ ...judge(evidence) }));
  const stats = readStats(options);
  const calls = everyCall(options, context);
  const found: (readonly [name: string, verdict: Placed<T>])[] = [];
  for (const call of calls) {
    const from = calls.length > 1 ? { registry: call.text("registry") ?? "" } : {};
    const verdicts = await onRegistry(call, context, async (registry) => {
      const known = { ratifiedNames: await ratifiedNames(registry), stats };
      const records = await registry.packageRecords();
      return records.flatMap((record) => {
        const evidence = evidenceOfRecord(record, known);
        return evidence === undefined ? [] : [[evidence.name, { ...judge(evidence), ...from }] as const];
      });
    });
    found.push(...verdicts);
  }
  return sortedBy(found, ([name]) => name).map(([, verdict]) => verdict);
}

function unknownVersion(name: string, version: string | undefined, record: RecordOfPackage): RegistryError {
  const versions = record.releases.map((release) => release.version).join(", ");
  return new RegistryError("UNKNOWN_VERSION", `"${name}" has no release ${version}`, `it has ${versions}`);
}

/** How much packages are used, from the file that the call names. */
function readStats(options: Options): Stats | undefined {
  const file = options.text("stats");
  if (file === undefined) return undefined;
  const stats = parseStats(readFileSync(file), file);
  if (!stats.ok) throw judgedBad(`"${file}" has`, stats.problems);
  return stats.value;
}

/** The package in `dir`, or those in the folders below it, by name. */
function evidenceBelow(dir: string): Evidence[] {
  if (!existsSync(dir))
    throw new RegistryError("NOT_FOUND", `There is no folder "${dir}"`, `give a folder with ${MANIFEST}`);
  const isPackage = (folder: string) => existsSync(join(folder, MANIFEST));
  const folders = isPackage(dir)
    ? [dir]
    : sortedTexts(readdirSync(dir))
        .map((name) => join(dir, name))
        .filter(isPackage);
  if (folders.length === 0)
    throw new RegistryError(
      "NO_PACKAGES",
      `Neither "${dir}" nor a folder in it has a ${MANIFEST}`,
      "give the folder of a package, or the folder that holds such folders",
    );
  const read = folders.map(evidenceIn);
  const problems = read.flatMap((result) => (result.ok ? [] : result.problems));
  if (problems.length > 0) throw judgedBad(`"${dir}" has`, problems);
  return sortedBy(
    read.flatMap((result) => (result.ok ? [result.value] : [])),
    ({ name }) => name,
  );
}

function evidenceIn(folder: string): Result<Evidence> {
  const { files, problems: unread } = readFolderFiles(folder, { shownAs: folder });
  const errors = unread.filter(({ severity }) => severity === "error");
  const placed = draftOwnPackage(files, folder);
  if (!placed.ok) return failed([...errors, ...placed.problems]);
  const { draft, contentAt, manifestAt } = placed.value;
  const manifest = parsePackageToml(draft.packageToml, manifestAt);
  if (!manifest.ok) return manifest;
  const content = describeFiles({
    files: draft.content,
    digestOf: (path) => nodeTrustPorts.hash(draft.content.get(path) ?? new Uint8Array()),
    filesIri: "urn:draft:",
    kind: manifest.value.kind,
  });
  const inFolder = (problem: Problem): Problem => ({ ...problem, file: contentAt + problem.file });
  if (!content.ok) return failed([...errors, ...content.problems.map(inFolder)]);
  return errors.length > 0 ? failed(errors) : ok(evidenceOfDraft(manifest.value, content.value));
}
