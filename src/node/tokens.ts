/**
 * The tokens of private registries, each bound to the address of a registry that this person added.
 *
 *   <data>/tokens.json, mode 0600    { "format": 1, "tokens": [{ "location": "https://packages.acme.example/", "token" }] }
 *   GGEN_MARKETPLACE_TOKEN_<NAME>    the same for a registry by its name, in CI; it comes before the file
 *
 * By the address and not by the name: a registry that gets the name of another one later does not get its token. A
 * token goes to the origin of that address alone (http-reader.ts), and no message holds anything of one.
 */

import { basename, dirname } from "node:path";
import { platform } from "node:process";
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { count, list, matching, object, text } from "../base/shape.ts";
import { visible } from "../base/visible.ts";
import type { Environment } from "./home.ts";
import { readRegularFile } from "./regular-file.ts";
import { replaceFiles } from "./replace-files.ts";

const TOKEN_CHARS_MAX = 4096;
export const TOKEN_INPUT_BYTES_MAX = 2 * TOKEN_CHARS_MAX;
const FILE_BYTES_MAX = 1024 * 1024;

interface Kept {
  readonly location: string;
  readonly token: string;
}

const shape = object({
  format: count,
  tokens: list(object({ location: text, token: matching(isToken) })),
});

/** Visible ASCII without spaces: nothing else can stand in the header. */
export function isToken(text: string): boolean {
  return text.length <= TOKEN_CHARS_MAX && /^[\x21-\x7e]+$/.test(text);
}

/** `acme-packages` → `GGEN_MARKETPLACE_TOKEN_ACME_PACKAGES`: no two names give one variable. */
export function tokenVariable(name: string): string {
  return `GGEN_MARKETPLACE_TOKEN_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** The token of a registry by its name, as the environment has it. Throws TOKEN_INVALID. */
export function tokenInEnvironment(name: string, environment: Environment): string | undefined {
  const variable = tokenVariable(name);
  const token = environment[variable];
  if (token === undefined || token === "") return undefined;
  if (isToken(token)) return token;
  throw new RegistryError(
    "TOKEN_INVALID",
    `${variable} holds no token`,
    "a token is one word of visible ASCII characters: see that no space or line feed came along",
  );
}

export class TokenFile {
  readonly file: string;

  /** `file` as in `homeFolders(…).tokens`. */
  constructor(file: string) {
    this.file = file;
  }

  /** Throws TOKENS_UNREADABLE where the file is damaged. */
  tokenFor(location: string): string | undefined {
    return this.#read().tokens.find((kept) => kept.location === location)?.token;
  }

  /** Whether others on this machine may read the file. */
  get isOpen(): boolean {
    return this.#read().isOpen;
  }

  /** Throws TOKENS_UNREADABLE, FILE_UNWRITABLE. */
  keep(location: string, token: string): void {
    const others = this.#read().tokens.filter((kept) => kept.location !== location);
    this.#write([...others, { location, token }]);
  }

  /** Whether there was one. Throws as `keep`. */
  forget(location: string): boolean {
    const { tokens } = this.#read();
    const left = tokens.filter((kept) => kept.location !== location);
    if (left.length < tokens.length) this.#write(left);
    return left.length < tokens.length;
  }

  #write(tokens: readonly Kept[]): void {
    const bytes = utf8(`${JSON.stringify({ format: 1, tokens }, null, 2)}\n`);
    replaceFiles(dirname(this.file), new Map([[basename(this.file), bytes]]), { mode: 0o600 });
  }

  #read(): { readonly tokens: readonly Kept[]; readonly isOpen: boolean } {
    try {
      const read = readRegularFile(this.file, FILE_BYTES_MAX);
      if ("fault" in read) throw unreadable(this.file, `it ${read.what}`);
      const value: unknown = JSON.parse(decodeUtf8(read.bytes) ?? "");
      if (!shape(value) || (value as { format: number }).format !== 1)
        throw unreadable(this.file, "it is damaged, or of a newer program");
      // Windows has no such bits: Node makes them up.
      const isOpen = platform !== "win32" && (read.stat.mode & 0o077) !== 0;
      return { tokens: (value as { tokens: Kept[] }).tokens, isOpen };
    } catch (error) {
      if (error instanceof RegistryError) throw error;
      const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
      if (code === "ENOENT" || code === "ENOTDIR") return { tokens: [], isOpen: false };
      // The parser's own words would quote the file, and with it a token.
      throw unreadable(this.file, code === undefined ? "it is damaged" : `the system says ${code}`);
    }
  }
}

function unreadable(file: string, why: string): RegistryError {
  return new RegistryError(
    "TOKENS_UNREADABLE",
    `The file of your tokens, "${visible(file)}", cannot be read: ${why}`,
    "delete it, and give them again: ggen-marketplace registry login NAME",
  );
}
