/**
 * What this person has agreed to, apart from every project: a project that somebody else made agrees to nothing.
 *
 *   <data>/consent/<sha256 of registry and name>.json    { format, registry, package, releases: [digest], facts: [text] }
 *
 * A file that is damaged counts as not there: then it is asked again.
 */
import { join } from "node:path";
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import { type Digest, isDigest } from "../base/digest.ts";
import { count, list, matching, object, text } from "../base/shape.ts";
import { startHash } from "./crypto.ts";
import { readRegularFile } from "./regular-file.ts";
import { replaceFiles } from "./replace-files.ts";

export interface Agreed {
  /** Digests of the releases that were agreed to. */
  readonly releases: ReadonlySet<Digest>;
  /** Everything that any of them may do (content/consent.ts). */
  readonly facts: ReadonlySet<string>;
}

const AGREED_BYTES_MAX = 4 * 1024 * 1024;
const shape = object({
  format: count,
  registry: text,
  package: text,
  releases: list(matching(isDigest)),
  facts: list(text),
});

export class ConsentStore {
  readonly #folder: string;

  /** `folder` as in `homeFolders(…).consent`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  agreed(registry: string, name: string): Agreed {
    const value = this.#read(fileOf(registry, name));
    return { releases: new Set(value?.releases), facts: new Set(value?.facts) };
  }

  /** Throws FILE_UNWRITABLE. */
  agree(registry: string, name: string, release: Digest, facts: readonly string[]): void {
    const before = this.agreed(registry, name);
    const value = {
      format: 1,
      registry,
      package: name,
      releases: [...new Set([...before.releases, release])].sort(),
      facts: [...new Set([...before.facts, ...facts])].sort(),
    };
    const bytes = utf8(`${JSON.stringify(value, null, 2)}\n`);
    replaceFiles(this.#folder, new Map([[fileOf(registry, name), bytes]]));
  }

  #read(file: string): { releases: Digest[]; facts: string[] } | undefined {
    try {
      const read = readRegularFile(join(this.#folder, file), AGREED_BYTES_MAX);
      if ("fault" in read) return undefined;
      const value: unknown = JSON.parse(decodeUtf8(read.bytes) ?? "");
      return shape(value) ? (value as never) : undefined;
    } catch {
      // Not there, or not readable: nothing was agreed to.
      return undefined;
    }
  }
}

function fileOf(registry: string, name: string): string {
  return `${startHash(utf8(JSON.stringify([registry, name])))}.json`;
}
