import type { Digest } from "../base/digest.ts";

export interface SumsEntry {
  /** `package.toml`, or `content/` and a path that `checkPath` accepts. */
  readonly path: string;
  readonly sha256: Digest;
}
