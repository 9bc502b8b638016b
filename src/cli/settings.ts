/**
 * Where every setting comes from. The first that says something counts:
 *
 *     flag          --limit 5                              this call
 *     environment   GGEN_MARKETPLACE_SEARCH_LIMIT=5        this shell, or a job of CI
 *     user          search-limit = 5 in config.toml        this person (node/user-config.ts)
 *     default       node/setting-keys.ts
 *
 * A registry recommends nothing: no format has a place for it. And nothing is read from a project.
 */
import { existsSync } from "node:fs";
import { RegistryError } from "../base/error.ts";
import { type Environment, homeFolders } from "../node/home.ts";
import {
  SETTINGS,
  type SettingKey,
  type SettingKind,
  variableOf,
  type WholeKey,
} from "../node/setting-keys.ts";
import type { ConfigValues } from "../node/user-config.ts";
import { type Context, type Options, UsageError } from "./command.ts";

export type Level = "flag" | "environment" | "user" | "default";

export interface Resolved {
  /** As it was written; `undefined` where nobody said anything and there is no default. */
  readonly text: string | undefined;
  readonly level: Level;
  /** The option, variable or file that says it; absent of a default. */
  readonly from?: string;
}

/** What a person has set for good. */
export interface UserSettings {
  readonly file: string | undefined;
  /** Throws CONFIG_UNREADABLE: whoever needs no setting is not stopped by a damaged file. */
  readonly values: () => ConfigValues;
}

/** Reads config.toml where there is one; what reads TOML is loaded only then. */
export async function openUserSettings(environment: Environment): Promise<UserSettings> {
  const file = configFile(environment);
  if (file === undefined || !existsSync(file)) return { file, values: () => new Map() };
  const { readUserConfig } = await import("../node/user-config.ts");
  return { file, values: () => readUserConfig(file) };
}

function configFile(environment: Environment): string | undefined {
  try {
    return homeFolders(environment).config;
  } catch (error) {
    // Without a home there is no place for settings of one's own.
    if (error instanceof RegistryError && error.code === "NO_HOME") return undefined;
    throw error;
  }
}

/** What a setting is for this call, and who says so; without `options` for any call. */
export function resolveSetting(
  key: SettingKey,
  options: Options | undefined,
  { environment, user }: Context,
): Resolved {
  const { option, otherwise }: SettingKind = SETTINGS[key];
  const flag = option === undefined ? undefined : options?.text(option);
  if (flag !== undefined && flag !== "") return { text: flag, level: "flag", from: `--${option}` };
  const variable = variableOf(key);
  const said = environment[variable];
  if (said !== undefined && said !== "") return { text: said, level: "environment", from: variable };
  const set = user.values().get(key);
  if (set !== undefined) return { text: String(set), level: "user", ...from(user.file) };
  return { text: otherwise === undefined ? undefined : String(otherwise), level: "default" };
}

function from(file: string | undefined): { from?: string } {
  return file === undefined ? {} : { from: file };
}

/** Throws UsageError for what is no such number. */
export function wholeSetting(key: WholeKey, options: Options | undefined, context: Context): number {
  const resolved = resolveSetting(key, options, context);
  return wholeOf(key, resolved.text ?? "", resolved.from ?? key);
}

/** `text` as the number that the key takes; `what` is what a person called it. */
export function wholeOf(key: WholeKey, text: string, what: string): number {
  const { min, max } = SETTINGS[key].takes;
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${what} takes a whole number from ${min} to ${max}, got "${text}"`);
}
