/** `state` and its actions: each is called with its own words and options, and help on one shows only these. */
import type { Action, Command, Option } from "./command.ts";

const INTO = ["--into <registry>", "The registry source: the folder that holds registry.toml"] as const;
const PUBLISHER = ["--publisher <name>", "Who signs"] as const;
const KEY = [
  "--key <file>",
  "The private key: OpenSSH, PEM, hex or base64 (passphrase in GGEN_MARKETPLACE_PASSPHRASE)",
] as const;
/** Where to sign, as whom, with what: of every command that signs. */
export const SIGNED: readonly Option[] = [INTO, PUBLISHER, KEY];

const REASON = ["--reason <text>", "Why, as consumers will read it"] as const;
const BY_ALICE = "--into registry --publisher alice --key ~/.ssh/packages";

const ACTIONS: readonly Action[] = [
  {
    usage: "yank <package@version>",
    summary: "Say that a release is not to be chosen any more",
    options: [REASON],
    examples: [`state yank owl-to-sql@1.0.0 --reason "writes invalid DDL" ${BY_ALICE}`],
  },
  {
    usage: "unyank <package@version>",
    summary: "Take a yank back",
    options: [],
    examples: [`state unyank owl-to-sql@1.0.0 ${BY_ALICE}`],
  },
  {
    usage: "deprecate <package[@range]>",
    summary: "Say that a package, or the versions in a range, should not be used for something new",
    options: [REASON, ["--replacement <package>", "What to use instead"]],
    examples: [`state deprecate owl-docs --replacement owl-to-markdown --reason "renamed" ${BY_ALICE}`],
  },
  {
    usage: "advise <package[@range]>",
    summary: "Warn of a defect of the versions in a range; the same id again replaces what was said",
    options: [
      ["--id <id>", "What the advisory is called: letters, digits, hyphens"],
      ["--severity <word>", "low, moderate, high or critical"],
      ["--summary <text>", "What it is about, in a line"],
      ["--url <address>", "Where there is more about it"],
    ],
    examples: [
      `state advise 'owl-to-sql@<1.0.1' --id ACME-2027-1 --severity high --summary "writes outside the project" ${BY_ALICE}`,
    ],
  },
  {
    usage: "archive <package>",
    summary: "Say that there will be no further releases",
    options: [REASON],
    examples: [`state archive owl-docs --reason "finished" ${BY_ALICE}`],
  },
  {
    usage: "add-owner <package> <publisher>",
    summary: "Let another publisher release the package and speak about it",
    options: [],
    examples: [`state add-owner owl-to-sql bob ${BY_ALICE}`],
  },
  {
    usage: "remove-owner <package> <publisher>",
    summary: "Remove an owner: every release that it signed falls",
    options: [],
    examples: [`state remove-owner owl-to-sql bob ${BY_ALICE}`],
  },
  {
    usage: "add-key <publisher>",
    summary: "Give a publisher another key, signed by both",
    options: [
      ["--new-key <file>", "The private key to add"],
      ["--replaces <fingerprint>", "The key that retires: SHA256:…, as `key show` prints it"],
    ],
    examples: [`state add-key alice --new-key ~/.ssh/packages-2027 --replaces SHA256:… ${BY_ALICE}`],
  },
  {
    usage: "revoke-key <publisher> <fingerprint>",
    summary: "Say that a key may be in other hands: what it signed falls, but for what you name",
    options: [
      REASON,
      ["--valid <what>", "What stays of what the key signed: all, none, or a file of digests"],
    ],
    examples: [
      `state revoke-key alice SHA256:… --valid good-digests.txt --reason "laptop stolen" ${BY_ALICE}`,
    ],
  },
];

export const STATE: Command = {
  usage: "state <action> <subject> [value]",
  summary: "Sign a statement about a package or a publisher",
  group: "publish",
  notes: [
    {
      title: "Actions (`state <action> --help` has the options of each)",
      rows: ACTIONS.map(({ usage, summary }) => [usage, summary] as const),
    },
  ],
  options: [...SIGNED, ...optionsOf(ACTIONS)],
  examples: ACTIONS.map(({ examples }) => examples[0]).filter((example) => example !== undefined),
  actions: ACTIONS.map((action) => ({ ...action, options: [...SIGNED, ...action.options] })),
  load: () => import("./state.ts"),
};

/** Each once. */
function optionsOf(actions: readonly Action[]): Option[] {
  return [
    ...new Map(actions.flatMap(({ options }) => options).map((option) => [option[0], option])).values(),
  ];
}
