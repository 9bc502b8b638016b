import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { parseRegistryToml } from "../manifest/registry-toml.ts";
import { tomlLine } from "../manifest/toml-text.ts";
import { refused } from "./refused.ts";
import type { Run } from "./command.ts";

export const run: Run = async (args, options, context) => {
  const folder = args[0] ?? ".";
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new RegistryError("NOT_EMPTY", `"${folder}" is not empty; nothing was written`, "give a new or an empty folder");
  const name = options.required("name", "a short name, such as acme-packages");
  const iri = options.required("iri", "the permanent https address of the registry, ending in /");
  const toml = registryToml(name, options.text("title") ?? name, iri);
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

function registryToml(name: string, title: string, iri: string): string {
  const line = (key: string, value: string | number) => tomlLine(key, value).trimEnd();
  return [
    line("format", 1),
    line("name", name),
    line("title", title),
    "# Permanent: IRIs are minted on it, and mirrors keep it.",
    line("iri", iri),
    "",
    "[rollout]",
    line("backend", "v2"),
    "",
  ].join("\n");
}
