/** Sections of the index as a client reads them: the manifest once, a part when a name in it is asked for. */
import { decodeUtf8 } from "../base/bytes.ts";
import type { Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { mapInOrder } from "../base/in-order.ts";
import { type Ref, recordsPath, sectionPath } from "../snapshot/layout.ts";
import { PART_RAW_BYTES_MAX, type PartRef, partOf, type SectionManifest } from "../snapshot/section.ts";
import type { Reader } from "./reader.ts";
import { isSectionManifest, type RecordForm } from "./record-shapes.ts";
import { type Inflate, readVerified } from "./verified-read.ts";

export interface ReadPorts {
  readonly reader: Reader;
  readonly hash: Hash;
  readonly inflate: Inflate;
}

/** Parts asked for at once: a far server is kept busy, and not overrun. */
const PARTS_AT_ONCE_MAX = 8;

export class Section<R> {
  readonly #ref: Ref;
  readonly #ports: ReadPorts;
  readonly #form: RecordForm<R>;
  #manifest: Promise<SectionManifest> | undefined;
  readonly #parts = new Map<number, Promise<readonly unknown[]>>();

  constructor(ref: Ref, ports: ReadPorts, form: RecordForm<R>) {
    this.#ref = ref;
    this.#ports = ports;
    this.#form = form;
  }

  async find(name: string): Promise<R | undefined> {
    const manifest = await this.#readManifest();
    const index = partOf(name, manifest.bits, this.#ports.hash);
    const values = await this.#part(index, manifest);
    const value = values.find((candidate) => this.#form.nameIn(candidate) === name);
    return value === undefined ? undefined : this.#accepted(value, index, manifest);
  }

  /** Every record, by part and within a part by name. `onFile` is told the length of each file, packed. */
  async all(onFile: (length: number) => void = () => {}): Promise<R[]> {
    const manifest = await this.#readManifest();
    onFile(this.#ref.length);
    const parts = await mapInOrder([...manifest.parts.keys()], PARTS_AT_ONCE_MAX, async (index) => {
      const values = await this.#part(index, manifest);
      const length = manifest.parts[index]?.[1];
      if (length !== undefined) onFile(length);
      return values.map((value) => this.#accepted(value, index, manifest));
    });
    return parts.flat();
  }

  #readManifest(): Promise<SectionManifest> {
    this.#manifest ??= this.#fetchManifest();
    return this.#manifest;
  }

  async #fetchManifest(): Promise<SectionManifest> {
    const path = sectionPath(this.#ref.sha256);
    const value = parseJson(await readVerified(this.#ports.reader, path, this.#ref, this.#ports.hash));
    if (isSectionManifest(value)) return value;
    throw this.#unreadable(path);
  }

  #accepted(value: unknown, index: number, manifest: SectionManifest): R {
    if (this.#form.accepts(value)) return value;
    throw this.#unreadable(recordsPath((manifest.parts[index] as PartRef)[0]));
  }

  #part(index: number, manifest: SectionManifest): Promise<readonly unknown[]> {
    let part = this.#parts.get(index);
    if (part === undefined) {
      part = this.#fetchPart(manifest.parts[index] ?? null);
      this.#parts.set(index, part);
    }
    return part;
  }

  async #fetchPart(part: PartRef | null): Promise<readonly unknown[]> {
    if (part === null) return [];
    const [sha256, length, rawLength] = part;
    const path = recordsPath(sha256);
    if (rawLength > PART_RAW_BYTES_MAX) throw this.#unreadable(path);
    const packed = await readVerified(this.#ports.reader, path, { sha256, length }, this.#ports.hash);
    const values = parseJson(await this.#ports.inflate(packed, rawLength));
    if (Array.isArray(values)) return values;
    throw this.#unreadable(path);
  }

  #unreadable(path: string): RegistryError {
    return new RegistryError(
      "UNREADABLE_INDEX",
      `"${path}" of ${this.#ports.reader.location} has a form that this program does not know`,
      "update ggen-marketplace; if that does not help, tell the registry's operator",
    );
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // The caller refuses what has not the form of a section, and says where it stands.
    return undefined;
  }
}
