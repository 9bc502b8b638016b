/**
 * What a package may do, in words: one fact, one line, what weighs most first. The command line and the
 * pages both say these words.
 *
 *     Permissions ─► runs ─► unknown ─► leaves ─► changes ─► computed ─► writes
 *
 * Words only: whatever decides goes by `Permissions`, where all that is computed counts as anything.
 */
import type { Permissions, TemplateOutput } from "./content.ts";
import { quote } from "./frontmatter.ts";
import { sensitivePlaces } from "./sensitive-places.ts";

/**
 * runs: a shell command. unknown: it could be anything. leaves: out of the project, or to a place that is
 * acted on, or anywhere. changes: files that stand. computed: new files of computed names, below a folder
 * that is known. writes: new files of known names.
 */
export type FactSort = "runs" | "unknown" | "leaves" | "changes" | "computed" | "writes";

const ORDER: readonly FactSort[] = ["runs", "unknown", "leaves", "changes", "computed", "writes"];

/** `what` begins with a verb whose subject is the package. Texts of strangers are as they came: who shows them makes them visible. */
export interface PermissionFact {
  readonly sort: FactSort;
  readonly what: string;
  /** The template or hook that does it, and where in it. */
  readonly file?: string;
  readonly line?: number;
  /** The command or the path as the file has it, or why nothing is known. */
  readonly written?: string;
}

/** Every fact of `permissions`, in the order in which a person should read them. */
export function permissionFacts(permissions: Permissions): PermissionFact[] {
  const doubts = new Doubts(permissions.anything);
  const facts = [
    ...shellFacts(permissions, doubts),
    ...sensitivePlaces(permissions.outputs).map(({ place, what }) =>
      fact("leaves", `writes into ${place}: ${what}`),
    ),
    ...permissions.overwrite.map((output) => changeFact("overwrites", output, doubts)),
    ...permissions.inject.map((output) => changeFact("edits", output, doubts)),
    ...doubts.left().map(doubtFact),
    ...plainOutputs(permissions).map((to) => fact("writes", `writes ${to}`)),
  ];
  return ORDER.flatMap((sort) => facts.filter((one) => one.sort === sort));
}

function fact(
  sort: FactSort,
  what: string,
  more: Omit<PermissionFact, "sort" | "what"> = {},
): PermissionFact {
  return { sort, what, ...more };
}

/** A value that is not known, as permissions.ts gives its reason: `its to is computed: src/{{ x }}.rs`. */
interface Doubt {
  readonly file: string;
  readonly why: string;
  readonly key?: string;
  readonly reason?: string;
  readonly written?: string;
}

const REASON =
  /^its (\w+) (is computed|is not inside the project|may leave the project|leads into \.git, whose hooks git runs|is not text)(?:: ([\s\S]*))?$/;

/** The reasons of `anything`, each said once: by the fact it belongs to, or else by itself. */
class Doubts {
  readonly #all: readonly Doubt[];
  readonly #said = new Set<Doubt>();

  constructor(anything: Permissions["anything"]) {
    this.#all = anything.map(({ file, why }) => {
      const [, key, reason, written] = REASON.exec(why) ?? [];
      return {
        file,
        why,
        ...(key === undefined || reason === undefined ? {} : { key, reason }),
        ...(written === undefined ? {} : { written }),
      };
    });
  }

  /** The one doubt of `file` that `fits`; nothing where there are several, for then nobody knows which. */
  about(file: string, fits: (doubt: Doubt) => boolean): Doubt | undefined {
    const found = this.#all.filter((doubt) => doubt.file === file && fits(doubt));
    return found.length === 1 ? found[0] : undefined;
  }

  say(doubt: Doubt): void {
    this.#said.add(doubt);
  }

  left(): Doubt[] {
    return this.#all.filter((doubt) => !this.#said.has(doubt));
  }
}

