/** The files of a snapshot while it is assembled: path, digest, length, and the bytes or how to get them. */
import type { Digest, Hash } from "../base/digest.ts";

export interface SnapshotFile {
  readonly sha256: Digest;
  readonly length: number;
  /** Called only where the file is not in the published tree already. */
  readonly bytes: () => Uint8Array;
  /** The same bytes, piece by piece: of a file that is too large to be put together without need. A piece is good until the next one. */
  readonly pieces?: () => Iterable<Uint8Array>;
}

export class SnapshotFiles {
  readonly #files = new Map<string, SnapshotFile>();
  readonly #hash: Hash;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  /** Adds bytes under the name their digest gives. */
  addNamed(bytes: Uint8Array, path: (digest: Digest) => string): Digest {
    const sha256 = this.#hash(bytes);
    this.#files.set(path(sha256), { sha256, length: bytes.length, bytes: () => bytes });
    return sha256;
  }

  /** Adds bytes under a readable name. */
  add(path: string, bytes: Uint8Array): Digest {
    return this.addNamed(bytes, () => path);
  }

  /** Adds a file whose digest is known and whose bytes are made only when they are needed. */
  addKnown(path: string, file: SnapshotFile): void {
    this.#files.set(path, file);
  }

  get entries(): ReadonlyMap<string, SnapshotFile> {
    return this.#files;
  }
}
