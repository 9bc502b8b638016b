/** `config get`, `set`, `unset`, `list`: what a person sets for good, and where each setting comes from now. */
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import { homeFolders } from "../node/home.ts";
import { addedRegistries } from "../node/registries.ts";
import {
  isSettingKey,
  SETTING_KEYS,
  SETTINGS,
  type SettingKey,
  variableOf,
  type WholeKey,
} from "../node/setting-keys.ts";
import { writeUserConfig } from "../node/user-config.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { type Resolved, resolveSetting, wholeOf } from "./settings.ts";
import { hyphened } from "./spelling.ts";
import { table } from "./terminal.ts";
import { parsedVersion } from "./version-spec.ts";

type Do = (words: readonly string[], options: Options, context: Context) => number | undefined;
const ACTIONS: ReadonlyMap<string, Do> = new Map<string, Do>([
  ["get", get],
  ["set", set],
  ["unset", unset],
  ["list", list],
]);

export const run: Run = async ([action = "", ...words], options, context) => {
  const known = ACTIONS.get(action);
  if (known !== undefined) return known(words, options, context);
  const meant = nearest(action, ACTIONS.keys());
  throw new UsageError(
    `Unknown action "${action}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    `there are ${[...ACTIONS.keys()].join(", ")}`,
  );
};

/** What `--json` prints of a setting. */
function shown(key: SettingKey, { text, level, from }: Resolved) {
  const value = text !== undefined && typeof SETTINGS[key].takes === "object" ? numberOf(text) : text;
  return { key, value: value ?? null, origin: { level, from: from ?? null } };
}

/** A variable may hold what is no number; it is shown as it is, and refused where it is used. */
function numberOf(text: string): number | string {
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

function originText({ level, from }: Resolved): string {
  return from === undefined ? level : `${level}: ${visible(from)}`;
}

function get([word, ...more]: readonly string[], options: Options, context: Context): number {
  const key = keyOf(word, more, "get");
  const resolved = resolveSetting(key, undefined, context);
  context.terminal.result(shown(key, resolved), () => {
    const value = visible(resolved.text ?? "");
    return options.flag("show-origin") ? `${value}  (${originText(resolved)})` : value;
  });
  return resolved.text === undefined ? 1 : 0;
}

function list(words: readonly string[], options: Options, context: Context): undefined {
  if (words.length > 0) throw new UsageError("config list takes no further words");
  const { terminal } = context;
  const all = SETTING_KEYS.map((key) => ({ key, resolved: resolveSetting(key, undefined, context) }));
  const settings = all.map(({ key, resolved }) => shown(key, resolved));
  terminal.result({ file: homeFolders(context.environment).config, settings }, () =>
    table(
      all.map(({ key, resolved }) => [
        key,
        resolved.text === undefined ? "(not set)" : visible(resolved.text),
        ...(options.flag("show-origin") ? [originText(resolved)] : []),
      ]),
      terminal.width,
    ),
  );
  return undefined;
}

function set([word, value, ...more]: readonly string[], _options: Options, context: Context): undefined {
  const key = keyOf(word, more, "set");
  if (value === undefined)
    throw new UsageError(`config set needs a value: config set ${key} ${SETTINGS[key].example}`);
  const { config: file, trust } = homeFolders(context.environment);
  const judged = judgedValue(key, value, trust);
  writeUserConfig(file, key, judged);
  noteWhatComesFirst(key, context);
  context.terminal.result({ key, value: judged, file }, () => `${key} = ${judged}`);
  return undefined;
}

function unset([word, ...more]: readonly string[], _options: Options, context: Context): undefined {
  const key = keyOf(word, more, "unset");
  const { config: file } = homeFolders(context.environment);
  const removed = writeUserConfig(file, key, undefined);
  noteWhatComesFirst(key, context);
  context.terminal.result({ key, removed, file }, () =>
    removed ? `${key} is not set any more.` : `${key} was not set.`,
  );
  return undefined;
}

function keyOf(word: string | undefined, more: readonly string[], action: string): SettingKey {
  if (word === undefined || more.length > 0)
    throw new UsageError(`config ${action} takes one key${action === "set" ? " and one value" : ""}`);
  const key = hyphened(word);
  if (isSettingKey(key)) return key;
  const meant = nearest(key, SETTING_KEYS);
  throw new UsageError(
    `Unknown key "${visible(word)}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    `there are ${SETTING_KEYS.join(", ")}`,
  );
}

function judgedValue(key: SettingKey, value: string, trust: string): string | number {
  if (key === "ggen") return parsedVersion(value, key);
  if (key !== "registry") return wholeOf(key satisfies WholeKey, value, key);
  const names = addedRegistries(trust).map(({ name }) => name);
  if (names.includes(value)) return value;
  const meant = nearest(value, names);
  throw new RegistryError(
    "UNKNOWN_REGISTRY",
    `You have no registry "${visible(value)}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    names.length === 0
      ? "add it first: ggen-marketplace registry add PATH|URL --root FILE|SHA256"
      : `there are ${names.join(", ")}; a path or an address is added first: registry add`,
  );
}

function noteWhatComesFirst(key: SettingKey, { environment, terminal }: Context): void {
  const variable = variableOf(key);
  if (environment[variable]) terminal.note(`${variable} is set, and comes before your settings`);
}
