/**
 * Folders of packages made for ggen → signed releases of one publisher, with a report that names every
 * folder and what became of it.
 *
 *     folders ─► drafts ─► doubles and what is published already set aside ─► judged together ─► publication
 *                manifest                                                      ▲            │
 *                adapted                                                       └─ without ──┘
 *                                                                                 what was blamed
 *
 * One broken package never costs another: it is refused with its reason and the rest is judged again. An
 * edge of an adapted manifest that leads nowhere is left out and told; its package is taken.
 */
import { equalBytes, utf8 } from "../base/bytes.ts";
import { compareText } from "../base/order.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import type { BuildPorts } from "../build/ports.ts";
import { writePackageToml } from "../manifest/package-toml.ts";
import { parseSha256Sums, writeSha256Sums } from "../manifest/sha256sums.ts";
import { isTable, PLAIN_TOML, readToml } from "../manifest/toml-document.ts";
import { adaptManifest, type ForeignPackage, PACK_FILE, PACKAGE_FILE } from "./foreign-manifest.ts";
import { PublicationJudge, type PublishingInto } from "./judge-publication.ts";
import { asInFolder, draftOwnPackage, type PlacedDraft } from "./own-package.ts";
import { checkSigner, composePublication, type Publication, releaseFolder } from "./publication.ts";
import { checksumsOf } from "./sign-release.ts";

export type ImportOutcome = "taken" | "already published" | "refused";

/** What became of one folder. */
export interface ImportEntry {
  readonly folder: string;
  readonly outcome: ImportOutcome;
  readonly package?: string;
  readonly version?: string;
  /** Why it was refused, and what was changed or left out. */
  readonly problems: readonly Problem[];
}

export interface Imported {
  /** By folder. */
  readonly entries: readonly ImportEntry[];
  /** Absent where nothing was taken. */
  readonly publication?: Publication;
}

interface Candidate extends PlacedDraft {
  readonly foreign: ForeignPackage;
  /** Its package.toml is of this registry's format and is taken as it is. */
  readonly isOwn: boolean;
  readonly notes: readonly Problem[];
  /** Dependencies that an earlier round found wanting, with the reason. */
  readonly barred: ReadonlyMap<string, string>;
}

/** Fails only where the key may not sign for the publisher; what is wrong with a package is in its entry. */
export async function importPackages(
  folders: readonly ForeignPackage[],
  into: PublishingInto,
  ports: BuildPorts,
): Promise<Result<Imported>> {
  const problems = checkSigner(into);
  if (problems.length > 0) return failed(problems);
  const run = new ImportRun(into, ports);
  const taken = await run.take(run.fresh(run.distinct(run.draftAll(folders))));
  if (!taken.ok) return taken;
  const entries = [...run.entries].sort((a, b) => compareText(a.folder, b.folder));
  return ok({ entries, ...(taken.value === undefined ? {} : { publication: taken.value }) });
}

class ImportRun {
  readonly entries: ImportEntry[] = [];
  readonly #into: PublishingInto;
  readonly #ports: BuildPorts;
  #names: ReadonlySet<string> = new Set();

  constructor(into: PublishingInto, ports: BuildPorts) {
    this.#into = into;
    this.#ports = ports;
  }

