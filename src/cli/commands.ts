/** Every command, with what its help says. A command's module is loaded only when it runs. */
import { PACKAGE_KINDS } from "../manifest/package-kind.ts";
import type { Command, Option } from "./command.ts";
import { CONFIG } from "./config-command.ts";
import { REGISTRIES } from "./registry-command.ts";
import { SIGNED, STATE } from "./state-command.ts";
import { TRUST } from "./trust-command.ts";

const REGISTRY = [
  "--registry <name|path|url>",
  "A published tree: a folder, an address, or one you added (or GGEN_MARKETPLACE_REGISTRY)",
] as const;
const ROOT = [
  "--root <file|sha256>",
  "The registry's root, as you know it from somewhere you trust",
] as const;
const STALE = ["--allow-stale", "Take something new from a view whose signatures ran out long ago"] as const;
const HTTP = [
  "--allow-http",
  "Allow plain http to another machine: what you ask for can be seen and held back",
] as const;
const OFFLINE = ["--offline", "Never use the network: read what `sync` and earlier installs left"] as const;
const ALLOW = [
  "--allow <kinds>",
  "Agree that packages may do these: shell, overwrite, inject, sensitive, anything, or all",
] as const;
const ADAPT = [
  "--adapt",
  "Give what ggen would not load a form that it loads, at packs/<name>.adapted/",
] as const;
const STRICT_GATES = [
  "--strict-gates",
  "A gate that fails over what is installed, or cannot be run, is an error",
] as const;
const GGEN = [
  "--ggen <version>",
  "The ggen that will read it, such as 26.7.3: releases made for another are left out",
] as const;
const AGE = [
  "--minimum-age <days>",
  "Take no release that this machine has known for less; what the lock has is always taken",
] as const;
const PROJECT = ["--project <dir>", "The ggen project (.)"] as const;
const CLIENT = [REGISTRY, ROOT, OFFLINE, HTTP] as const;
/** What a query may hold besides words: search/query-text.ts reads it. */
const QUERY: readonly Option[] = [
  [
    "word word",
    "Packages that have all the words, in any order; a misspelt one is corrected, and that is said",
  ],
  [
    '"word word"',
    "Packages that have the words in this order, in name or summary (in a shell, put it in single quotes)",
  ],
  ["kind:", `One of ${PACKAGE_KINDS.join(", ")}`],
  ["category:", "The category that a package names, such as generator"],
  ["publisher:", "Who signs the package"],
  ["license:", "Its licence, such as MIT"],
  ["depends:", "A package that it needs"],
];

/** What validate, maturity and dashboard can judge besides a registry. */
const JUDGED: readonly Option[] = [
  ["--dir <dir>", "A folder with package.toml that is not published yet, or one that holds such folders"],
  ["--stats <file>", "How much packages are used: a stats.json; else that is unknown"],
];

