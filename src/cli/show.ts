import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { ratifiedNames } from "../client/ratified-names.ts";
import type { Registry } from "../client/registry.ts";
import type { PackageVersion, ReleaseView } from "../content/view.ts";
import type { PackageRecord } from "../snapshot/records.ts";
import type { Options, Run } from "./command.ts";
import { onRegistry, sameRegistry } from "./open-registry.ts";
import { type PackageSpec, parsePackageSpec } from "./package-spec.ts";
import { permissionLines } from "./permission-text.ts";
import { callWith } from "./several-registries.ts";
import { type Terminal, table, WRAP_MIN, wrap } from "./terminal.ts";
import { unknownPackage } from "./unknown-package.ts";

const FILES_SHOWN_MAX = 12;
const TERMS_SHOWN_MAX = 8;
const DESCRIPTION_LINES_MAX = 12;
const LABEL_WIDTH = 13;
/** Longer lines of prose are hard to read, also where nothing limits them. */
const PROSE_WIDTH_MAX = 100;

export const run: Run = async (args, options, context) => {
  const spec = parsePackageSpec(args[0] ?? "");
  const { record, ratified } = await onRegistry(
    await callWith(spec.name, options, context),
    context,
    async (registry) => {
      const found = await registry.show(spec.name);
      if (found === undefined) throw await unknownPackage(spec.name, registry);
      return { record: found, ratified: await isRatified(found, registry) };
    },
  );
  const release = releaseOf(record, spec);
  context.terminal.result({ package: record.package, latest: record.latest, ratified, release }, () =>
    text({ record, release, ratified }, options, context.terminal),
  );
  return undefined;
};

/** Whether the name is ratified. Throws CLAIM_NOT_RATIFIED where it is, and the record has another claim. */
async function isRatified({ package: { name }, statements }: PackageRecord, registry: Registry) {
  const ratified = (await ratifiedNames(registry))?.get(name);
  if (ratified === undefined) return false;
  const [claim] = statements;
  if (claim !== undefined && registry.ports.hash(utf8(claim.statement)) === ratified) return true;
  throw new RegistryError(
    "CLAIM_NOT_RATIFIED",
    `The index shows another owner of "${name}" than the one that was ratified: nothing of it is shown`,
    "do not use this view: ask another mirror, and tell the registry's operator",
  );
}

function releaseOf(record: PackageRecord, spec: PackageSpec): ReleaseView {
  const wanted = spec.wanted ?? record.latest;
  const release = record.releases.find((candidate) => candidate.version === wanted);
  if (release !== undefined) return release;
  const versions = record.releases.map((candidate) => candidate.version).join(", ");
  throw new RegistryError("UNKNOWN_VERSION", `"${spec.name}" has no release ${wanted}`, `it has ${versions}`);
}

interface Shown {
  readonly record: PackageRecord;
  readonly release: ReleaseView;
  readonly ratified: boolean;
}

function text({ record, release, ratified }: Shown, options: Options, terminal: Terminal): string {
  const { content } = release;
  const rows: readonly (readonly [label: string, lines: readonly string[]])[] = [
    ["publisher", one(release.publisher)],
    ["ratified", ratified ? [] : ["not yet: whose this name is rests on the key of CI alone"]],
    ["licence", one(release.license)],
    ["kind", one([release.kind, release.category].filter((part) => part !== undefined).join(" · "))],
    ["keywords", one(release.keywords.join(", "))],
    ["homepage", one(release.homepage)],
    ["repository", one(release.repository)],
    [
      "versions",
      one(record.package.versions.map((version) => `${version.version}${mark(version)}`).join(", ")),
    ],
    ["needs", release.dependencies.map(([name, range]) => `${name} ${visible(range)}`)],
    ["needed by", one(record.package.dependents.join(", "))],
    ["ggen", one(release.requiresGgen)],
    ["may do", permissionLines(content.permissions)],
    [
      "defines",
      cutList(
        content.defined.map((term) =>
          visible(term.label === undefined ? term.iri : `${term.label} <${term.iri}>`),
        ),
        TERMS_SHOWN_MAX,
      ),
    ],
    ["files", filesOf(release)],
    [
      "engine",
      content.engine.loadable
        ? ["loads as a pack"]
        : [
            `ggen does not load it as a pack: ${content.engine.problems.map(({ message }) => visible(message)).join("; ")}`,
          ],
    ],
    ["digest", one(release.digest)],
    ["signed by", [release.keyId, visible(`${release.keyState} key of ${release.publisher}`)]],
  ];
  return [
    terminal.style("bold", `${release.name} ${release.version}`),
    ...description(release, terminal),
    ...warnings(record, release, terminal),
    "",
    ...rows.flatMap(([label, lines]) => row(label, lines, terminal)),
    "",
    `Install: ggen-marketplace install ${release.name}@${release.version}${sameRegistry(options)}`,
  ].join("\n");
}

