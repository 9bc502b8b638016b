/**
 * Whether the ggen engine would load the files as they are: `pack.toml` with its closed keys,
 * `ontology.ttl` at the root, a template under `templates/`. What would stop it is told, by the
 * engine's own codes, and is no error: an installer can write the `pack.toml`, and a package of
 * shapes alone is a good package.
 */
import { parse } from "smol-toml";
import { decodeUtf8 } from "../base/bytes.ts";
import { compareText } from "../base/order.ts";
import type { EngineProblem, ReleaseContent } from "./content.ts";
import { quote } from "./frontmatter.ts";
import { type Files, isLoadedTemplate } from "./inventory.ts";

/** In bytes. The file has three short keys. */
export const PACK_TOML_BYTES_MAX = 65_536;

const PACK_KEYS = ["name", "version", "description"];
const NAMED_MAX = 10;

export function engineVerdict(files: Files): ReleaseContent["engine"] {
  const problems: EngineProblem[] = [];
  if (files.size === 0) problems.push({ code: "FM-PACK-001", message: "the package has no files" });
  const pack = packProblem(files.get("pack.toml"));
  if (pack !== undefined) problems.push(pack);
  if (!files.has("ontology.ttl"))
    problems.push({ code: "FM-PACK-004", message: "there is no ontology.ttl at the root" });
  if (![...files.keys()].some(isLoadedTemplate))
    problems.push({ code: "FM-PACK-005", message: "there is no template (*.tmpl) under templates/" });
  return { loadable: problems.length === 0, problems };
}

function packProblem(bytes: Uint8Array | undefined): EngineProblem | undefined {
  if (bytes === undefined) return { code: "FM-PACK-002", message: "there is no pack.toml at the root" };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { code: "FM-PACK-002", message: "pack.toml is not UTF-8" };
  if (bytes.length > PACK_TOML_BYTES_MAX)
    return { code: "FM-PACK-003", message: `pack.toml is longer than ${PACK_TOML_BYTES_MAX} bytes` };
  let table: Record<string, unknown>;
  try {
    table = parse(text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "";
    return { code: "FM-PACK-003", message: `pack.toml is not TOML: ${quote(reason, 200)}` };
  }
  const reason = packReason(table);
  return reason === undefined ? undefined : { code: "FM-PACK-003", message: reason };
}

function packReason(table: Record<string, unknown>): string | undefined {
  const pack = Object.hasOwn(table, "pack") ? table.pack : undefined;
  if (typeof pack !== "object" || pack === null || Array.isArray(pack))
    return "pack.toml has no table [pack]";
  const others = [
    ...Object.keys(table).filter((key) => key !== "pack"),
    ...Object.keys(pack)
      .filter((key) => !PACK_KEYS.includes(key))
      .map((key) => `pack.${key}`),
  ].sort(compareText);
  if (others.length > 0) {
    const shown = others
      .slice(0, NAMED_MAX)
      .map((key) => quote(key))
      .join(", ");
    return `pack.toml has keys that the engine does not know: ${shown}${others.length > NAMED_MAX ? ", …" : ""}`;
  }
  const values = pack as Record<string, unknown>;
  const missing = PACK_KEYS.filter((key) => typeof values[key] !== "string");
  return missing.length > 0 ? `pack.toml lacks text for ${missing.join(", ")}` : undefined;
}
