/**
 * trust/maintainers.toml, the keys whose statements are overrides. Format 1.
 *
 *     format = 1
 *     keys = ["ssh-ed25519 AAAA…"]
 *
 * History: 1, the first.
 */
import * as v from "valibot";
import { ok, type Result } from "../base/problem.ts";
import { listOf } from "./rule.ts";
import { keyField } from "./statement-schema.ts";
import { parseToml } from "./toml.ts";
import type { TomlFormat } from "./toml-document.ts";
import { tomlLine, tomlString } from "./toml-text.ts";

export const MAINTAINER_KEYS_MAX = 64;

export interface MaintainersConfig {
  readonly format: 1;
  /** OpenSSH public keys without comment, each different; none means nobody can override. */
  readonly keys: readonly string[];
}

const MAINTAINERS_TOML: TomlFormat = { codes: "MAINTAINERS", bytesMax: 64 * 1024 };

const MaintainersSchema = v.strictObject({
  format: v.literal(1),
  keys: listOf(keyField("MAINTAINERS_KEY", "M43"), MAINTAINER_KEYS_MAX, {
    code: "MAINTAINERS_KEYS",
    rule: "M43",
    remedy: "list each maintainer's key once",
  }),
});

/** The maintainers' keys in `bytes`, or every problem of them. */
export function parseMaintainersToml(bytes: Uint8Array, file: string): Result<MaintainersConfig> {
  const parsed = parseToml(bytes, file, MaintainersSchema, MAINTAINERS_TOML);
  return parsed.ok ? ok(parsed.value) : parsed;
}

export function writeMaintainersToml(config: MaintainersConfig): string {
  const keys = config.keys.map((key) => `  ${tomlString(key)},\n`).join("");
  return `format = 1\n${tomlLine("keys", keys === "" ? "[]" : `[\n${keys}]`)}`;
}
