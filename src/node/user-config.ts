/**
 * config.toml: what a person has set for good, in their own configuration folder (home.ts). Format: TOML 1.0, each
 * key of setting-keys.ts at most once, no tables, nothing else. It has no version: a key is all that can be new, and
 * one that this program does not know is an error, for a setting that is passed over in silence protects nobody.
 *
 *     registry = "acme"          # comments stay where they are
 *     minimum-age-days = 7
 */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import * as v from "valibot";
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { integerBetween, textWhere } from "../manifest/rule.ts";
import { parseToml } from "../manifest/toml.ts";
import { tomlLine, tomlString } from "../manifest/toml-text.ts";
import { parseVersion } from "../manifest/version.ts";
import { isRegistryName } from "./registries.ts";
import { readRegularFile } from "./regular-file.ts";
import { replaceFiles } from "./replace-files.ts";
import { SETTING_KEYS, SETTINGS, type SettingKey, type SettingKind } from "./setting-keys.ts";

const CONFIG_BYTES_MAX = 64 * 1024;
const CODES = "CONFIG";

export type ConfigValues = ReadonlyMap<SettingKey, string | number>;

const schema = v.strictObject(
  Object.fromEntries(SETTING_KEYS.map((key) => [key, v.optional(fieldOf(SETTINGS[key]))])),
);

function fieldOf({ takes, example }: SettingKind): v.GenericSchema<string | number> {
  const rule = { code: `${CODES}_VALUE`, rule: "M4", remedy: `write a value such as ${example}` };
  if (typeof takes === "object") return integerBetween(takes.min, takes.max, rule);
  return takes === "registry"
    ? textWhere(isRegistryName, { ...rule, expected: "the name of a registry that you added" })
    : textWhere(isVersion, { ...rule, expected: "a whole version" });
}

function isVersion(text: string): boolean {
  return parseVersion(text) !== undefined;
}

/** What is set in `file`; nothing where there is none. Throws CONFIG_UNREADABLE with every problem. */
export function readUserConfig(file: string): ConfigValues {
  return valuesOf(readText(file) ?? new Uint8Array(), file);
}

/**
 * Sets a key, or removes it where `value` is undefined, and leaves every other line as it is; gives whether anything
 * changed. Throws CONFIG_UNREADABLE, CONFIG_NOT_EDITED, FILE_UNWRITABLE; the file is then as it was.
 */
export function writeUserConfig(file: string, key: SettingKey, value: string | number | undefined): boolean {
  const before = readText(file) ?? new Uint8Array();
  const values = new Map(valuesOf(before, file));
  if (values.get(key) === value) return false;
  const text = edited(new TextDecoder().decode(before), key, value);
  if (value === undefined) values.delete(key);
  else values.set(key, value);
  const bytes = utf8(text);
  if (!isSame(bytes, file, values))
    throw new RegistryError(
      "CONFIG_NOT_EDITED",
      `"${visible(file)}" says ${key} in a way that is not edited here; nothing was changed`,
      `write ${key} on one line, or edit the file by hand`,
    );
  // Where the file is a link, as people keep their settings in git, the link stays.
  const real = existsSync(file) ? realpathSync(file) : file;
  replaceFiles(dirname(real), new Map([[basename(real), bytes]]));
  return true;
}

/** `text` with the line of `key` replaced, removed or added; a comment behind it stays. */
function edited(text: string, key: SettingKey, value: string | number | undefined): string {
  const line = new RegExp(
    `^([ \\t]*(?:${key}|"${key}"|'${key}')[ \\t]*=[ \\t]*)("[^"\\n]*"|'[^'\\n]*'|[^\\s#]+)([ \\t]*(?:#.*)?\\r?)$`,
    "m",
  );
  if (value === undefined) return text.replace(new RegExp(`${line.source}\\n?`, "m"), "");
  const written = typeof value === "number" ? String(value) : tomlString(value);
  if (line.test(text))
    return text.replace(line, (_, before: string, __, after: string) => before + written + after);
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${tomlLine(key, written)}`;
}

function isSame(bytes: Uint8Array, file: string, wanted: ConfigValues): boolean {
  const found = parseToml(bytes, file, schema, { codes: CODES, bytesMax: CONFIG_BYTES_MAX });
  if (!found.ok) return false;
  const entries = Object.entries(found.value);
  return (
    entries.length === wanted.size && entries.every(([key, value]) => wanted.get(key as never) === value)
  );
}

function valuesOf(bytes: Uint8Array, file: string): ConfigValues {
  const read = parseToml(bytes, file, schema, { codes: CODES, bytesMax: CONFIG_BYTES_MAX });
  if (read.ok) return new Map(Object.entries(read.value) as [SettingKey, string | number][]);
  throw unreadable(file, "what is wrong with it is below", read.problems);
}

function readText(file: string): Uint8Array | undefined {
  try {
    const read = readRegularFile(file, CONFIG_BYTES_MAX);
    if (!("fault" in read)) return read.bytes;
    throw unreadable(file, `it ${read.what}`);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (error instanceof RegistryError || code === undefined) throw error;
    throw unreadable(file, `the system says ${code}`);
  }
}

function unreadable(file: string, why: string, problems: RegistryError["problems"] = []): RegistryError {
  return new RegistryError(
    "CONFIG_UNREADABLE",
    `Your settings, "${visible(file)}", cannot be read: ${why}`,
    "mend the file, or delete it: every setting then has its default",
    { problems },
  );
}
