/** `registry` and its actions. */
import type { Action, Command, Option } from "./command.ts";

const ROOT: Option = ["--root <file|sha256>", "The registry's root, as you know it from somewhere you trust"];
const NAME: Option = ["--name <name>", "What you call it (from its address)"];
const TOKEN: Option = ["--token-stdin", "It is private: its token comes on stdin, and is kept"];
const HTTP: Option = [
  "--allow-http",
  "Allow plain http to another machine: what you ask for can be seen and held back",
];

const ACTIONS: readonly Action[] = [
  {
    usage: "add <path|url>",
    summary: "Trust a registry by its root",
    options: [ROOT, NAME, TOKEN, HTTP],
    examples: [
      "registry add https://packages.example.org/ --root 1.root.json",
      "registry add https://packages.acme.example/ --root 1.root.json --name acme --token-stdin < token.txt",
      "registry add /mnt/usb/packages --root 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    ],
  },
  {
    usage: "list",
    summary: "Those that you trust",
    options: [],
    examples: ["registry list", "registry list --json"],
  },
  {
    usage: "remove <name>",
    summary: "Trust it no more, and delete its token here",
    options: [],
    examples: ["registry remove packages"],
  },
  {
    usage: "login <name>",
    summary: "Keep the token of a private registry: typed unseen, or from stdin",
    options: [],
    examples: ["registry login acme", "registry login acme < token.txt"],
  },
  {
    usage: "logout <name>",
    summary: "Delete its token here",
    options: [],
    examples: ["registry logout acme"],
  },
];

export const REGISTRIES: Command = {
  usage: "registry <action> [place]",
  summary:
    "add, list or remove the registries that you trust, each by its root; login and logout for private ones",
  group: "trust",
  notes: [
    {
      title: "Actions (`registry <action> --help` has the options of each)",
      rows: ACTIONS.map(({ usage, summary }) => [usage, summary] as const),
    },
  ],
  options: [ROOT, NAME, TOKEN, HTTP],
  isNearSecrets: true,
  actions: ACTIONS,
  examples: ACTIONS.map(({ examples }) => examples[0]).filter((example) => example !== undefined),
  load: () => import("./registry.ts"),
};