export const COMMANDS: readonly Command[] = [
  {
    usage: "search [...words]",
    summary: "Find packages by name, words, or filters such as kind:ontology",
    group: "find",
    options: [
      ...CLIENT,
      ["--limit <n>", "How many to show (20)"],
      ["--explain", "Show the score of each by part"],
    ],
    notes: [{ title: "Words and filters", rows: QUERY }],
    examples: [
      "search sql",
      "search typescript kind:templates --limit 5",
      `search '"order party" depends:core-terms'`,
    ],
    load: () => import("./search.ts"),
  },
  {
    usage: "show <package>",
    summary: "What a package is, holds, depends on and may do (name or name@version)",
    group: "find",
    options: [...CLIENT],
    examples: ["show owl-to-sql", "show owl-to-sql@1.0.0 --json"],
    load: () => import("./show.ts"),
  },
  {
    usage: "list",
    summary: "Every package of the registry, one line each",
    group: "find",
    options: [
      ...CLIENT,
      ["--min-maturity <level>", "Only packages of this level of maturity or above"],
      ["--maturity-level <level>", "Only packages of this level"],
      ["--sort <name|maturity>", "In which order (name)"],
    ],
    examples: ["list", "list --json", "list --min-maturity production --sort maturity"],
    load: () => import("./list.ts"),
  },
  {
    usage: "install [...packages]",
    summary:
      "Verify packages (name or name@range) and what they need, and unpack them to packs/; without a name, what the lock holds",
    group: "use",
    options: [
      ...CLIENT,
      STALE,
      PROJECT,
      ALLOW,
      GGEN,
      ADAPT,
      STRICT_GATES,
      AGE,
      ["--frozen", "Install what the lock holds and nothing else, asking nothing: for CI"],
      ["--force", "Replace what was changed by hand or put there by others"],
      ["--dry-run", "Verify and say what would be done"],
    ],
    examples: [
      "install owl-to-sql",
      "install core-terms --adapt",
      "install 'owl-to-typescript@^1.0.0' --project ./app",
    ],
    load: () => import("./install.ts"),
  },
  {
    usage: "remove <package> [...packages]",
    summary: "Remove what was installed by name, and what only that needed",
    group: "use",
    options: [PROJECT, ["--force", "Also where files were changed by hand"]],
    examples: ["remove owl-to-sql", "remove owl-to-sql core-terms --project ./app"],
    load: () => import("./remove.ts"),
  },
  {
    usage: "prune",
    summary: "Remove folders of packs/ that are releases and that the lock does not name",
    group: "use",
    options: [...CLIENT, PROJECT, ["--dry-run", "Say what would be removed"]],
    examples: ["prune --dry-run"],
    load: () => import("./prune.ts"),
  },
  {
    usage: "vendor [dir]",
    summary:
      "Copy what the lock holds to vendor/, as a registry: whoever has the project can install from it",
    group: "use",
    options: [REGISTRY, ROOT, HTTP, PROJECT],
    examples: ["vendor", "vendor third-party --project ./app"],
    load: () => import("./vendor.ts"),
  },
  {
    usage: "tree",
    summary: "What is installed, and what each needs",
    group: "use",
    options: [PROJECT],
    examples: ["tree", "tree --json"],
    load: () => import("./tree.ts"),
  },
  {
    usage: "why <package>",
    summary: "Why a package is installed: what needs it",
    group: "use",
    options: [PROJECT],
    examples: ["why core-terms"],
    load: () => import("./why.ts"),
  },
  {
    usage: "imports",
    summary: "The ontologies that are installed, by IRI, and owl:imports that lead nowhere or to two files",
    group: "use",
    options: [PROJECT],
    examples: ["imports", "imports --json"],
    load: () => import("./imports.ts"),
  },
  {
    usage: "update [...packages]",
    summary: "Bring what is installed, or some of it, to the newest that fits what was asked for",
    group: "use",
    options: [
      ...CLIENT,
      STALE,
      PROJECT,
      ALLOW,
      GGEN,
      ADAPT,
      STRICT_GATES,
      AGE,
      ["--force", "Replace what was changed by hand or put there by others"],
      ["--dry-run", "Verify and say what would be done"],
    ],
    examples: ["update", "update core-terms --dry-run"],
    load: () => import("./update.ts"),
  },
  {
    usage: "outdated",
    summary: "What is installed and has a newer release",
    group: "use",
    options: [...CLIENT, PROJECT, AGE],
    examples: ["outdated", "outdated --json"],
    load: () => import("./outdated.ts"),
  },
  {
    usage: "verify [...targets]",
    summary:
      "Prove signatures and checksums: an installed package, a release of the registry (name@version), an archive, a release folder, a registry",
    group: "use",
    options: [
      ...CLIENT,
      PROJECT,
      STRICT_GATES,
      ["--all", "Everything that is installed; where nothing is, everything of the registry or mirror"],
    ],
    examples: [
      "verify",
      "verify --all --registry /mnt/usb/packages",
      "verify owl-to-sql",
      "verify owl-to-sql@1.0.1",
      "verify dist/site",
      "verify registry/packages/owl-to-sql/1.0.0",
    ],
    load: () => import("./verify.ts"),
  },
  {
    usage: "why-trusted <package>",
    summary:
      "The chain from the root that you trust down to a release's files, link by link (name or name@version)",
    group: "trust",
    options: [...CLIENT],
    examples: ["why-trusted owl-to-sql", "why-trusted owl-to-sql@1.0.0 --json"],
    load: () => import("./why-trusted.ts"),
  },
  {
    usage: "query [...words]",
    summary: "Ask the registry's graph, or what is installed, in SPARQL; parameters are name=value",
    group: "find",
    options: [
      ...CLIENT,
      ["--installed", "Ask the RDF of the packages that are installed in the project"],
      PROJECT,
      ["--file <file>", "Read the query from a file"],
      ["--named <name>", "A query of ours, by its name"],
      ["--list", "Name our queries, and their parameters"],
      ["--format <format>", "table, json, csv, or for a graph turtle"],
      ["--timeout <seconds>", "Stop after so long (30)"],
    ],
    examples: [
      "query --named dependents-of package=core-terms",
      "query 'SELECT ?name { ?p a ours:Package ; doap:name ?name }'",
      "query 'SELECT ?class { ?class rdfs:subClassOf ?parent }' 'parent=<http://www.w3.org/2002/07/owl#Thing>' --installed",
    ],
    load: () => import("./query.ts"),
  },
  {
    usage: "validate [package]",
    summary:
      "Whether a package, or every package, has what it takes to be relied on: guards by kind of package",
    group: "find",
    options: [
      ...CLIENT,
      ...JUDGED,
      [
        "--require-level <level>",
        "Exit code 1 where a critical guard fails or the maturity is below experimental, beta, production or enterprise; ready: where it is not ready",
      ],
      ["--improvement-plan", "What to do, the most urgent first"],
    ],
    examples: [
      "validate",
      "validate owl-to-sql --improvement-plan",
      "validate --dir ./my-package --require-level beta",
    ],
    load: () => import("./validate.ts"),
  },
  {
    usage: "maturity <package>",
    summary: "How mature a package is: a hundred points in six dimensions, with evidence and next steps",
    group: "find",
    options: [
      ...CLIENT,
      ...JUDGED,
      ["--detailed", "Every criterion with its evidence, and every step"],
      ["--verify <level>", "Exit code 1 below experimental, beta, production or enterprise"],
    ],
    examples: ["maturity owl-to-sql --detailed", "maturity owl-to-sql@1.0.0 --verify production --json"],
    load: () => import("./maturity.ts"),
  },
  {
    usage: "dashboard",
    summary: "The maturity of every package, and of all together",
    group: "find",
    options: [
      ...CLIENT,
      ...JUDGED,
      ["--format <form>", "text, json, csv or html"],
      ["--output <file>", "Write it to a file"],
      ["--min-maturity <level>", "Only packages of this level or above"],
    ],
    examples: ["dashboard", "dashboard --format html --output maturity.html --min-maturity beta"],
    load: () => import("./dashboard.ts"),
  },
  {
    usage: "sync [...packages]",
    summary:
      "Fetch the current view, so that search, show and list work offline; with packages (name or name@range) or --archives what install needs too",
    group: "trust",
    options: [
      REGISTRY,
      ROOT,
      HTTP,
      ["--archives", "Fetch the archives of every release"],
      ["--graph", "Fetch the graph, which `query` asks"],
    ],
    examples: [
      "sync --registry https://packages.example.org/",
      "sync owl-to-sql 'core-terms@^1.0.0'",
      "sync --archives --graph",
    ],
    load: () => import("./sync.ts"),
  },
  {
    usage: "mirror <dir> [...packages]",
    summary:
      "Copy a registry, or some packages with what they need, to a folder that is a registry itself; again to update it",
    group: "trust",
    options: [REGISTRY, ROOT, HTTP],
    examples: [
      "mirror /mnt/usb/packages --registry https://packages.example.org/",
      "mirror ./some owl-to-sql 'core-terms@^1.0.0'",
    ],
    load: () => import("./mirror.ts"),
  },
  REGISTRIES,
  {
    usage: "key <action> [file]",
    summary: "generate, import, export or show a signing key",
    group: "publish",
    options: [
      ["--out <file>", "Where the key is written (never over another)"],
      ["--format <form>", "openssh, pem, hex or base64; of a public key openssh, pem, hex or base64"],
      ["--public", "Export the public half"],
      ["--encrypt", "Encrypt a PEM with the passphrase in GGEN_MARKETPLACE_PASSPHRASE"],
      ["--comment <text>", "A word to know the key by"],
    ],
    examples: [
      "key generate --out ~/.ssh/packages",
      "key show ~/.ssh/packages.pub",
      "key export ~/.ssh/packages --public --format pem",
    ],
    load: () => import("./key.ts"),
  },
  {
    usage: "publish <folder>",
    summary: "Sign a folder with package.toml as a release in a registry checkout",
    group: "publish",
    options: [...SIGNED, ["--dry-run", "Check everything, write nothing"]],
    examples: ["publish ./my-package --into ../registry --publisher alice --key ~/.ssh/packages"],
    load: () => import("./publish.ts"),
  },
  {
    usage: "import <folder>",
    summary: "Take a folder of ggen packs, or of package.toml packages, as signed releases",
    group: "publish",
    options: [...SIGNED, ["--dry-run", "Report, write nothing"]],
    examples: ["import ./packs --into ./registry --publisher alice --key ~/.ssh/packages"],
    load: () => import("./import.ts"),
  },
  STATE,
  {
    usage: "init <folder>",
    summary: "Make an empty registry source",
    group: "operate",
    options: [
      ["--name <name>", "Short name, such as acme-packages"],
      ["--title <text>", "What people read"],
      ["--iri <iri>", "Permanent https address, ending in /"],
    ],
    examples: ["init ./registry --name acme --title 'Acme packages' --iri https://packages.acme.example/"],
    load: () => import("./init.ts"),
  },
  {
    usage: "check",
    summary: "Judge a registry source: every problem of every file, in one run",
    group: "operate",
    options: [
      ["--registry <dir>", "The registry source: the folder that holds registry.toml (.)"],
      [
        "--base <commit>",
        "Also hold it against an earlier commit: nothing changed or removed, new things by active keys",
      ],
    ],
    examples: ["check --registry registry", "check --registry registry --base origin/main"],
    load: () => import("./check.ts"),
  },
  {
    usage: "build",
    summary: "Verify a registry source and write the published tree",
    group: "operate",
    options: [
      ["--registry <dir>", "The registry source (.)"],
      ["--out <dir>", "Where the published tree is written"],
      ["--no-cache", "Verify everything anew"],
      [
        "--releases-of <commit>",
        "Only the releases of an earlier commit, with all that was said since: a rollback",
      ],
      ["--unsigned", "Leave the signing to `trust publish`, in a job of its own"],
      ["--development", "Sign with this machine's development root, also in CI"],
    ],
    examples: ["build --registry registry --out dist/site"],
    load: () => import("./build.ts"),
  },
  TRUST,
  {
    usage: "serve [folder]",
    summary: "Serve a published tree on this machine",
    group: "operate",
    options: [
      ["--port <n>", "Port (4321, or PORT)"],
      ["--host <address>", "Address to listen on (localhost)"],
    ],
    examples: ["serve dist/site"],
    load: () => import("./serve.ts"),
  },
  {
    usage: "cache <action>",
    summary: "stats, clear or verify what was kept of registries at an address",
    group: "use",
    options: [],
    actions: [
      { usage: "stats", summary: "How much is kept", options: [], examples: ["cache stats"] },
      {
        usage: "clear",
        summary: "Delete what is kept; nothing is lost but time",
        options: [],
        examples: ["cache clear"],
      },
      { usage: "verify", summary: "Delete what is damaged", options: [], examples: ["cache verify --json"] },
    ],
    examples: ["cache stats", "cache clear"],
    load: () => import("./cache.ts"),
  },
  CONFIG,
  {
    usage: "completions <shell>",
    summary: "Write what bash, zsh or fish needs to complete commands and options",
    group: "use",
    options: [],
    examples: ["completions bash", "completions fish"],
    load: () => import("./completions.ts"),
  },
];
