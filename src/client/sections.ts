/** Sections of the index as a client reads them: the manifest once, a part when a name in it is asked for. */
import { decodeUtf8 } from "../base/bytes.ts";
import { isDigest, type Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { recordsPath, type Ref, sectionPath } from "../snapshot/layout.ts";
import { PART_RAW_BYTES_MAX, partOf, type PartRef, type SectionManifest } from "../snapshot/section.ts";
import type { Reader } from "./reader.ts";
import { type Inflate, readVerified } from "./verified-read.ts";

export interface ReadPorts {
  readonly reader: Reader;
  readonly hash: Hash;
  readonly inflate: Inflate;
}

export class Section<R> {
  readonly #ref: Ref;
  readonly #ports: ReadPorts;
  readonly #nameOf: (record: R) => string;
  #manifest: Promise<SectionManifest> | undefined;
  readonly #parts = new Map<number, Promise<readonly R[]>>();

  constructor(ref: Ref, ports: ReadPorts, nameOf: (record: R) => string) {
    this.#ref = ref;
    this.#ports = ports;
    this.#nameOf = nameOf;
  }

  async find(name: string): Promise<R | undefined> {
    const manifest = await this.manifest();
    const records = await this.#part(partOf(name, manifest.bits, this.#ports.hash), manifest);
    return records.find((record) => this.#nameOf(record) === name);
  }

  /** Every record, by part and within a part by name. */
  async all(): Promise<R[]> {
    const manifest = await this.manifest();
    const parts = await Promise.all(manifest.parts.map((_, index) => this.#part(index, manifest)));
    return parts.flat();
  }

  /** Reads the manifest and every part; `onFile` is told the length of each, packed. */
  async readAll(onFile: (length: number) => void): Promise<void> {
    const manifest = await this.manifest();
    onFile(this.#ref.length);
    for (const [index, part] of manifest.parts.entries()) {
      if (part === null) continue;
      await this.#part(index, manifest);
      onFile(part[1]);
    }
  }

  manifest(): Promise<SectionManifest> {
    this.#manifest ??= this.#readManifest();
    return this.#manifest;
  }

  async #readManifest(): Promise<SectionManifest> {
    const path = sectionPath(this.#ref.sha256);
    const bytes = await readVerified(this.#ports.reader, path, this.#ref, this.#ports.hash);
    const value = JSON.parse(decodeUtf8(bytes) ?? "null") as SectionManifest | null;
    if (value?.format !== 1 || !Number.isInteger(value.bits) || value.parts?.length !== 2 ** value.bits)
      throw unreadable(path, this.#ports.reader);
    return value;
  }

  #part(index: number, manifest: SectionManifest): Promise<readonly R[]> {
    let part = this.#parts.get(index);
    if (part === undefined) {
      part = this.#readPart(manifest.parts[index] ?? null);
      this.#parts.set(index, part);
    }
    return part;
  }

  async #readPart(part: PartRef | null): Promise<readonly R[]> {
    if (part === null) return [];
    const [sha256, length, rawLength] = part;
    const path = recordsPath(sha256);
    if (!isDigest(sha256) || !(rawLength <= PART_RAW_BYTES_MAX)) throw unreadable(path, this.#ports.reader);
    const packed = await readVerified(this.#ports.reader, path, { sha256, length }, this.#ports.hash);
    const raw = await this.#ports.inflate(packed, rawLength);
    return JSON.parse(decodeUtf8(raw) ?? "[]") as R[];
  }
}

function unreadable(path: string, reader: Reader): RegistryError {
  return new RegistryError(
    "UNREADABLE_INDEX",
    `"${path}" of ${reader.location} is not a section this program can read`,
    "update ggen-marketplace; if that does not help, tell the registry's operator",
  );
}