function shellFacts(permissions: Permissions, doubts: Doubts): PermissionFact[] {
  return permissions.shell.map(({ file, line, when, command }) => {
    const at = { file, line };
    if (command !== "any")
      return fact("runs", `runs a shell command ${when} writing`, { ...at, written: command });
    const keys = when === "after" ? ["sh_after"] : ["sh", "sh_before"];
    const doubt = doubts.about(file, ({ key }) => key !== undefined && keys.includes(key));
    if (doubt !== undefined) doubts.say(doubt);
    const which = doubt?.reason === "is not text" ? "that cannot be read" : "that is computed";
    const written = doubt?.written === undefined ? {} : { written: doubt.written };
    return fact("runs", `runs a shell command ${which}, ${when} writing`, { ...at, ...written });
  });
}

function changeFact(
  verb: "overwrites" | "edits",
  { file, to }: TemplateOutput,
  doubts: Doubts,
): PermissionFact {
  const doubt = doubts.about(file, ({ key, reason }) => key === "to" && reason === "is computed");
  if (doubt === undefined)
    return to === "any"
      ? fact("leaves", `${verb} files in a place that is not known`, { file })
      : fact("changes", `${verb} ${to}`, { file });
  doubts.say(doubt);
  return computedFact(verb, doubt, "changes");
}

/** Paths that a template reads, and the folder it keeps its state in. */
const READING = new Map([
  ["from", "reads"],
  ["rdf", "reads"],
  ["shape", "reads"],
  ["freeze_slots_dir", "keeps its state in"],
]);

function doubtFact(doubt: Doubt): PermissionFact {
  const { key = "", reason, why } = doubt;
  const verb = key === "to" ? "writes" : READING.get(key);
  const { file } = doubt;
  if (why === "it does not say where it writes")
    return fact("leaves", "writes to a place that it does not say", { file });
  if (verb === undefined || reason === undefined)
    return fact("unknown", "may do anything", { file, written: why });
  if (reason === "is computed") return computedFact(verb, doubt, "computed");
  const written = doubt.written === undefined ? {} : { written: doubt.written };
  return fact("leaves", `${verb} ${PLACES.get(reason) ?? reason}`, { file, ...written });
}

/** Where a path leads, behind the verb. */
const PLACES = new Map([
  ["is not inside the project", "files outside the project"],
  ["may leave the project", "files that may be outside the project"],
  ["leads into .git, whose hooks git runs", "files in .git, whose hooks git runs"],
  ["is not text", "files in a place that cannot be read"],
]);

/** The engine is not known to refuse a computed `../`: the folder is a promise of the template's alone. */
function computedFact(verb: string, { file, written = "" }: Doubt, sort: FactSort): PermissionFact {
  const folder = fixedFolder(written);
  const where =
    folder === undefined ? "which may be anywhere" : `below ${folder} unless a name climbs out with ../`;
  return fact(folder === undefined ? "leaves" : sort, `${verb} files whose names are computed, ${where}`, {
    file,
    written,
  });
}

/** The folder, with its slash, that stands in `path` before anything computed; nothing where there is none. */
export function fixedFolder(path: string): string | undefined {
  const computed = path.search(/\{[{%#]/);
  const literal = path.slice(0, Math.max(0, computed)).trimStart();
  const folder = literal.slice(0, literal.lastIndexOf("/") + 1);
  const parts = folder.split("/").slice(0, -1);
  const plain = parts.every((part) => part.trim() !== "" && !/^[\s.]*$|[\\:~]/.test(part));
  return parts.length > 0 && plain ? folder : undefined;
}

/** What is written, and named by no other fact. */
function plainOutputs({ outputs, overwrite, inject, anything }: Permissions): string[] {
  const told = new Set([...overwrite, ...inject].map(({ to }) => to));
  const doubted = new Set(anything.map(({ why }) => why));
  return outputs.filter(
    (to) =>
      to !== "any" &&
      !told.has(to) &&
      !REASONS.some((reason) => doubted.has(`its to ${reason}: ${quote(to, 200)}`)),
  );
}

const REASONS = ["is computed", ...PLACES.keys()];
