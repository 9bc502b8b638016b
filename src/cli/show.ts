import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import type { Registry } from "../client/registry.ts";
import type { ReleaseView } from "../content/view.ts";
import type { PackageRecord } from "../snapshot/records.ts";
import type { Run } from "./command.ts";
import { openClientRegistry } from "./open-registry.ts";
import { type PackageSpec, parsePackageSpec, versionOf } from "./package-spec.ts";
import { permissionLines } from "./permission-text.ts";
import { table, type Terminal } from "./terminal.ts";

const FILES_SHOWN_MAX = 12;
const TERMS_SHOWN_MAX = 8;

export const run: Run = async (args, options, context) => {
  const spec = parsePackageSpec(args[0] ?? "");
  const registry = await openClientRegistry(options, context);
  const record = await registry.show(spec.name);
  if (record === undefined) throw await unknownPackage(spec.name, registry);
  const release = releaseOf(record, spec);
  context.terminal.result({ package: record.package, latest: record.latest, release }, () => text(record, release, context.terminal));
  return undefined;
};

export async function unknownPackage(name: string, registry: Registry): Promise<RegistryError> {
  const near = await registry.search(name, { limit: 3 });
  const names = near.hits.map((hit) => hit.name).join(", ");
  return new RegistryError(
    "UNKNOWN_PACKAGE",
    `There is no package "${name}" in ${registry.reader.location}`,
    names === "" ? "`list` prints every package" : `did you mean ${names}?`,
  );
}

function releaseOf(record: PackageRecord, spec: PackageSpec): ReleaseView {
  const wanted = versionOf(spec) ?? record.latest;
  const release = record.releases.find((candidate) => candidate.version === wanted);
  if (release !== undefined) return release;
  const versions = record.releases.map((candidate) => candidate.version).join(", ");
  throw new RegistryError("UNKNOWN_VERSION", `"${spec.name}" has no release ${wanted}`, `it has ${versions}`);
}

function text(record: PackageRecord, release: ReleaseView, terminal: Terminal): string {
  const label = (word: string) => terminal.style("dim", word.padEnd(13));
  const one = (word: string, value: string | undefined) => (value === undefined || value === "" ? [] : [`${label(word)}${visible(value)}`]);
  const many = (word: string, lines: readonly string[]) => lines.map((line, i) => `${label(i === 0 ? word : "")}${line}`);
  const state = record.package.versions.find((version) => version.version === release.version);
  return [
    `${terminal.style("bold", `${release.name} ${release.version}`)}  ${visible(release.summary)}`,
    ...warnings(record, release, state?.yanked, terminal),
    "",
    ...one("publisher", release.publisher),
    ...one("licence", release.license),
    ...one("kind", [release.kind, release.category].filter((part) => part !== undefined).join(" · ")),
    ...one("keywords", release.keywords.join(", ")),
    ...one("homepage", release.homepage),
    ...one("repository", release.repository),
    ...many("versions", [record.package.versions.map((version) => `${version.version}${mark(version)}`).join(", ")]),
    ...many("needs", release.dependencies.map(([name, range]) => `${name} ${range}`)),
    ...one("needed by", record.package.dependents.join(", ")),
    ...one("ggen", release.requiresGgen),
    ...many("may do", permissionLines(release.content.permissions)),
    ...many("defines", cutList(release.content.defined.map((term) => visible(term.label === undefined ? term.iri : `${term.label} <${term.iri}>`)), TERMS_SHOWN_MAX)),
    ...many("files", filesOf(release)),
    ...many("engine", release.content.engine.loadable ? ["loads as a pack"] : release.content.engine.problems.map((problem) => `${problem.code}: ${visible(problem.message)}`)),
    ...one("digest", release.digest),
    ...one("signed by", `${release.keyId} (${release.keyState} key of ${release.publisher})`),
    "",
    `Install: ggen-marketplace install ${release.name}@${release.version}`,
  ].join("\n");
}

function mark(version: { yanked?: string; fallen: boolean }): string {
  if (version.fallen) return " (fallen)";
  return version.yanked === undefined ? "" : " (yanked)";
}

function warnings(record: PackageRecord, release: ReleaseView, yanked: string | undefined, terminal: Terminal): string[] {
  const lines: string[] = [];
  const { deprecated, archived, advisories } = record.package;
  if (deprecated !== undefined) {
    const instead = deprecated.replacement === undefined ? "" : ` Use ${deprecated.replacement}.`;
    lines.push(terminal.style("yellow", `Deprecated: ${visible(deprecated.reason)}${instead}`));
  }
  if (yanked !== undefined) lines.push(terminal.style("yellow", `Yanked: ${visible(yanked)}`));
  if (release.standing === "fallen") lines.push(terminal.style("red", "Fallen: its key was revoked, and the revocation does not list this release as valid"));
  if (archived !== undefined) lines.push(terminal.style("yellow", `Archived: ${visible(archived)}`));
  for (const advisory of advisories) lines.push(terminal.style("red", `Advisory ${visible(advisory.id)} (${advisory.severity}, ${visible(advisory.versions)}): ${visible(advisory.summary)}`));
  return lines;
}

function filesOf(release: ReleaseView): string[] {
  const { files } = release.content;
  const rows = files.map((file) => [visible(file.path), `${file.size} B`, file.role]);
  const shown = table(rows.slice(0, FILES_SHOWN_MAX), Number.MAX_SAFE_INTEGER).split("\n");
  return files.length > FILES_SHOWN_MAX ? [...shown, `… ${files.length - FILES_SHOWN_MAX} more (--json has them all)`] : shown;
}

function cutList(lines: readonly string[], max: number): readonly string[] {
  return lines.length > max ? [...lines.slice(0, max), `… ${lines.length - max} more`] : lines;
}
