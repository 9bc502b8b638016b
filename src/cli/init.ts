import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { DEFAULT_LIMITS, parseRegistryToml, writeRegistryToml } from "../manifest/registry-toml.ts";
import { refused } from "./refused.ts";
import type { Run } from "./command.ts";

export const run: Run = async (args, options, context) => {
  const folder = args[0] ?? ".";
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new RegistryError("NOT_EMPTY", `"${folder}" is not empty; nothing was written`, "give a new or an empty folder");
  const name = options.required("name", "a short name, such as acme-packages");
  const iri = options.required("iri", "the permanent https address of the registry, ending in /");
  const toml = writeRegistryToml({
    format: 1,
    name,
    title: options.text("title") ?? name,
    iri,
    limits: DEFAULT_LIMITS,
    policy: { requireReadme: false },
    rollout: { backend: "v2" },
  });
  const parsed = parseRegistryToml(utf8(toml), "registry.toml");
  if (!parsed.ok) throw refused("These values have", parsed.problems);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ".gitattributes"), "# Signed bytes: git must not touch them.\n* -text\n");
  writeFileSync(join(folder, "registry.toml"), toml, { flag: "wx" });
  context.terminal.result({ folder, files: [".gitattributes", "registry.toml"] }, () =>
    [`Made an empty registry in ${folder}`, `Next: ggen-marketplace publish ./my-package --into ${folder} --publisher NAME --key FILE`].join("\n"),
  );
  return undefined;
};
