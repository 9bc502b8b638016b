/** `trust` and its actions: the ceremony of those who hold the offline keys, and the signing of what is published. */
import type { Action, Command, Option } from "./command.ts";

const REGISTRY = [
  "--registry <dir>",
  "The registry source: the folder that holds registry.toml (.)",
] as const;
const HOLDERS: readonly Option[] = [
  ["--holders <files>", "Public keys of those who sign the root, and targets too: a.pub,b.pub,c.pub"],
  ["--threshold <n>", "How many of them must sign (2 where there are more than one)"],
  ["--targets-holders <files>", "Public keys of those who sign targets, where they are others"],
  ["--targets-threshold <n>", "How many of these must sign"],
  [
    "--online-key <file>",
    "The key of CI: its public half for init and rotate, its private for publish and renew",
  ],
  ["--timestamp-key <file>", "Another key for the timestamp alone, where renewal has one of its own"],
];
const KEY = ["--key <file>", "Your private key (passphrase in GGEN_MARKETPLACE_PASSPHRASE)"] as const;
const ONLINE: readonly Option[] = [
  ["--online-key <file>", "The private key of CI (or GGEN_MARKETPLACE_ONLINE_KEY, the key itself)"],
  [
    "--timestamp-key <file>",
    "Its key for the timestamp (or GGEN_MARKETPLACE_TIMESTAMP_KEY), where that is another",
  ],
];
const PREVIOUS: readonly Option[] = [
  ["--previous <path|url>", "What is published now: it is verified, and its versions are raised"],
  ["--first", "Nothing was ever published: versions begin at 1"],
  ["--allow-http", "Allow plain http to another machine"],
];

const ACTIONS: readonly Action[] = [
  {
    usage: "init",
    summary: "Make the first root and targets of a registry, for its holders to sign",
    options: [REGISTRY, ...HOLDERS],
    examples: [
      "trust init --registry registry --holders ann.pub,ben.pub,cay.pub --threshold 2 --online-key ci.pub",
    ],
  },
  {
    usage: "sign",
    summary: "Add your signature to what waits for it, on your own machine",
    options: [REGISTRY, KEY],
    examples: ["trust sign --registry registry --key ~/.ssh/ann-root"],
  },
  {
    usage: "rotate",
    summary: "Make the next root: other holders, another key of CI, or the same for longer",
    options: [REGISTRY, ...HOLDERS],
    examples: [
      "trust rotate --registry registry --online-key new-ci.pub",
      "trust rotate --registry registry --holders ann.pub,cay.pub,dan.pub",
    ],
  },
  {
    usage: "ratify [...names]",
    summary: "Make the next targets: every name of the source, or those named, kept with its owner for good",
    options: [REGISTRY],
    examples: ["trust ratify --registry registry", "trust ratify owl-to-sql --registry registry"],
  },
  {
    usage: "status",
    summary: "Who signs, until when, what is due, and what happens where nobody does",
    options: [REGISTRY],
    examples: ["trust status --registry registry", "trust status --registry registry --json"],
  },
  {
    usage: "publish <tree>",
    summary: "Verify a built tree anew and sign it as the next view, in a job of its own",
    options: [REGISTRY, ...PREVIOUS, ...ONLINE],
    examples: [
      "trust publish dist/site --registry registry --previous https://packages.example.org/",
      "trust publish dist/site --registry registry --first --online-key ~/ci-key",
    ],
  },
  {
    usage: "renew <tree>",
    summary: "Sign the same view for longer: the daily job",
    options: [
      REGISTRY,
      ...ONLINE,
      ["--out <dir>", "Where to write the renewed files (into the tree, where it is a folder)"],
      ["--allow-http", "Allow plain http to another machine"],
    ],
    examples: [
      "trust renew /srv/packages --registry registry",
      "trust renew https://packages.example.org/ --registry registry --out renewed",
    ],
  },
];

export const TRUST: Command = {
  usage: "trust <action> [...words]",
  summary: "Make and sign what a registry is trusted by: roots, ratified names, each published view",
  group: "operate",
  notes: [
    {
      title: "Actions (`trust <action> --help` has the options of each)",
      rows: ACTIONS.map(({ usage, summary }) => [usage, summary] as const),
    },
  ],
  options: [
    ...new Map(ACTIONS.flatMap(({ options }) => options).map((option) => [option[0], option])).values(),
  ],
  examples: ACTIONS.map(({ examples }) => examples[0]).filter((example) => example !== undefined),
  actions: ACTIONS,
  load: () => import("./trust.ts"),
};