function one(value: string | undefined): string[] {
  return value === undefined || value === "" ? [] : [visible(value)];
}

/** A line that goes on is set in, so that no part of it can pass for another. */
function row(label: string, lines: readonly string[], terminal: Terminal): string[] {
  return lines
    .flatMap((line) =>
      wrap(line, Math.max(WRAP_MIN, terminal.width - LABEL_WIDTH - 2)).map((part, at) =>
        at === 0 ? part : `  ${part}`,
      ),
    )
    .map((line, at) => `${terminal.style("dim", (at === 0 ? label : "").padEnd(LABEL_WIDTH))}${line}`);
}

function description(release: ReleaseView, terminal: Terminal): string[] {
  const lines = release.description
    .trim()
    .split("\n")
    .flatMap((line) => wrap(visible(line), Math.min(terminal.width, PROSE_WIDTH_MAX)));
  return cutList(lines, DESCRIPTION_LINES_MAX);
}

function mark({ fallen, yanked, deprecated }: PackageVersion): string {
  if (fallen) return " (fallen)";
  if (yanked !== undefined) return " (yanked)";
  return deprecated === undefined ? "" : " (deprecated)";
}

function warnings(record: PackageRecord, release: ReleaseView, terminal: Terminal): string[] {
  const lines: string[] = [];
  const { deprecated, archived, advisories, versions } = record.package;
  const own = versions.find(({ version }) => version === release.version);
  const yanked = own?.yanked;
  for (const [what, said] of [
    ["Deprecated", deprecated],
    [`Version ${release.version} is deprecated`, own?.deprecated],
  ] as const) {
    if (said === undefined) continue;
    const instead = said.replacement === undefined ? "" : ` Use ${said.replacement}.`;
    lines.push(terminal.style("yellow", `${what}: ${visible(said.reason)}${instead}`));
  }
  if (yanked !== undefined) lines.push(terminal.style("yellow", `Yanked: ${visible(yanked)}`));
  if (release.standing === "fallen")
    lines.push(
      terminal.style(
        "red",
        "Fallen: its key was revoked, and the revocation does not list this release as valid",
      ),
    );
  if (archived !== undefined) lines.push(terminal.style("yellow", `Archived: ${visible(archived)}`));
  for (const { id, severity, versions: range, summary, url } of advisories) {
    const concerns = own?.advisories?.includes(id) ?? false;
    const what = `Advisory ${visible(id)} (${visible(severity)}, ${visible(range)})`;
    const more = url === undefined ? "" : ` ${visible(url)}`;
    if (concerns) lines.push(terminal.style("red", `${what}: ${visible(summary)}${more}`));
    else
      lines.push(terminal.style("dim", `${what}, not about ${release.version}: ${visible(summary)}${more}`));
  }
  return lines;
}

function filesOf(release: ReleaseView): string[] {
  const { files } = release.content;
  const rows = files.map((file) => [visible(file.path), `${file.size} B`, visible(file.role)]);
  const shown = table(rows.slice(0, FILES_SHOWN_MAX), Number.MAX_SAFE_INTEGER).split("\n");
  return files.length > FILES_SHOWN_MAX
    ? [...shown, `… ${files.length - FILES_SHOWN_MAX} more (--json has them all)`]
    : shown;
}

function cutList(lines: readonly string[], max: number): string[] {
  return lines.length > max
    ? [...lines.slice(0, max), `… ${lines.length - max} more (--json has them all)`]
    : [...lines];
}
