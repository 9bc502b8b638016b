/**
 * What a person may set for good: the closed list of keys, what each takes, and the other names it goes by. Every
 * default stands here and nowhere else.
 *
 *     search-limit    --limit 20    GGEN_MARKETPLACE_SEARCH_LIMIT=20    search-limit = 20 in config.toml
 */
import { GRACE_MS_DEFAULT } from "../client/trusted-view.ts";

export interface SettingKind {
  /** What it decides, in a line. */
  readonly about: string;
  /** The option of a call that says the same, without its hyphens. */
  readonly option?: string;
  /** What it takes: a whole number within bounds, or a text. */
  readonly takes: { readonly min: number; readonly max: number } | "registry" | "version";
  readonly otherwise?: number;
  readonly example: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export const SETTINGS = {
  registry: {
    about: "The registry that is read where a call names none: the name of one that you added",
    option: "registry",
    takes: "registry",
    example: "acme",
  },
  ggen: {
    about: "The ggen that reads what is installed: releases made for another are left out",
    option: "ggen",
    takes: "version",
    example: "26.7.3",
  },
  "grace-days": {
    about: "How long something new is still taken from a view whose signatures ran out",
    takes: { min: 0, max: 365 },
    otherwise: GRACE_MS_DEFAULT / DAY_MS,
    example: "7",
  },
  "minimum-age-days": {
    about: "How long this machine must know a release before it is installed; 0 is off",
    option: "minimum-age",
    takes: { min: 0, max: 365 },
    otherwise: 0,
    example: "7",
  },
  "query-seconds": {
    about: "When `query` is stopped",
    option: "timeout",
    takes: { min: 1, max: 3600 },
    otherwise: 30,
    example: "120",
  },
  "search-limit": {
    about: "How many packages `search` shows",
    option: "limit",
    takes: { min: 1, max: 1000 },
    otherwise: 20,
    example: "50",
  },
} as const satisfies Readonly<Record<string, SettingKind>>;

export type SettingKey = keyof typeof SETTINGS;
/** Those that are whole numbers. */
export type WholeKey = {
  [K in SettingKey]: (typeof SETTINGS)[K] extends { readonly otherwise: number } ? K : never;
}[SettingKey];

export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}

/** `search-limit` → `GGEN_MARKETPLACE_SEARCH_LIMIT`. */
export function variableOf(key: SettingKey): string {
  return `GGEN_MARKETPLACE_${key.toUpperCase().replaceAll("-", "_")}`;
}
