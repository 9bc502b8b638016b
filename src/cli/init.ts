import { existsSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { visible } from "../base/visible.ts";
import {
  DEFAULT_LIFETIMES,
  DEFAULT_LIMITS,
  parseRegistryToml,
  writeRegistryToml,
} from "../manifest/registry-toml.ts";
import { writeNewFiles } from "../node/new-file.ts";
import type { Run } from "./command.ts";
import { refused } from "./refused.ts";

const CONFIG = "registry.toml";
const ATTRIBUTES = ".gitattributes";
/** What would be mixed up with a new registry; a README, a licence and .git are welcome. */
const OCCUPIED_BY = [
  CONFIG,
  ATTRIBUTES,
  "packages",
  "publishers",
  "trust",
  "bundles",
  "policy",
  "registry.json",
];

export const run: Run = async (args, options, context) => {
  const folder = args[0] ?? ".";
  const name = options.required("name", "a short name, such as acme-packages");
  const iri = options.required("iri", "the permanent https address of the registry, ending in /");
  const toml = writeRegistryToml({
    format: 1,
    name,
    title: options.text("title") ?? name,
    iri,
    limits: DEFAULT_LIMITS,
    trust: DEFAULT_LIFETIMES,
    policy: { requireReadme: false },
    rollout: { backend: "v2" },
  });
  const parsed = parseRegistryToml(utf8(toml), CONFIG);
  if (!parsed.ok) throw refused("These values have", parsed.problems);
  const there = OCCUPIED_BY.find((entry) => existsSync(join(folder, entry)));
  if (there !== undefined)
    throw new RegistryError(
      "NOT_EMPTY",
      `"${folder}" has ${there} already; nothing was written`,
      "give a folder that is not a registry yet",
    );
  const attributes = "# Signed bytes: git must not touch them.\n* -text\n";
  const files = [
    { path: join(folder, ATTRIBUTES), bytes: utf8(attributes), mode: 0o644 },
    { path: join(folder, CONFIG), bytes: utf8(toml), mode: 0o644 },
  ];
  writeNewFiles(files, folder);
  context.terminal.result({ folder, files: [ATTRIBUTES, CONFIG] }, () =>
    [
      `Made an empty registry in ${visible(folder)}: ${ATTRIBUTES} and ${CONFIG}. Put it into git.`,
      "Next, a key to sign with, and the first package:",
      "  ggen-marketplace key generate --out my-key",
      `  ggen-marketplace publish my-package --into ${quoted(folder)} --publisher my-name --key my-key`,
    ].join("\n"),
  );
  return undefined;
};