  /** Twice, for a dependency may lead to a package whose name is known only when all are read. */
  draftAll(folders: readonly ForeignPackage[]): Candidate[] {
    const found = folders.flatMap((foreign) => this.#draft(foreign, new Map()) ?? []);
    this.#names = new Set([...this.#into.source.packages.keys(), ...found.map(({ draft }) => draft.name)]);
    return found.flatMap((one) => (one.isOwn ? one : (this.#draft(one.foreign, one.barred) ?? [])));
  }

  /** One folder a name; several versions of a package may come together where each says so itself. */
  distinct(candidates: readonly Candidate[]): Candidate[] {
    const holders = new Map<string, Candidate[]>();
    const isNamedAsFolder = (one: Candidate) => (one.foreign.folder === one.draft.name ? 0 : 1);
    return [...candidates]
      .sort(
        (a, b) => isNamedAsFolder(a) - isNamedAsFolder(b) || compareText(a.foreign.folder, b.foreign.folder),
      )
      .filter((one) => {
        const others = holders.get(one.draft.name) ?? [];
        const double = others.find(
          (other) => !(one.isOwn && other.isOwn) || one.draft.version === other.draft.version,
        );
        if (double === undefined) holders.set(one.draft.name, [...others, one]);
        else this.#refuse(one, [doubleProblem(one, double)]);
        return double === undefined;
      });
  }

  /** Sets aside what the registry holds already. */
  fresh(candidates: readonly Candidate[]): Candidate[] {
    return candidates.filter((one) => {
      const published = this.#publishedAs(one);
      if (published === "same") this.#enter(one, "already published", []);
      if (published === "other") this.#refuse(one, [changedProblem(one)]);
      return published === undefined;
    });
  }

  /** Judges until all that is left is good. Fails where a fault is no single package's: a circle through old ones. */
  async take(candidates: readonly Candidate[]): Promise<Result<Publication | undefined>> {
    const judge = new PublicationJudge(this.#into, this.#ports);
    try {
      let open = [...candidates];
      while (open.length > 0) {
        const composed = composePublication(
          open.map(({ draft }) => draft),
          this.#into,
          this.#ports,
        );
        const problems = composed.ok ? await judge.judge(composed.value) : composed.problems;
        if (composed.ok && !problems.some(isError)) {
          for (const one of open) this.#enter(one, "taken", [...one.notes, ...blamed(one, problems)]);
          return ok(composed.value);
        }
        const left = open.flatMap((one) => this.#without(one, blamed(one, problems)));
        if (left.length === open.length && left.every((one, at) => one === open[at])) return failed(problems);
        open = left;
      }
      return ok(undefined);
    } finally {
      await judge.close();
    }
  }

  /** The candidate as it goes into the next round: as it was, with fewer dependencies, or not at all. */
  #without(one: Candidate, problems: readonly Problem[]): Candidate[] {
    const errors = problems.filter(isError);
    if (errors.length === 0) return [one];
    const edges = errors.map(edgeOf).filter((edge) => edge !== undefined);
    if (one.isOwn || edges.length < errors.length) {
      this.#refuse(one, problems);
      return [];
    }
    const redrafted = this.#draft(one.foreign, new Map([...one.barred, ...edges]));
    return redrafted === undefined ? [] : [redrafted];
  }

  #draft(foreign: ForeignPackage, barred: ReadonlyMap<string, string>): Candidate | undefined {
    const isOwn = isOwnFormat(foreign.files.get(PACKAGE_FILE));
    const placed = isOwn
      ? draftOwnPackage(foreign.files, foreign.folder)
      : this.#draftForeign(foreign, barred);
    if (placed.ok)
      return { ...placed.value, foreign, isOwn, notes: [...foreign.notes, ...placed.warnings], barred };
    this.entries.push({
      folder: foreign.folder,
      outcome: "refused",
      problems: [...foreign.notes, ...placed.problems],
    });
    return undefined;
  }

  #draftForeign(foreign: ForeignPackage, barred: ReadonlyMap<string, string>): Result<PlacedDraft> {
    const { publisher, source } = this.#into;
    const known = { names: this.#names, barred };
    const manifest = adaptManifest(foreign, { publisher, limits: source.config.limits, known });
    if (!manifest.ok) return manifest;
    const { name, version } = manifest.value;
    const packageToml = utf8(writePackageToml(manifest.value));
    const { folder, files } = foreign;
    const manifestAt = `${folder}/${files.has(PACK_FILE) ? PACK_FILE : PACKAGE_FILE}`;
    const draft = { name, version, publisher, packageToml, content: files };
    return ok({ draft, contentAt: `${folder}/`, manifestAt }, manifest.warnings);
  }

  /** Whether the registry holds this version, and with the same files. A manifest that was adapted may differ: the rules for that may. */
  #publishedAs({ draft, isOwn }: Candidate): "same" | "other" | undefined {
    const { source, authority, publisher, tree } = this.#into;
    const found = source.packages
      .get(draft.name)
      ?.releases.find((release) => release.version === draft.version);
    const isOurs = authority.packages.get(draft.name)?.state.owners.includes(publisher);
    if (found === undefined || !isOurs) return undefined;
    const file = `${found.folder}/SHA256SUMS`;
    const published = parseSha256Sums(tree.read(file), file);
    if (!published.ok) return "other";
    const counts = ({ path }: { path: string }) => isOwn || path !== PACKAGE_FILE;
    const wanted = checksumsOf(draft, this.#ports).filter(counts);
    const same = equalBytes(writeSha256Sums(wanted), writeSha256Sums(published.value.filter(counts)));
    return same ? "same" : "other";
  }

  #refuse(one: Candidate, problems: readonly Problem[]): void {
    this.#enter(one, "refused", [
      ...problems.filter(isError),
      ...one.notes,
      ...problems.filter((problem) => !isError(problem)),
    ]);
  }

  #enter(one: Candidate, outcome: ImportOutcome, problems: readonly Problem[]): void {
    const { name, version } = one.draft;
    const placed = problems.map((problem) => asInFolder(problem, one));
    this.entries.push({ folder: one.foreign.folder, outcome, package: name, version, problems: placed });
  }
}

function isError(problem: Problem): boolean {
  return problem.severity === "error";
}

/** `format` is the first thing that this registry's package.toml says; the first marketplace's had none. */
function isOwnFormat(packageToml: Uint8Array | undefined): boolean {
  if (packageToml === undefined) return false;
  const read = readToml(packageToml, PACKAGE_FILE, PLAIN_TOML);
  return read.ok && typeof read.value.root.format === "number" && isTable(read.value.root.package);
}

/** Problems of the candidate's release, and of its package as a whole. */
function blamed({ draft }: Candidate, problems: readonly Problem[]): Problem[] {
  const folder = releaseFolder(draft);
  const whole = `packages/${draft.name}`;
  return problems.filter(
    ({ file }) =>
      file === folder ||
      file.startsWith(`${folder}/`) ||
      file === whole ||
      file.startsWith(`${whole}/statements/`),
  );
}

/** The dependency that a problem is about, with the reason it cannot be kept. */
function edgeOf({ code, place, message }: Problem): [target: string, reason: string] | undefined {
  if (code !== "DEPENDENCY_UNKNOWN" && code !== "DEPENDENCY_UNSATISFIED") return undefined;
  return [(place ?? "").replace(/^[a-z-]+\./, ""), message];
}

function doubleProblem(one: Candidate, other: Candidate): Problem {
  const { name, version } = one.draft;
  return {
    code: "IMPORT_SAME_NAME",
    severity: "error",
    file: one.foreign.folder,
    message: `This folder and "${other.foreign.folder}" would both be ${one.isOwn && other.isOwn ? `${name}@${version}` : `the package "${name}"`}`,
    remedy: "rename one of the folders, or remove it",
  };
}

function changedProblem({ draft, foreign }: Candidate): Problem {
  return {
    code: "IMPORT_CHANGED",
    severity: "error",
    file: foreign.folder,
    message: `${draft.name}@${draft.version} is published with other files, and a release never changes`,
    remedy: "raise the version",
  };
}
