/** `config` and its actions. */
import { SETTING_KEYS, SETTINGS } from "../node/setting-keys.ts";
import type { Action, Command, Option } from "./command.ts";

const ORIGIN: Option = [
  "--show-origin",
  "Also where the value comes from, and which file or variable says it",
];

const ACTIONS: readonly Action[] = [
  {
    usage: "get <key>",
    summary: "What a setting is; exit code 1 where it is not set",
    options: [ORIGIN],
    examples: ["config get search-limit", "config get registry --show-origin"],
  },
  {
    usage: "set <key> <value>",
    summary: "Set it for good, in your own config.toml",
    options: [],
    examples: ["config set registry acme", "config set minimum-age-days 7"],
  },
  {
    usage: "unset <key>",
    summary: "Take it back",
    options: [],
    examples: ["config unset registry"],
  },
  {
    usage: "list",
    summary: "Every setting",
    options: [ORIGIN],
    examples: ["config list", "config list --show-origin --json"],
  },
];

export const CONFIG: Command = {
  usage: "config <action> [key] [value]",
  summary: "get, set, unset or list what you set for good: flags come first, then the environment, then this",
  group: "use",
  notes: [
    {
      title: "Actions (`config <action> --help` has the options of each)",
      rows: ACTIONS.map(({ usage, summary }) => [usage, summary] as const),
    },
    { title: "Keys", rows: SETTING_KEYS.map((key) => [key, SETTINGS[key].about] as const) },
  ],
  options: [ORIGIN],
  actions: ACTIONS,
  examples: ["config set registry acme", "config list --show-origin", "config unset registry"],
  load: () => import("./config.ts"),
};
