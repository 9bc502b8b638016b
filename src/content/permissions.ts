/**
 * What a package may do on the machine of whoever runs it.
 *
 * Derived from its templates and its hook alone. Every doubt counts against the package: a value
 * that is computed, of the wrong kind, or in frontmatter that cannot be read, may be anything.
 */
import { compareText, sortedBy } from "../base/order.ts";
import type { Permissions, ShellCommand, TemplateOutput } from "./content.ts";
import { entryOf, FRONTMATTER_KEYS, type FrontmatterOutcome, quote } from "./frontmatter.ts";
import type { RdfOutcome } from "./rdf.ts";
import { isComputed } from "./template-queries.ts";
import type { YamlEntry, YamlMap } from "./yaml-subset.ts";

const ANY = "any";

/** Each key that runs a command, and when. */
const SHELL_KEYS: ReadonlyMap<string, ShellCommand["when"]> = new Map([
  ["sh", "before"],
  ["sh_before", "before"],
  ["sh_after", "after"],
]);

/** Paths a template reads or keeps its state in; the engine means them to stay in the project. */
const PATH_KEYS = ["from", "rdf", "shape", "freeze_slots_dir"];

/** The one handler of hooks that only derives triples. */
const DERIVING_HANDLER = "http://seanchatmangpt.github.io/praxis/handler#sparql-construct";

interface Collected {
  shell: ShellCommand[];
  overwrite: TemplateOutput[];
  inject: TemplateOutput[];
  outputs: Set<string>;
  anything: { file: string; why: string }[];
}

/** `templates` by path; `hook` is the outcome of parsing `hook.ttl`, where there is one. */
export function derivePermissions(
  templates: ReadonlyMap<string, FrontmatterOutcome>,
  hook: RdfOutcome | undefined,
): Permissions {
  const found: Collected = { shell: [], overwrite: [], inject: [], outputs: new Set(), anything: [] };
  for (const [file, outcome] of templates) {
    if (outcome.state === "read") addTemplate(file, outcome.map, found);
    if (outcome.state === "unreadable") {
      found.outputs.add(ANY);
      found.anything.push({ file, why: "its frontmatter cannot be read" });
    }
  }
  if (hook !== undefined) addHook(hook, found);
  return {
    shell: [...found.shell].sort(
      (a, b) => compareText(a.file, b.file) || a.line - b.line || compareText(a.when, b.when),
    ),
    overwrite: sortedBy(found.overwrite, (output) => `${output.file}\n${output.to}`),
    inject: sortedBy(found.inject, (output) => `${output.file}\n${output.to}`),
    outputs: sortedBy(found.outputs, (to) => to),
    anything: sortedBy(found.anything, (entry) => `${entry.file}\n${entry.why}`),
  };
}

function addTemplate(file: string, map: YamlMap, found: Collected): void {
  const to = addOutput(file, map, found);
  for (const entry of map.entries) {
    const when = SHELL_KEYS.get(entry.key);
    if (when !== undefined) addShell(file, entry, when, found);
    else if (!FRONTMATTER_KEYS.includes(entry.key))
      found.anything.push({ file, why: `it has the key "${quote(entry.key)}", which nobody knows` });
  }
  if (mayBe(map, "force") || mayBe(map, "unattended_write_eligible")) found.overwrite.push({ file, to });
  if (mayBe(map, "inject")) found.inject.push({ file, to });
  for (const key of PATH_KEYS) addPath(file, entryOf(map, key), found);
}

/** Anything but a plain false counts: another reader of YAML may take "yes" or "true" for true. */
function mayBe(map: YamlMap, key: string): boolean {
  const value = entryOf(map, key)?.value;
  return value !== undefined && !(value.kind === "scalar" && (value.value === false || value.value === null));
}

function addOutput(file: string, map: YamlMap, found: Collected): string {
  const value = entryOf(map, "to")?.value;
  if (value?.kind !== "scalar" || value.value === null) {
    found.outputs.add(ANY);
    found.anything.push({
      file,
      why: value === undefined ? "it does not say where it writes" : "its to is not text",
    });
    return ANY;
  }
  const to = hasFixedPart(value.text) ? value.text : ANY;
  found.outputs.add(to);
  const reason = pathReason(value.text);
  if (reason !== undefined) found.anything.push({ file, why: `its to ${reason}: ${quote(value.text, 200)}` });
  return to;
}

const TERA_PARTS = /\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$)|\{#[\s\S]*?(?:#\}|$)/g;

function hasFixedPart(to: string): boolean {
  return /[^\s/.\\]/.test(to.replace(TERA_PARTS, ""));
}

/** Why a path may lead anywhere, in words that follow its key. */
function pathReason(path: string): string | undefined {
  const fixed = path.replace(TERA_PARTS, "x").trim();
  const parts = fixed.split(/[\\/]/);
  if (/^[\\/~]|^[A-Za-z]:/.test(fixed)) return "is not inside the project";
  if (parts.some((part) => part.trim() === "..")) return "may leave the project";
  if (parts.some((part) => part.trim().toLowerCase() === ".git"))
    return "leads into .git, whose hooks git runs";
  if (isComputed(path)) return "is computed";
  return undefined;
}

function addPath(file: string, entry: YamlEntry | undefined, found: Collected): void {
  if (entry === undefined) return;
  const nodes = entry.value.kind === "list" ? entry.value.items : [entry.value];
  for (const node of nodes) {
    if (node.kind === "scalar" && node.value === null) continue;
    const reason = node.kind === "scalar" ? pathReason(node.text) : "is not text";
    if (reason === undefined) continue;
    const shown = node.kind === "scalar" ? `: ${quote(node.text, 200)}` : "";
    found.anything.push({ file, why: `its ${entry.key} ${reason}${shown}` });
  }
}

function addShell(file: string, entry: YamlEntry, when: ShellCommand["when"], found: Collected): void {
  const { value, line } = entry;
  if (value.kind === "scalar" && value.value === null) return;
  if (value.kind !== "scalar") {
    found.shell.push({ file, line, when, command: ANY });
    found.anything.push({ file, why: `its ${entry.key} is not text` });
    return;
  }
  if (isComputed(value.text)) {
    found.shell.push({ file, line, when, command: ANY });
    found.anything.push({ file, why: `its ${entry.key} is computed: ${quote(value.text, 500)}` });
    return;
  }
  found.shell.push({ file, line, when, command: value.text });
}

function addHook(hook: RdfOutcome, found: Collected): void {
  const file = "hook.ttl";
  if (hook.state !== "parsed") {
    found.anything.push({ file, why: "it cannot be read" });
    return;
  }
  const handlers = new Set<string>();
  for (const { predicate, object } of hook.quads) {
    if (!/(?:[/#:])handler$/.test(predicate.value)) continue;
    if (object.termType !== "NamedNode" || object.value !== DERIVING_HANDLER) handlers.add(object.value);
  }
  for (const handler of handlers)
    found.anything.push({
      file,
      why: `it names a handler that does more than derive: ${quote(handler, 200)}`,
    });
}
